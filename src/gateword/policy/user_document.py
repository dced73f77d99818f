"""A user as Auth0's Management API writes it, and what a body makes of one.

Rule 1: pure. Rule 2: members without a value are left out. Source: Auth0 Management API v2 "Create
a user", "Update a user", "Link a user account", recorded answers.
"""

from collections.abc import Mapping
from typing import Final

from gateword.domain.user import Identity, NewUser, User
from gateword.policy import enrolled
from gateword.policy.identifier import normal
from gateword.policy.profile import completed
from gateword.policy.timestamp import written
from gateword.values import dataclass, replace

Document = Mapping[str, object]

PROFILE: Final[Mapping[str, int]] = {
    "name": 300, "nickname": 300, "given_name": 150, "family_name": 150, "picture": 2048,
}  # fmt: skip
"""Members of the profile that can be set, and their most characters."""

PREFIX: Final = "auth0|"
"""What stands before the local id of every user of our own store."""

NAMES: Final = ("email", "username", "phone_number")
_FLAGS: Final = ("email_verified", "phone_verified")
_TIMES: Final = ("last_login", "last_password_reset")


def rendered(user: User) -> dict[str, object]:
    """Return a user; the password is nowhere in it."""
    document: dict[str, object] = {
        "created_at": written(user.created_at),
        "email": user.email,
        "email_verified": user.email_verified,
        "identities": [rendered_identity(one) for one in user.identities],
        **user.profile,
        "phone_number": user.phone_number,
        "phone_verified": user.phone_verified if user.phone_number else None,
        "updated_at": written(user.updated_at),
        "user_id": user.user_id,
        "username": user.username,
        "user_metadata": user.user_metadata or None,
        "app_metadata": user.app_metadata or None,
        "blocked": user.blocked or None,
        "last_ip": user.last_ip,
        "logins_count": user.logins_count or None,
        "multifactor": enrolled.providers(user.factors) or None,
    }
    for name in _TIMES:
        at = getattr(user, name)
        document[name] = written(at) if at else None
    return {name: value for name, value in document.items() if value is not None}


def rendered_identity(identity: Identity) -> dict[str, object]:
    """Return an identity; a linked one has a profile of its own."""
    document: dict[str, object] = {
        "connection": identity.connection,
        "provider": identity.provider,
        "user_id": identity.local_id,
        "isSocial": False,
    }
    return document | {"profileData": dict(identity.profile)} if identity.profile else document


def created(body: Document) -> NewUser:
    """Return the user that a checked body creates, names in normal form, defaults filled in."""
    names = {name: _name(body.get(name)) for name in NAMES}
    local_id = body.get("user_id")
    return completed(
        NewUser(
            connection=str(body["connection"]),
            email=names["email"],
            username=names["username"],
            phone_number=names["phone_number"],
            email_verified=body.get("email_verified") is True,
            phone_verified=body.get("phone_verified") is True,
            blocked=body.get("blocked") is True,
            local_id=None if local_id is None else str(local_id).removeprefix(PREFIX),
            profile=_merged({}, {name: body[name] for name in PROFILE if name in body}),
            user_metadata=_merged({}, _object(body.get("user_metadata"))),
            app_metadata=_merged({}, _object(body.get("app_metadata"))),
        )
    )


@dataclass(frozen=True, slots=True)
class Change:
    """What a checked body changes of a user.

    Attributes:
        body: Of the request.
        home: Position of the identity whose names are meant; 0 is the primary one.
    """

    body: Document
    home: int = 0

    def of(self, user: User) -> User:
        """Return the user as it will be: profile replaced, metadata merged at the first level.

        A new password unblocks, unless the body says otherwise (Auth0 "Block and Unblock Users").
        """
        body = self.body
        user = replace(
            user,
            blocked=body.get("blocked", user.blocked and "password" not in body) is True,
            profile=_merged(user.profile, {name: body[name] for name in PROFILE if name in body}),
            user_metadata=_metadata(user.user_metadata, body, "user_metadata"),
            app_metadata=_metadata(user.app_metadata, body, "app_metadata"),
        )
        named = self._names()
        if not named:
            return user
        if self.home == 0:
            return replace(user, **named)  # type: ignore[arg-type]  # members of NAMES and _FLAGS
        identities = list(user.identities)
        linked = identities[self.home]
        identities[self.home] = replace(linked, profile=_merged(linked.profile, named))
        return replace(user, identities=tuple(identities))

    def _names(self) -> dict[str, object]:
        """Return login names, and whether they are verified: new ones are when the body says so."""
        body = self.body
        found: dict[str, object] = {name: _name(body[name]) for name in NAMES if name in body}
        for name, flag in zip(("email", "phone_number"), _FLAGS, strict=True):
            if flag in body or name in found:
                found[flag] = body.get(flag) is True
        return found


def linked_profile(user: User) -> dict[str, object]:
    """Return what a linked identity keeps of the user that it was; metadata is not in it."""
    document: dict[str, object] = {
        "email": user.email,
        "email_verified": user.email_verified if user.email else None,
        "username": user.username,
        "phone_number": user.phone_number,
        "phone_verified": user.phone_verified if user.phone_number else None,
        **user.profile,
    }
    return {name: value for name, value in document.items() if value is not None}


def alone(identity: Identity) -> NewUser:
    """Return the user that a linked identity becomes when it is unlinked."""
    own = (*NAMES, *_FLAGS)
    profile = identity.profile
    return NewUser(
        connection=identity.connection,
        email=_name(profile.get("email")),
        username=_name(profile.get("username")),
        phone_number=_name(profile.get("phone_number")),
        email_verified=profile.get("email_verified") is True,
        phone_verified=profile.get("phone_verified") is True,
        local_id=identity.local_id,
        profile={name: value for name, value in profile.items() if name not in own},
    )


def _metadata(kept: Document, body: Document, name: str) -> Document:
    if name not in body:
        return kept
    return {} if body[name] is None else _merged(kept, _object(body[name]))


def _merged(kept: Document, given: Document) -> dict[str, object]:
    """Merge at the first level; null takes a member away."""
    merged = {**kept, **given}
    return {name: value for name, value in merged.items() if value is not None}


def _object(value: object) -> Document:
    return value if isinstance(value, Mapping) else {}


def _name(value: object) -> str | None:
    return normal(value) if isinstance(value, str) and value else None
