"""One item of a bulk import, read and checked; and what it changes of a user who is there already.

Rule 1: pure. Source: Auth0 "Bulk user import database schema and examples". Codes of faults are
those of JSON Schema validators, as Auth0's job errors have them.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from gateword.domain.secret import Secret
from gateword.domain.user import NewUser, User
from gateword.domain.user_import import Arrival
from gateword.policy import brought_factors, hash_import
from gateword.policy.hash_members import BadHash
from gateword.policy.identifier import is_email, normal
from gateword.policy.profile import completed
from gateword.policy.user_document import PROFILE
from gateword.values import dataclass, replace

RESERVED_METADATA: Final = frozenset({
    "__tenant", "_id", "blocked", "clientID", "created_at", "email_verified", "email",
    "globalClientID", "global_client_id", "identities", "lastIP", "lastLogin", "loginsCount",
    "metadata", "multifactor_last_modified", "multifactor", "updated_at", "user_id",
})  # fmt: skip
"""Names that `app_metadata` refuses."""

HIDDEN: Final = "*****"
MAX_TEXT_CHARS: Final = 1024
_MAX_USERNAME_CHARS: Final = 128
_PHONE: Final = re.compile(r"\+[1-9]\d{1,14}")
_LOCAL_ID: Final = re.compile(r"[^\s\0]{1,200}")


@dataclass(frozen=True, slots=True)
class ItemFault:
    """Something wrong in an item; holds no secret.

    Attributes:
        path: Members that lead there, with dots between them.
    """

    code: str
    message: str
    path: str = ""

    def document(self) -> dict[str, object]:
        """Return the fault as a job's errors tell it."""
        return {"code": self.code, "message": self.message, "path": self.path}


class _Reading:
    """Checks member after member and notes what is wrong."""

    def __init__(self, item: Mapping[str, object]) -> None:
        self.item = item
        self.faults: list[ItemFault] = []

    def fault(self, code: str, message: str, path: str) -> None:
        self.faults.append(ItemFault(code, message, path))

    def text(
        self,
        name: str,
        is_good: Callable[[str], object],
        wanted: str,
        most: int = MAX_TEXT_CHARS,
    ) -> str | None:
        """Return a text; None when it is absent or wrong."""
        if name not in self.item:
            return None
        value = self.item[name]
        if not isinstance(value, str):
            self.fault("INVALID_TYPE", f"Expected type string but found {_kind(value)}", name)
        elif not value or len(value) > most:
            code = "MAX_LENGTH" if value else "MIN_LENGTH"
            self.fault(code, f"Must have 1 to {most} characters", name)
        elif not is_good(value):
            self.fault("INVALID_FORMAT", f"Object didn't pass validation for {wanted}", name)
        else:
            return value
        return None

    def flag(self, name: str) -> bool:
        """Return a switch, off when it is absent."""
        value = self.item.get(name, False)
        if not isinstance(value, bool):
            self.fault("INVALID_TYPE", f"Expected type boolean but found {_kind(value)}", name)
            return False
        return value

    def object(self, name: str) -> dict[str, object]:
        """Return an object, empty when it is absent."""
        value = self.item.get(name, {})
        if not isinstance(value, dict):
            self.fault("INVALID_TYPE", f"Expected type object but found {_kind(value)}", name)
            return {}
        return value


def read(item: object, connection: str) -> Arrival | list[ItemFault]:
    """Return what an item says, or everything that is wrong with it.

    Args:
        item: As it came; its texts can be stored.
        connection: Name of the database it is imported into.
    """
    if not isinstance(item, dict):
        return [ItemFault("INVALID_TYPE", f"Expected type object but found {_kind(item)}")]
    reading = _Reading(item)
    for name in item:
        if name not in MEMBERS:
            message = f"Additional properties not allowed: {name[:64]}"
            reading.fault("OBJECT_ADDITIONAL_PROPERTIES", message, name[:64])
    email = reading.text("email", lambda text: is_email(normal(text)), "format email")
    username = reading.text("username", _is_username, "a username")
    phone = reading.text("phone_number", _PHONE.fullmatch, "a phone number such as +15550100")
    if not {"email", "username", "phone_number"} & item.keys():
        message = "Missing required property: email"
        reading.fault("OBJECT_MISSING_REQUIRED_PROPERTY", message, "email")
    new = NewUser(
        connection=connection,
        email=normal(email) if email else None,
        username=normal(username) if username else None,
        phone_number=phone,
        email_verified=reading.flag("email_verified"),
        phone_verified=reading.flag("phone_verified"),
        blocked=reading.flag("blocked"),
        local_id=reading.text("user_id", _LOCAL_ID.fullmatch, "a user id"),
        password_hash=_hash(reading),
        profile=_profile(reading),
        user_metadata=reading.object("user_metadata"),
        app_metadata=_app_metadata(reading),
    )
    factors = _factors(reading)
    if reading.faults:
        return reading.faults
    is_custom = "custom_password_hash" in item
    return Arrival(new=new, given=frozenset(item), is_custom=is_custom, factors=factors)


MEMBERS: Final = frozenset({
    "email", "email_verified", "user_id", "username", *PROFILE, "phone_number", "phone_verified",
    "blocked", "password_hash", "custom_password_hash", "app_metadata", "user_metadata",
    "mfa_factors",
})  # fmt: skip
"""Everything an item may have."""


def created(arrival: Arrival) -> NewUser:
    """Return the user that an arrival becomes, with defaults; null metadata are not kept."""
    new = completed(arrival.new)
    return replace(
        new,
        user_metadata=_present(new.user_metadata),
        app_metadata=_present(new.app_metadata),
    )


def merged(user: User, arrival: Arrival) -> User:
    """Return a user with what an item brings.

    Metadata are merged at their first level, where null takes a member away. A new address
    is not verified unless the item says so (Auth0: "Create import users job").
    """
    new, given = arrival.new, arrival.given
    is_new_email = "email" in given and new.email != user.email
    return replace(
        user,
        email=new.email if "email" in given else user.email,
        username=new.username if "username" in given else user.username,
        phone_number=new.phone_number if "phone_number" in given else user.phone_number,
        email_verified=new.email_verified
        if is_new_email or "email_verified" in given
        else user.email_verified,
        phone_verified=new.phone_verified if "phone_verified" in given else user.phone_verified,
        blocked=new.blocked if "blocked" in given else user.blocked,
        profile={**user.profile, **new.profile},
        user_metadata=_present({**user.user_metadata, **new.user_metadata}),
        app_metadata=_present({**user.app_metadata, **new.app_metadata}),
    )


def without_secrets(item: object) -> object:
    """Return an item as a job's errors may show it."""
    if not isinstance(item, dict):
        return {}
    hidden = {"password_hash", "custom_password_hash", "mfa_factors", "password"}
    return {name: HIDDEN if name in hidden else value for name, value in item.items()}


def _hash(reading: _Reading) -> Secret | None:
    item = reading.item
    if "password_hash" in item and "custom_password_hash" in item:
        message = "password_hash and custom_password_hash exclude each other"
        reading.fault("ONE_OF_MULTIPLE", message, "custom_password_hash")
        return None
    try:
        if (text := reading.text("password_hash", len, "bcrypt")) is not None:
            return hash_import.password_hash(text)
        if custom := reading.object("custom_password_hash"):
            return hash_import.custom_password_hash(custom)
    except BadHash as bad:
        name = "custom_password_hash" if "custom_password_hash" in item else "password_hash"
        path = f"{name}.{bad.path}" if bad.path else name
        reading.fault("INVALID_FORMAT", str(bad), path)
    else:
        if item.get("custom_password_hash") == {}:
            message = "Missing required property: algorithm"
            reading.fault("OBJECT_MISSING_REQUIRED_PROPERTY", message, "custom_password_hash")
    return None


def _profile(reading: _Reading) -> dict[str, object]:
    texts = {name: reading.text(name, len, "text", most) for name, most in PROFILE.items()}
    return {name: text for name, text in texts.items() if text is not None}


def _app_metadata(reading: _Reading) -> dict[str, object]:
    metadata = reading.object("app_metadata")
    for name in sorted(RESERVED_METADATA & metadata.keys()):
        message = f"Additional properties not allowed: {name}"
        reading.fault("OBJECT_ADDITIONAL_PROPERTIES", message, f"app_metadata.{name}")
    return metadata


def _factors(reading: _Reading) -> Secret | None:
    if "mfa_factors" not in reading.item:
        return None
    factors = reading.item["mfa_factors"]
    if not isinstance(factors, list) or not 0 < len(factors) <= brought_factors.MOST:
        message = f"Expected an array of 1 to {brought_factors.MOST} factors"
        reading.fault("INVALID_TYPE", message, "mfa_factors")
        return None
    for position, factor in enumerate(factors):
        if brought_factors.factor(factor) is None:
            message = "Expected one of totp {secret}, phone {value} and email {value}"
            reading.fault("INVALID_FORMAT", message, f"mfa_factors.{position}")
    return Secret(msgspec.json.encode(factors).decode())


def _present(metadata: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in metadata.items() if value is not None}


def _is_username(text: str) -> bool:
    name = normal(text)
    is_short = 0 < len(name) <= _MAX_USERNAME_CHARS
    return is_short and not any(c.isspace() for c in name) and not is_email(name)


def _kind(value: object) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", dict: "object"}
    return "null" if value is None else names.get(type(value), "array")
