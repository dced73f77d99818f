"""What somebody who signs up sends, and what a connection demands of it.

Rule 1: pure. Rule 2: what is not named here is ignored, so that nobody signs up with a verified
address, a role or `app_metadata`. Source: Auth0 Authentication API "Signup", "Require username",
"Flexible identifiers".
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from gateword.domain.account_refusal import AccountRefusal
from gateword.domain.connection import Connection
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.policy import json_text, token_params
from gateword.policy.identifier import is_email, normal
from gateword.policy.web_address import is_web_address
from gateword.values import dataclass, field, replace

PROFILE: Final[Mapping[str, int]] = {
    "given_name": 150, "family_name": 150, "name": 300, "nickname": 300, "picture": 2048,
}  # fmt: skip
"""Members of the profile that one may choose oneself, and their most characters."""

MAX_METADATA: Final = 10
MAX_METADATA_NAME_CHARS: Final = 100
MAX_METADATA_CHARS: Final = 500
USERNAME_CHARS: Final = (1, 15)
_TEXTS: Final = ("client_id", "connection", "email", "username", "phone_number", *PROFILE)
_METADATA_OF_FORM: Final = re.compile(r"user_metadata\[([^\[\]]+)\]")
_USERNAME: Final = re.compile(r"[a-z0-9@^$.!`\-#+'~_]+")
_PHONE: Final = re.compile(r"\+[1-9]\d{1,14}")
_BREAKS_A_LETTER: Final = re.compile(r"[\s,;:<>()\[\]\\\"\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUp:
    """What was sent; empty members are absent."""

    connection: str
    client_id: str | None = None
    password: Secret | None = None
    email: str | None = None
    username: str | None = None
    phone_number: str | None = None
    profile: Mapping[str, str] = field(default_factory=dict)
    user_metadata: Mapping[str, str] = field(default_factory=dict)


def read(content_type: str, body: bytes) -> SignUp:
    """Read a sign-up, form or JSON.

    Raises:
        Refused: MALFORMED_BODY, DUPLICATE_PARAMETER, INVALID_PARAMETER, METADATA_INVALID, or
            PARAMETER_REQUIRED for the connection.
    """
    members = token_params.members(content_type, body)
    texts = {name: text for name in _TEXTS if (text := _text(members, name))}
    if "connection" not in texts:
        raise Refused(AccountRefusal.PARAMETER_REQUIRED, name="connection")
    if "picture" in texts and not is_web_address(texts["picture"]):
        raise Refused(Refusal.INVALID_PARAMETER, name="picture")
    password = members.get("password") or None
    if password is not None and not _is_password(password):
        raise Refused(Refusal.INVALID_PARAMETER, name="password")
    return SignUp(
        connection=texts["connection"],
        client_id=texts.get("client_id"),
        password=None if password is None else Secret(str(password)),
        email=texts.get("email"),
        username=texts.get("username"),
        phone_number=texts.get("phone_number"),
        profile={name: texts[name] for name in PROFILE if name in texts},
        user_metadata=_metadata(members),
    )


def check_names(asked: SignUp, connection: Connection) -> SignUp:
    """Return the sign-up with the login names that the connection uses, in normal form.

    Raises:
        Refused: PARAMETER_REQUIRED for a name that it demands, SIGNUP_INVALID for one that no
            user can have.
    """
    demanded = demands(connection)
    names = {
        kind: normal(text)
        for kind, text in (
            ("email", asked.email),
            ("username", asked.username),
            ("phone_number", asked.phone_number),
        )
        if text and kind in demanded
    }
    for kind, is_required in demanded.items():
        if is_required and kind not in names:
            raise Refused(AccountRefusal.PARAMETER_REQUIRED, name=kind)
    if not names:
        raise Refused(AccountRefusal.PARAMETER_REQUIRED, name=next(iter(demanded), "email"))
    for kind, name in names.items():
        if not _FITS[kind](name, connection):
            raise Refused(AccountRefusal.SIGNUP_INVALID, detail=f"{kind} is malformed")
    return replace(
        asked,
        email=names.get("email"),
        username=names.get("username"),
        phone_number=names.get("phone_number"),
    )


def demands(connection: Connection) -> Mapping[str, bool]:
    """Return the login names that a connection takes at sign-up, and whether it demands them."""
    attributes = connection.options.get("attributes")
    if not isinstance(attributes, Mapping) or not attributes:
        names = {"email": True}
        return names | {"username": True} if connection.requires_username else names
    found = {}
    for kind in ("email", "username", "phone_number"):
        status = _inner(_inner(attributes, kind), "signup").get("status")
        if status in ("required", "optional"):
            found[kind] = status == "required"
    return found


def needs_password(connection: Connection) -> bool:
    """Say whether nobody may sign up without a password."""
    methods = _inner(connection.options, "authentication_methods")
    return _inner(methods, "password").get("api_behavior") != "optional"


def is_username(name: str, connection: Connection) -> bool:
    """Say whether a name in normal form may be a username of the connection."""
    attribute = _inner(_inner(connection.options, "attributes"), "username")
    newer = _inner(attribute, "validation")
    older = _inner(_inner(connection.options, "validation"), "username")
    least = _whole(newer.get("min_length")) or _whole(older.get("min")) or USERNAME_CHARS[0]
    most = _whole(newer.get("max_length")) or _whole(older.get("max")) or USERNAME_CHARS[1]
    return (
        least <= len(name) <= most and _USERNAME.fullmatch(name) is not None and not is_email(name)
    )


def is_deliverable(email: str) -> bool:
    """Say whether an e-mail address may stand in the head of a letter as it is."""
    return is_email(email) and _BREAKS_A_LETTER.search(email) is None


_FITS: Final[Mapping[str, Callable[[str, Connection], bool]]] = {
    "email": lambda name, _: is_deliverable(name),
    "username": is_username,
    "phone_number": lambda name, _: _PHONE.fullmatch(name) is not None,
}


def _text(members: Mapping[str, object], name: str) -> str | None:
    value = members.get(name)
    if value is None:
        return None
    most = PROFILE.get(name, token_params.MAX_VALUE_CHARS)
    if not isinstance(value, str) or len(value) > most or not json_text.is_storable(value):
        raise Refused(Refusal.INVALID_PARAMETER, name=name)
    return value


def _is_password(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


def _metadata(members: Mapping[str, object]) -> Mapping[str, str]:
    found = members.get("user_metadata")
    if found is None or found == "":
        found = {
            match[1]: value
            for name, value in members.items()
            if (match := _METADATA_OF_FORM.fullmatch(name))
        }
    if not isinstance(found, Mapping):
        raise Refused(Refusal.INVALID_PARAMETER, name="user_metadata")
    if fault := _metadata_fault(found):
        raise Refused(AccountRefusal.METADATA_INVALID, fault=f"user_metadata {fault}")
    return {name: str(value) for name, value in found.items() if value is not None}


def _metadata_fault(found: Mapping[str, object]) -> str | None:
    if len(found) > MAX_METADATA:
        return f"has more than {MAX_METADATA} properties"
    if any(len(name) > MAX_METADATA_NAME_CHARS for name in found):
        return f"has a name of more than {MAX_METADATA_NAME_CHARS} characters"
    values = [value for value in found.values() if value is not None]
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) < len(values) or any(len(text) > MAX_METADATA_CHARS for text in texts):
        return f"values must be strings of at most {MAX_METADATA_CHARS} characters"
    return None if json_text.is_storable(dict(found)) else "has an unusable character"


def _inner(options: Mapping[str, object], name: str) -> Mapping[str, object]:
    inner = options.get(name)
    return inner if isinstance(inner, Mapping) else {}


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
