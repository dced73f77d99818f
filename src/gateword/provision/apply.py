"""Carrying a plan out.

Everything that can be refused has been checked before the first write, and the slow part, hashing,
comes before it too. Each write is one transaction of its store; a plan is not one: what the
database itself fails on midway leaves the things before it stored, and the same file applied again
does the rest.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime

from gateword.domain.client import Client
from gateword.domain.connection import Connection
from gateword.domain.resource_server import ClientGrant, ResourceServer, Role
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.domain.user import User
from gateword.policy.password_options import policy_of
from gateword.ports.crypto import Hasher
from gateword.ports.parts import Parts, Stores
from gateword.provision import compiling
from gateword.provision.changes import Change
from gateword.provision.draft import KeptWrite, Write
from gateword.provision.plan import Plan, plan
from gateword.provision.plan_users import HASHES_AT_ONCE, UserWrite
from gateword.values import dataclass, replace


class Overtaken(Exception):
    """Somebody else changed the tenant between plan and write; applying again sorts it out."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying did, or would do.

    Attributes:
        changes: One for each thing of the document, `unchanged` ones included.
        left_out: Sections that are not supported and were passed over.
        notes: What is stored and does not act yet, or cannot run, a sentence each.
    """

    changes: tuple[Change, ...]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


async def apply(
    document: Mapping[str, object],
    parts: Parts,
    *,
    dry_run: bool = False,
    leave_out: bool = False,
) -> Applied:
    """Apply a configuration to a tenant.

    Args:
        document: Sections by name.
        parts: The tenant's.
        dry_run: Write nothing.
        leave_out: Pass over sections that are not supported instead of refusing them.

    Raises:
        Faulty: Nothing was changed.
        Overtaken: A name was taken by somebody else meanwhile.
        Refused: STORE_UNREACHABLE.
    """
    planned = await plan(document, parts, leave_out=leave_out)
    if not dry_run:
        await _carry_out(planned, parts)
    # Told and not refused: what Auth0 has accepted is imported as it is.
    broken = await compiling.findings(parts.scripts, planned.scripts)
    notes = (*planned.notes, *(f"{one.about} {one.text}" for one in broken))
    return Applied(planned.changes, planned.left_out, notes)


async def _carry_out(planned: Plan, parts: Parts) -> None:
    encoded_hashes = await hashes(parts.hasher, planned.users)
    at = parts.clock.now()
    for write in planned.writes:
        await _store(parts.stores, write, at)
    for user, encoded in zip(planned.users, encoded_hashes, strict=True):
        await store_user(parts.stores, user, encoded, at)


async def hashes(hasher: Hasher, users: tuple[UserWrite, ...]) -> list[Secret | None]:
    """Return the hash to be stored for each user; None where none is."""
    at_once = asyncio.Semaphore(HASHES_AT_ONCE)

    async def hash_of(user: UserWrite) -> Secret | None:
        if user.password is None:
            return user.password_hash
        async with at_once:
            return await hasher.hash(user.password)

    return await asyncio.gather(*map(hash_of, users))


async def _store(stores: Stores, write: Write, at: datetime) -> None:
    match write:
        case Tenant():
            await stores.settings.save(write)
        case Client():
            await stores.clients.put(write, at)
        case Role():
            await stores.roles.put(write)
        case KeptWrite() | Connection():
            await _store_named(stores, write, at)
        case _:
            await _store_api(stores, write, at)


async def _store_named(stores: Stores, write: KeptWrite | Connection, at: datetime) -> None:
    if isinstance(write, Connection):
        if not await stores.connections.put(write, at):
            raise Overtaken(f"a realm of {write.name} was taken meanwhile")
    elif not await stores.documents.put(write.kind, write.kept, at):
        raise Overtaken(f"the name or order of {write.kept.name} was taken meanwhile")


async def _store_api(stores: Stores, write: ResourceServer | ClientGrant, at: datetime) -> None:
    if isinstance(write, ResourceServer):
        await stores.resource_servers.put(write, at)
    else:
        await stores.client_grants.put(write, at)


async def store_user(
    stores: Stores, write: UserWrite, encoded: Secret | None, at: datetime
) -> User:
    """Store one user of a plan.

    Raises:
        Overtaken: A name was taken by somebody else meanwhile.
    """
    connection = await stores.connections.named(write.connection)
    if connection is None:
        raise Overtaken(f"the database {write.connection} was removed meanwhile")
    user = write.changed or write.existing
    if write.new is not None:
        user = await stores.users.add(replace(write.new, password_hash=encoded), connection, at)
    elif user is not None:
        if write.changed is not None:
            await stores.users.save(write.changed, at)
        if encoded is not None:
            await _set_password(stores, user, connection, encoded, at)
    if user is None:
        raise Overtaken(f"a login name or id was taken meanwhile in {write.connection}")
    if write.roles and not await stores.roles.assign(user.key, write.roles):
        raise Overtaken("a role was removed meanwhile")
    return user


async def _set_password(
    stores: Stores, user: User, connection: Connection, encoded: Secret, at: datetime
) -> None:
    key = await stores.passwords.identity_key(user.key, connection.key)
    if key is None:
        raise Overtaken(f"{user.user_id} has left {connection.name} meanwhile")
    keep = policy_of(connection.options).former
    await stores.passwords.change(user.key, encoded, at, identity_key=key, keep=keep)
