"""Users one at a time, as an operator handles them."""

from collections.abc import Mapping, Sequence

from gateword.accounts import passwords
from gateword.domain.connection import Connection
from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.policy.connection_document import STRATEGY
from gateword.policy.identifier import login_names
from gateword.policy.members import Fault, Members, shown
from gateword.policy.password_policy import told
from gateword.ports.parts import Parts
from gateword.provision.apply import hashes, store_user
from gateword.provision.draft import drawn
from gateword.provision.plan_users import NO_PASSWORDS, UserWrite, plan_users
from gateword.provision.user_items import MAX_PASSWORD_BYTES
from gateword.values import replace


class BadUser(Exception):
    """What was asked for cannot be done; the message says why, and what to do."""


async def check(parts: Parts, document: Mapping[str, object]) -> None:
    """See that a user can be created, before anybody is asked for a password.

    Raises:
        BadUser: As `add` does.
    """
    await _planned(parts, document, checks_password=False)


async def add(
    parts: Parts, document: Mapping[str, object], *, checks_password: bool = True
) -> User:
    """Create a user.

    Args:
        parts: The tenant's.
        document: An item of `x-gateword-users`.
        checks_password: The password must keep the policy of the database.

    Raises:
        BadUser: Something in it is wrong, or the login name is taken.
    """
    write = await _planned(parts, document, checks_password=checks_password)
    [encoded] = await hashes(parts.hasher, (write,))
    return await store_user(parts.stores, write, encoded, parts.clock.now())


async def _planned(
    parts: Parts, document: Mapping[str, object], *, checks_password: bool
) -> UserWrite:
    faults: list[Fault] = []
    draft = await drawn(parts)
    item = Members(document, (), faults)
    planned = await plan_users(draft, parts, [item], checks_passwords=checks_password)
    if faults:
        raise BadUser("; ".join(f"{shown(fault.path)}: {fault.text}" for fault in faults))
    (write, change) = planned[0]
    if change.action != "created":
        raise BadUser(f"{change.name} is there already; see gateword users set-password and block")
    return write


async def find(parts: Parts, word: str, connection: str | None) -> tuple[User, Connection]:
    """Return the user that a user id or a login name means, and the directory it was found in.

    Args:
        parts: The tenant's.
        word: A user id (`auth0|…`), or an e-mail address, username or phone number.
        connection: Where to look; None is every database.

    Raises:
        BadUser: Nobody, or several people.
    """
    places = await _places(parts, connection)
    by_id = await parts.stores.users.by_id(word)
    if by_id is not None:
        homes = {identity.connection for identity in by_id.identities}
        found = [(by_id, place) for place in places if place.name in homes][:1]
    else:
        found = await _by_name(parts, word, places)
    if len(found) == 1:
        return found[0]
    if found:
        where = ", ".join(place.name for _, place in found)
        raise BadUser(f"{word} is in {where}; say which with --connection")
    where = ", ".join(place.name for place in places)
    raise BadUser(f"{word} is not in {where}; see gateword users list")


async def _by_name(
    parts: Parts, word: str, places: Sequence[Connection]
) -> list[tuple[User, Connection]]:
    names, found = login_names(word), []
    for place in places:
        account = await parts.stores.users.account(place.key, names)
        if account is not None:
            found.append((account.user, place))
    return found


async def set_password(
    parts: Parts,
    user: User,
    connection: Connection,
    password: Secret,
    *,
    checks_password: bool = True,
) -> None:
    """Give a user another password; all of the user's refresh tokens and links end.

    Raises:
        BadUser: The password is empty, too long, or breaks the policy of the database.
    """
    if not 0 < len(password.reveal().encode()) <= MAX_PASSWORD_BYTES:
        raise BadUser(f"a password has 1 to {MAX_PASSWORD_BYTES} bytes")
    if connection.lives_elsewhere:
        raise BadUser(f"{NO_PASSWORDS}; PATCH /api/v2/users/ID asks their change_password")
    if checks_password:
        key = await passwords.identity_key(parts, user, connection)
        complaint = await passwords.judged(parts, connection, password, user, key)
        if complaint is not None:
            raise BadUser(told(complaint))
    if not await passwords.changed(parts, user, connection, password):
        raise BadUser(f"{user.user_id} is gone")


async def set_blocked(parts: Parts, user: User, *, blocked: bool) -> bool:
    """Block or unblock a user; return False when that was so already."""
    if user.blocked == blocked:
        return False
    at = parts.clock.now()
    await parts.stores.users.change(user.user_id, lambda held: replace(held, blocked=blocked), at)
    return True


async def connection_named(parts: Parts, name: str) -> Connection:
    """Return the database of that name.

    Raises:
        BadUser: There is none.
    """
    [place] = await _places(parts, name)
    return place


async def _places(parts: Parts, connection: str | None) -> Sequence[Connection]:
    known = [one for one in await parts.stores.connections.all() if one.strategy == STRATEGY]
    places = [one for one in known if connection in (None, one.name)]
    if not places:
        names = ", ".join(sorted(one.name for one in known)) or "none"
        raise BadUser(f"no database is named {connection}. There are: {names}")
    return places
