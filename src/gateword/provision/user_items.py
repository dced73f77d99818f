"""One user of a file's section `x-gateword-users`, read and checked."""

import re
from collections.abc import Mapping
from typing import Final, TypeAlias

from gateword.domain.connection import Connection
from gateword.domain.secret import Secret
from gateword.policy.connection_document import STRATEGY
from gateword.policy.identifier import is_email, normal
from gateword.policy.members import Members, did_you_mean
from gateword.policy.user_import import RESERVED_METADATA
from gateword.ports.crypto import Hasher
from gateword.provision.draft import Draft
from gateword.values import dataclass

PREFIX: Final = "auth0|"
"""What stands before the local part in the user id of every user of our own store."""

PROFILE: Final = ("name", "nickname", "given_name", "family_name", "middle_name", "picture")
MAX_PASSWORD_BYTES: Final = 1024
MAX_USERNAME_CHARS: Final = 128
_PHONE: Final = re.compile(r"\+[1-9]\d{1,14}")
_LOCAL_ID: Final = re.compile(r"[^\s|]{1,200}")

Name: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A user as the file has it.

    Attributes:
        item: Its members, for what can only be read beside the user there is.
        names: (`email` | `username` | `phone`, normal form), as given.
        local_id: The user id without its prefix.
    """

    item: Members
    connection: Connection
    names: tuple[Name, ...]
    password: Secret | None
    password_hash: Secret | None
    local_id: str | None
    roles: tuple[str, ...]


class Reader:
    """Reads users of a file, and notices those that stand in it twice."""

    def __init__(self, draft: Draft, hasher: Hasher) -> None:
        self._draft = draft
        self._hasher = hasher
        self._seen: set[tuple[str, str, str]] = set()
        self._ids: set[str] = set()

    def wanted(self, item: Members) -> Wanted | None:
        """Return the user, or None when its faults leave nobody to look for."""
        connection = self._connection(item)
        names = self._names(item, connection)
        _check_metadata(item)
        password = _password(item)
        password_hash = self._hash(item, password)
        local_id = self._local_id(item)
        roles = self._roles(item)
        for member in (*PROFILE, "user_metadata", "app_metadata", "email_verified", "blocked"):
            item.given(member)
        item.only()
        if connection is None or not names:
            return None
        return Wanted(
            item=item,
            connection=connection,
            names=names,
            password=password,
            password_hash=password_hash,
            local_id=local_id,
            roles=roles,
        )

    def _connection(self, item: Members) -> Connection | None:
        name = item.required_text("connection")
        databases = {
            one.name: one for one in self._draft.connections.values() if one.strategy == STRATEGY
        }
        found = databases.get(name)
        if name and found is None:
            hint = did_you_mean(name, databases)
            item.fault(f"no database is named {name}{hint}", "connection")
        return found

    def _names(self, item: Members, connection: Connection | None) -> tuple[Name, ...]:
        names = tuple(
            (kind, normal(text))
            for kind, member in (
                ("email", "email"),
                ("username", "username"),
                ("phone", "phone_number"),
            )
            if (text := item.optional_text(member, None)) is not None
        )
        _check_names(item, dict(names))
        if not names:
            item.fault("needs email, username or phone_number")
        if connection is not None and connection.requires_username and "username" not in item:
            item.fault(f"the database {connection.name} requires a username")
        for kind, name in names if connection is not None else ():
            key = (connection.name if connection else "", kind, name)
            if key in self._seen:
                item.fault(f"{name} stands in the file twice for this connection")
            self._seen.add(key)
        return names

    def _hash(self, item: Members, password: Secret | None) -> Secret | None:
        encoded = item.secret("password_hash")
        if encoded is None:
            return None
        if password is not None:
            item.fault("excludes password: keep one", "password_hash")
        if not self._hasher.recognises(encoded):
            item.fault(
                "is neither Argon2 in PHC form nor bcrypt ($2a$, $2b$, $2y$)", "password_hash"
            )
        return encoded

    def _local_id(self, item: Members) -> str | None:
        local_id = item.optional_text("user_id", None)
        if local_id is None:
            return None
        if local_id.startswith(PREFIX):
            item.fault(f"is given without the prefix {PREFIX}", "user_id")
        elif not _LOCAL_ID.fullmatch(local_id):
            item.fault("holds 1 to 200 characters, no white space and no |", "user_id")
        elif local_id in self._ids:
            item.fault("stands in the file twice", "user_id")
        self._ids.add(local_id)
        return local_id

    def _roles(self, item: Members) -> tuple[str, ...]:
        roles = item.texts("roles", ())
        for position, role in enumerate(roles):
            if role not in self._draft.roles:
                hint = did_you_mean(role, self._draft.roles)
                item.fault(f"no role is named {role}{hint}", "roles", position)
        return roles


def _check_names(item: Members, names: Mapping[str, str]) -> None:
    email, username, phone = (names.get(kind) for kind in ("email", "username", "phone"))
    if email is not None and not is_email(email):
        item.fault("is no e-mail address", "email")
    if username is not None and not _is_username(username):
        item.fault(
            f"holds 1 to {MAX_USERNAME_CHARS} characters, no white space; is no e-mail address",
            "username",
        )
    if phone is not None and not _PHONE.fullmatch(phone):
        item.fault("is no phone number such as +15550100", "phone_number")


def _is_username(name: str) -> bool:
    is_short = 0 < len(name) <= MAX_USERNAME_CHARS
    return is_short and not any(c.isspace() for c in name) and not is_email(name)


def _password(item: Members) -> Secret | None:
    password = item.secret("password")
    if password is not None and len(password.reveal().encode()) > MAX_PASSWORD_BYTES:
        item.fault(f"is longer than {MAX_PASSWORD_BYTES} bytes", "password")
        return None
    return password


def _check_metadata(item: Members) -> None:
    item.member("user_metadata")
    for name in sorted(RESERVED_METADATA & item.member("app_metadata").present().keys()):
        item.fault("is a reserved name", "app_metadata", name)
