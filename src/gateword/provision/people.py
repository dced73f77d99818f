"""Users one at a time, as an operator handles them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gateword.domain.connection import Connection
from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.policy.identifier import login_names
from gateword.policy.members import Fault, Members, shown
from gateword.ports.parts import Parts
from gateword.provision.apply import hashes, store_user
from gateword.provision.draft import drawn
from gateword.provision.plan_users import plan_users
from gateword.provision.user_items import MAX_PASSWORD_BYTES


class BadUser(Exception):
    """What was asked for cannot be done; the message says why, and what to do."""


async def add(parts: Parts, document: Mapping[str, object]) -> User:
    """Create a user.

    Args:
        parts: The tenant's.
        document: An item of `x-gateword-users`.

    Raises:
        BadUser: Something in it is wrong, or the login name is taken.
    """
    faults: list[Fault] = []
    draft = await drawn(parts)
    planned = await plan_users(draft, parts, [Members(document, (), faults)])
    if faults:
        raise BadUser("; ".join(f"{shown(fault.path)}: {fault.text}" for fault in faults))
    (write, change) = planned[0]
    if change.action != "created":
        raise BadUser(f"{change.name} is there already; see gateword users set-password and block")
    [encoded] = await hashes(parts.hasher, (write,))
    return await store_user(parts.stores, write, encoded, parts.clock.now())


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


async def set_password(parts: Parts, user: User, connection: Connection, password: Secret) -> None:
    """Give a user another password; all of the user's refresh tokens end.

    Raises:
        BadUser: The password is empty or too long.
    """
    if not 0 < len(password.reveal().encode()) <= MAX_PASSWORD_BYTES:
        raise BadUser(f"a password has 1 to {MAX_PASSWORD_BYTES} bytes")
    encoded = await parts.hasher.hash(password)
    at = parts.clock.now()
    users = parts.stores.users
    if not await users.set_password(user.key, connection.key, encoded, at, retire=True):
        raise BadUser(f"{user.user_id} is gone")


async def set_blocked(parts: Parts, user: User, *, blocked: bool) -> bool:
    """Block or unblock a user; return False when that was so already."""
    if user.blocked == blocked:
        return False
    await parts.stores.users.save(replace(user, blocked=blocked), parts.clock.now())
    return True


async def connection_named(parts: Parts, name: str) -> Connection:
    """Return the database of that name.

    Raises:
        BadUser: There is none.
    """
    [place] = await _places(parts, name)
    return place


async def _places(parts: Parts, connection: str | None) -> Sequence[Connection]:
    known = await parts.stores.connections.all()
    places = [one for one in known if connection in (None, one.name)]
    if not places:
        names = ", ".join(sorted(one.name for one in known)) or "none"
        raise BadUser(f"no database is named {connection}. There are: {names}")
    return places
