"""What wrong passwords have shut, for those who run the tenant: they look at it and lift it.

What an operator blocked (`blocked` of the user) is none of it and stays.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from gateword.accounts import diary
from gateword.domain.connection import Connection
from gateword.domain.log_event import LogCode
from gateword.domain.login import Caller
from gateword.domain.protection import Protection
from gateword.domain.user import User
from gateword.policy import blocks as policy
from gateword.policy import subject
from gateword.policy.caller import counted
from gateword.policy.connection_document import STRATEGY
from gateword.policy.identifier import login_names
from gateword.ports.attempts import Failures, Subject
from gateword.ports.parts import Parts
from gateword.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A login name that is refused.

    Attributes:
        identifier: The name; empty for one that nobody has, of which only a digest is known.
        ip: Address group it is refused from; empty for all addresses.
        failures: Wrong passwords in a row.
        until: When it ends by itself.
    """

    identifier: str
    ip: str
    connection: Connection
    failures: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifter:
    """Who lifts a block.

    Attributes:
        how: By what: `api` or `cli`.
        who: `sub` of the access token; empty for whoever has the machine.
        client_id: The application that asked.
    """

    how: str
    who: str = ""
    client_id: str = ""
    caller: Caller | None = None


@dataclass(frozen=True, slots=True)
class _Named:
    """What a typed name means over all directories.

    Attributes:
        name: As it is counted.
        users: Whose it is, by key.
        strangers: Directories in which it is nobody's.
    """

    name: str
    users: dict[int, User] = field(default_factory=dict)
    strangers: list[Connection] = field(default_factory=list)


async def of_user(parts: Parts, user: User, *, in_force: bool = False) -> list[Block]:
    """Return what is shut of a user, in every directory.

    Args:
        parts: The tenant's.
        user: Whose.
        in_force: Only what brute-force protection, as it is set now, stops.
    """
    rows = await parts.stores.attempts.failures_of_user(user.key)
    if not rows:
        return []
    connections = {one.key: one for one in await parts.stores.connections.all()}
    settings, at = await parts.stores.protection.get(), parts.clock.now()
    found = []
    for row in rows:
        connection = connections.get(row.connection_key)
        if connection is not None:
            names = _names(user, connection)
            found += _blocks(settings, connection, row, names, at, in_force=in_force)
    return found


async def of_name(parts: Parts, typed: str, *, in_force: bool = False) -> list[Block]:
    """Return what is shut of a login name: of whoever has it, and where nobody has it.

    Args:
        parts: The tenant's.
        typed: The name, in any spelling.
        in_force: Only what brute-force protection, as it is set now, stops.
    """
    named = await _named(parts, typed)
    found = [
        block
        for user in named.users.values()
        for block in await of_user(parts, user, in_force=in_force)
    ]
    return [*found, *await _of_strangers(parts, named, in_force=in_force)]


async def lift_of_user(parts: Parts, user: User, lifter: Lifter) -> Sequence[Block]:
    """Forget the wrong passwords of a user, in every directory; return what they had shut."""
    shut = await of_user(parts, user)
    await parts.stores.attempts.lift_user(user.key)
    await _tell(parts, lifter, shut, user)
    return shut


async def lift_of_name(parts: Parts, typed: str, lifter: Lifter) -> Sequence[Block]:
    """Forget the wrong passwords of a login name, and of whoever has it; return what was shut."""
    named = await _named(parts, typed)
    lifted = [
        block for user in named.users.values() for block in await lift_of_user(parts, user, lifter)
    ]
    shut = await _of_strangers(parts, named, in_force=False)
    subjects = [_stranger(parts, connection, named.name) for connection in named.strangers]
    await parts.stores.attempts.lift(subjects)
    await _tell(parts, lifter, shut, None)
    return [*lifted, *shut]


async def all_shut(parts: Parts, most: int, *, address: str | None = None) -> list[Block]:
    """Return what is shut and guarded now, the latest first; a name of nobody is not known.

    Args:
        parts: The tenant's.
        most: Counters that are looked at.
        address: Only what is shut at this one, in canonical form; None looks everywhere.
    """
    settings, at = await parts.stores.protection.get(), parts.clock.now()
    connections = {one.key: one for one in await parts.stores.connections.all()}
    found = []
    place = None if address is None else counted(address)
    least = policy.least(settings)
    for row, user_key in await parts.stores.census.failing(least, most, place=place):
        connection = connections.get(row.connection_key)
        user = None if user_key is None else await parts.stores.users.by_key(user_key)
        if connection is not None:
            names = _names(user, connection) if user else [""]
            found += _blocks(settings, connection, row, names, at, in_force=True)
    return found


async def _named(parts: Parts, typed: str) -> _Named:
    named, users = _Named(subject.name_of(typed)), parts.stores.users
    for connection in await parts.stores.connections.all():
        if connection.strategy != STRATEGY:
            continue
        for name in login_names(typed):
            account = await users.account(connection.key, [name])
            if account is not None:
                named.users[account.user.key] = account.user
        names = login_names(typed, connection.identifiers)
        if not names or await users.account(connection.key, names) is None:
            named.strangers.append(connection)
    return named


async def _of_strangers(parts: Parts, named: _Named, *, in_force: bool) -> list[Block]:
    settings, at = await parts.stores.protection.get(), parts.clock.now()
    found = []
    for connection in named.strangers:
        rows = await parts.stores.attempts.failures([_stranger(parts, connection, named.name)])
        for row in rows:
            found += _blocks(settings, connection, row, [named.name], at, in_force=in_force)
    return found


def _stranger(parts: Parts, connection: Connection, name: str) -> Subject:
    digest = parts.stamp.digest(f"{connection.id}:{name}", "subject")
    return connection.key, subject.of_name(digest)


def _names(user: User, connection: Connection) -> list[str]:
    """Return the names by which a user logs in there."""
    found: dict[str, None] = {}
    for position, identity in enumerate(user.identities):
        if identity.connection != connection.name:
            continue
        profile = identity.profile
        names = {
            "email": user.email if position == 0 else profile.get("email"),
            "username": user.username if position == 0 else profile.get("username"),
            "phone": user.phone_number if position == 0 else profile.get("phone_number"),
        }
        kinds = connection.identifiers or tuple(names)
        found |= dict.fromkeys(str(names[kind]) for kind in kinds if names[kind])
    return list(found)


def _blocks(
    settings: Protection,
    connection: Connection,
    row: Failures,
    names: Iterable[str],
    at: datetime,
    *,
    in_force: bool,
) -> list[Block]:
    failed_at = row.last_failed_at
    wait_s = policy.shut_for_s(settings, row.place, row.count, failed_at, at)
    is_guarded = policy.is_guarded(settings, connection.options, row.place)
    if wait_s == 0 or (in_force and not is_guarded):
        return []
    # The whole wait: what is left of it is rounded, and its end would wander from look to look.
    whole_s = policy.shut_for_s(settings, row.place, row.count, failed_at, failed_at)
    until = failed_at + timedelta(seconds=whole_s)
    return [
        Block(identifier=name, ip=row.place, connection=connection, failures=row.count, until=until)
        for name in names
    ]


def lifted(how: str, names: Iterable[str], places: Iterable[str] = ()) -> str:
    """Return how the log tells of a block that was lifted."""
    where = ", ".join(dict.fromkeys(place for place in places if place))
    told = f"Block lifted by {how}: {', '.join(dict.fromkeys(names))}"
    return f"{told} from {where}" if where else told


async def _tell(parts: Parts, lifter: Lifter, shut: Sequence[Block], user: User | None) -> None:
    if not shut:
        return
    about = [
        {"identifier": block.identifier, "connection": block.connection.name}
        | ({"ip": block.ip} if block.ip else {})
        for block in shut
    ]
    row = diary.event(
        LogCode.UBLKDU,
        parts.clock.now(),
        lifter.caller,
        description=lifted(
            lifter.how, (block.identifier for block in shut), (block.ip for block in shut)
        ),
        client=await parts.stores.clients.get(lifter.client_id) if lifter.client_id else None,
        client_id=lifter.client_id,
        connection=shut[0].connection,
        user=user,
        user_name="" if user else shut[0].identifier,
        details={"how": lifter.how, "who": lifter.who, "blocked_for": about},
    )
    await parts.stores.logs.append([row])
