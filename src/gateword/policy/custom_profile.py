"""The profile that a custom database's script answers: what is taken over of it, and what is not.

Rule 1: pure. Rule 2: it is a stranger's text. Without a user id nothing is taken over; any other
member that cannot be stored is left out, and the log is told which.
Source: Auth0 "Custom Database Action Scripts", "Sync root attributes at login".
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from gateword.domain.connection import Connection
from gateword.domain.secret import Secret
from gateword.domain.user import Identity, NewUser, User
from gateword.policy import brought_factors, json_text
from gateword.policy.profile import completed
from gateword.policy.signup import is_deliverable
from gateword.policy.user_document import PROFILE
from gateword.policy.user_import import RESERVED_METADATA
from gateword.values import dataclass, replace

MOST_CHARS: Final = 100 * 1024
"""Of a profile, as JSON."""

_MOST_USERNAME_CHARS: Final = 128
_MOST_NAME_CHARS: Final = 64
_MOST_NOTES: Final = 20
_LOCAL_ID: Final = re.compile(r"[!-~\u00a1-\U0010ffff]{1,200}")
_PHONE: Final = re.compile(r"\+[1-9]\d{1,14}")
_TEXTS: Final = {**PROFILE, "middle_name": 150}
_KINDS: Final = ("email", "username", "phone_number")
_VERIFIED: Final = {"email": "email_verified", "phone_number": "phone_verified"}
_FLAGS: Final = (*_VERIFIED.values(), "blocked")
_AT_EACH_LOGIN: Final = "on_each_login"
_METADATA: Final = ("user_metadata", "app_metadata")
_NOT_THEIRS: Final = RESERVED_METADATA | {
    *("_json", "access_token", "client_id", "connection", "id", "last_ip", "last_login"),
    *("last_password_reset", "logins_count", "mfa_factors", "password", "sub", "tenant"),
    *("user_metadata", "app_metadata", "username", "phone_number", "phone_verified"),
}
"""Root members that the store says of a user itself; a script's are not believed."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What is taken over of a profile.

    Attributes:
        local_id: The user id without our prefix, as the script gave it.
        user: As one who is new here, with what nobody said filled in.
        root: Members of the profile that the script gave.
        passing: Members that hold for this login alone and are never stored.
        said: Names of all that it gave.
        notes: What was left out, for the log.
    """

    local_id: str
    user: NewUser
    root: Mapping[str, object]
    passing: Mapping[str, object]
    said: frozenset[str]
    notes: tuple[str, ...] = ()


def read(value: object, connection: Connection) -> TakenOver | str:
    """Return what is taken over of a script's answer, or why nothing can be."""
    if not isinstance(value, Mapping):
        return "the profile must be an object"
    if len(json.dumps(value)) > MOST_CHARS:
        return f"the profile has more than {MOST_CHARS} characters of JSON"
    local_id = user_id(value.get("user_id"))
    if local_id is None:
        return "the profile needs a user_id: text or a whole number, 200 characters at most"
    hidden = connection.options.get("non_persistent_attrs")
    never = frozenset(hidden) if isinstance(hidden, list) else frozenset()
    return _Reading(value, never).taken(connection, local_id)


def user_id(value: object) -> str | None:
    """Return a user id in the form in which it is kept; None when it is none.

    A number is written as text. Nothing is taken away from the front, so that scripts get their
    own id back.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not _LOCAL_ID.fullmatch(value) or not value.isprintable():
        return None
    return value


def synced(user: User, taken: TakenOver, connection: Connection) -> User:
    """Return a user who is known with what the database says at this login.

    Metadata and whether somebody is blocked are ours since the first login, and what the script
    does not give stays.
    """
    wanted = connection.options.get("set_user_root_attributes") or _AT_EACH_LOGIN
    root = taken.root if wanted == _AT_EACH_LOGIN else {}
    for position, identity in enumerate(user.identities):
        if position > 0 and is_of(identity, connection, taken.local_id):
            profile = {**identity.profile, **_names(identity.profile, taken), **root}
            identities = list(user.identities)
            identities[position] = replace(identity, profile=profile)
            return replace(user, identities=tuple(identities))
    names = _names({name: getattr(user, name) for name in (*_KINDS, *_FLAGS)}, taken)
    return replace(user, profile={**user.profile, **root}, **names)  # type: ignore[arg-type]  # members of _KINDS and _FLAGS


def _names(now: Mapping[str, object], taken: TakenOver) -> dict[str, object]:
    """Return the login names that a script gives, and whether they are verified."""
    given = {name: one for name in _KINDS if (one := getattr(taken.user, name)) is not None}
    for kind, flag in _VERIFIED.items():
        if kind in given and (flag in taken.said or given[kind] != now.get(kind)):
            given[flag] = getattr(taken.user, flag)
    return given


def is_of(identity: Identity, connection: Connection, local_id: str) -> bool:
    """Say whether an identity is the one that a database knows by an id."""
    return (identity.connection, identity.local_id) == (connection.name, local_id)


class _Reading:
    """Takes member after member and notes what is left out."""

    def __init__(self, profile: Mapping[str, object], never: frozenset[str]) -> None:
        self._profile = {name: one for name, one in profile.items() if name not in never}
        self._hidden = {name: one for name, one in profile.items() if name in never}
        self._notes: list[str] = []

    def taken(self, connection: Connection, local_id: str) -> TakenOver:
        new = NewUser(
            connection=connection.name,
            local_id=local_id,
            email=self._text("email", is_deliverable),
            username=self._text("username", lambda one: len(one) <= _MOST_USERNAME_CHARS),
            phone_number=self._text("phone_number", _PHONE.fullmatch),
            **{name: self._profile.get(name) is True for name in _FLAGS},  # type: ignore[arg-type]  # members of _FLAGS
            **{name: self._metadata(name) for name in _METADATA},  # type: ignore[arg-type]  # members of _METADATA
        )
        root, passing = dict(self._root(self._profile)), dict(self._root(self._hidden))
        if connection.options.get("set_user_root_attributes") == "never_on_login":
            root = {}
        said, factors = frozenset(self._profile), self._factors()
        new = completed(replace(new, profile=root, factors=factors))
        notes = tuple(self._notes[:_MOST_NOTES])
        return TakenOver(local_id, new, root, passing, said, notes)

    def _factors(self) -> Secret | None:
        given = self._profile.get("mfa_factors") or []
        listed = given if isinstance(given, list) else []
        good = [one for one in listed if brought_factors.factor(one) is not None]
        good = good[: brought_factors.MOST]
        if not isinstance(given, list) or len(good) < len(given):
            self._left_out("mfa_factors")
        return Secret(json.dumps(good)) if good else None

    def _root(self, members: Mapping[str, object]) -> Iterator[tuple[str, object]]:
        for name, value in members.items():
            if name in _NOT_THEIRS or value is None:
                continue
            most = _TEXTS.get(name)
            is_good = most is None or (isinstance(value, str) and len(value) <= most)
            if is_good and len(name) <= _MOST_NAME_CHARS and json_text.is_storable([name, value]):
                yield name, value
            else:
                self._left_out(name)

    def _text(self, name: str, is_good: Callable[[str], object]) -> str | None:
        value = self._profile.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and json_text.is_storable(value) and is_good(value):
            return value
        self._left_out(name)
        return None

    def _metadata(self, name: str) -> dict[str, object]:
        value = self._profile.get(name)
        if value is None:
            return {}
        if not isinstance(value, Mapping) or not json_text.is_storable(dict(value)):
            self._left_out(name)
            return {}
        present = {key: one for key, one in value.items() if one is not None}
        reserved = sorted(RESERVED_METADATA & present.keys()) if name == "app_metadata" else []
        for key in reserved:
            self._left_out(f"app_metadata.{key}")
        return {key: one for key, one in present.items() if key not in reserved}

    def _left_out(self, name: str) -> None:
        shown = "".join(char if char.isprintable() else "?" for char in name[:_MOST_NAME_CHARS])
        self._notes.append(f"{shown} of the profile cannot be stored and was left out")
