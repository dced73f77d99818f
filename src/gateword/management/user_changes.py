"""`PATCH /users/{user_id}`: what may be changed together, and of which identity.

Source: Auth0 Management API v2 "Update a user".
"""

from typing import Final

from gateword.accounts import blocks, passwords, verification
from gateword.domain.connection import Connection
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.management import custom_database, password_refusal, user_names
from gateword.management.lifter import lifter
from gateword.management.resource import Call, Document
from gateword.policy.user_document import NAMES, Change, rendered
from gateword.ports.users import Unchanged
from gateword.values import dataclass

_ONE_AT_A_TIME: Final = ("email", "username", "phone_number", "password")


@dataclass(frozen=True, slots=True)
class _Home:
    """The identity that is meant: where it stands among the user's, and its directory."""

    position: int
    connection: Connection

    def names(self, user: User) -> dict[str, object]:
        """Return the identity's login names."""
        if self.position == 0:
            return {name: getattr(user, name) for name in NAMES}
        profile = user.identities[self.position].profile
        return {name: profile.get(name) for name in NAMES}

    def reached_by(self, user: User) -> tuple[str, str]:
        """Return the identity's address, and any login name it has; empty where there is none."""
        names = self.names(user)
        first = next((name for name in names.values() if name), "")
        return str(names["email"] or ""), str(first)


async def change(call: Call) -> Document:
    """Change a user; metadata is merged at the first level."""
    body = call.body
    _check_scope(call)
    _check_together(body)
    user = await existing(call)
    client_id = await _client_id(call)
    home = await _home(call, user)
    planned = Change(body, home.position)
    if not body.keys().isdisjoint(NAMES):
        user_names.check(body, home.connection)
        user_names.demand(home.names(planned.of(user)), home.connection)
    encoded = await _hashed(call, planned.of(user), home)
    await custom_database.change(call, home.connection, home.reached_by(user))
    changed = await call.parts.stores.users.change(user.user_id, planned.of, call.at)
    if changed is Unchanged.TAKEN:
        raise Refused(ManagementRefusal.USER_EXISTS)
    if changed is Unchanged.GONE:
        raise Refused(ManagementRefusal.NO_USER)
    if "password" in body:  # also lifts what wrong ones have shut
        await passwords.replaced(call.parts, changed, home.connection, encoded)
        changed = await existing(call)
    elif body.get("blocked") is False:
        await blocks.lift_of_user(call.parts, changed, lifter(call))
    if body.get("verify_email") is True and changed.email and not changed.email_verified:
        await verification.send(call.parts, changed, home.connection, client_id)
    return rendered(changed)


async def existing(call: Call) -> User:
    """Return the user of the path.

    Raises:
        Refused: NO_USER.
    """
    user = await call.parts.stores.users.by_id(call.path["user_id"])
    if user is None:
        raise Refused(ManagementRefusal.NO_USER)
    return user


def _check_scope(call: Call) -> None:
    """Refuse a token for `app_metadata` alone that wants to change something else."""
    if not call.actor.may("update:users") and call.body.keys() - {"app_metadata"}:
        raise Refused(ManagementRefusal.INSUFFICIENT_SCOPE, scopes="update:users")


def _check_together(body: Document) -> None:
    named = [name for name in _ONE_AT_A_TIME if name in body]
    if len(named) > 1:
        text = f"Cannot update {named[0]} and {named[1]} simultaneously"
        raise Refused(ManagementRefusal.NOT_SUPPORTED, text=text)


async def _client_id(call: Call) -> str | None:
    """Return the application that a letter speaks of, if one is named.

    Raises:
        Refused: NO_CLIENT, as where the letter is asked for by itself.
    """
    named = call.body.get("client_id")
    if not isinstance(named, str):
        return None
    if await call.parts.stores.clients.get(named) is None:
        raise Refused(ManagementRefusal.NO_CLIENT)
    return named


async def _home(call: Call, user: User) -> _Home:
    """Return the identity that `connection` names, by default the primary one."""
    name = call.body.get("connection", user.identities[0].connection)
    for position, identity in enumerate(user.identities):
        if identity.connection == name:
            connection = await call.parts.stores.connections.named(identity.connection)
            if connection is not None:
                return _Home(position, connection)
    text = "The user does not have an identity in the connection"
    raise Refused(ManagementRefusal.BODY_CONFLICT, text=text)


async def _hashed(call: Call, user: User, home: _Home) -> Secret | None:
    """Return the hash of the new password, before anything is changed: it also unblocks.

    Raises:
        Refused: PASSWORD_REFUSED, BODY_CONFLICT, BUSY.
    """
    if "password" not in call.body:
        return None
    password = Secret(str(call.body["password"]))
    user_names.refuse_passwords(home.connection)
    await _judge(call, user, home, password)
    return None if home.connection.lives_elsewhere else await call.parts.hasher.hash(password)


async def _judge(call: Call, user: User, home: _Home, password: Secret) -> None:
    names = [
        (kind, str(name))
        for kind, member in (
            ("email", "email"),
            ("username", "username"),
            ("phone", "phone_number"),
        )
        if (name := home.names(user)[member])
    ]
    account = await call.parts.stores.users.account(home.connection.key, names)
    key = None if account is None else account.identity_key
    complaint = await passwords.judged(call.parts, home.connection, password, user, key)
    if complaint is not None:
        raise password_refusal.refused(complaint)
