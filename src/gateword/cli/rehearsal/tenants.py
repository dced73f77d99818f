"""The throw-away tenants: one for each attack, so that none counts what another did."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final, TypeAlias

from gateword.app import Engines
from gateword.cli.rehearsal.tries import (
    APPLICATIONS,
    PUBLIC,
    RIGHT,
    UNTRUSTED,
    WEAK,
    WEAK_PASSWORD,
    account,
)
from gateword.domain.client import AuthMethod, Client
from gateword.domain.protection import Protection
from gateword.domain.secret import Secret
from gateword.domain.user import NewUser
from gateword.policy import attack_protection
from gateword.policy.protection import read
from gateword.ports.documents import Kept
from gateword.ports.parts import Parts
from gateword.ports.stores import Tenants
from gateword.ports.token_stores import SigningKey
from gateword.provision.bootstrap import DEFAULT_DIRECTORY, bootstrap
from gateword.settings import Settings
from gateword.storage.open import open_tenants
from gateword.values import dataclass, replace

Documents: TypeAlias = Mapping[str, Mapping[str, object]]

SECRET: Final = "the secret of an application in a rehearsal, good for nothing else"
BLOCKED: Final = "blocked@rehearsal.example"
WITHOUT_PASSWORD: Final = "without-password@rehearsal.example"
LEAKED: Final = "leaked@rehearsal.example"
LEAKED_PASSWORD: Final = "AUTH0-TEST-rehearsal"
FIRST: Final = "default"
"""The tenant that every installation has; nothing happens in it."""


@dataclass(frozen=True, slots=True)
class Played:
    """A tenant that an attack is played against.

    Attributes:
        name: Of the tenant.
        protection: Its settings.
        parts: Its stores, beside the server.
    """

    name: str
    protection: Protection
    parts: Parts


class Founder:
    """Makes tenants in a data folder."""

    def __init__(self, engines: Engines, tenants: Tenants) -> None:
        self._engines = engines
        self._tenants = tenants
        self._keys: dict[str, SigningKey] = {}

    async def found(self, name: str, host: str) -> Parts:
        """Make an empty tenant."""
        tenant = await self._tenants.add(name, host, self._engines.clock.now())
        if tenant is None:
            raise ValueError(f"{name} is there already")
        return self._engines.parts(tenant)

    async def play(self, name: str, host: str, documents: Documents, accounts: int) -> Played:
        """Make a tenant with clients, accounts, and these settings of attack protection."""
        parts = await self.found(name, host)
        await bootstrap(parts.stores, self._key(parts), parts.clock, parts.dice)
        at = parts.clock.now()
        for id_, document in documents.items():
            kept = Kept(id=id_, document=document)
            await parts.stores.documents.put(attack_protection.KIND, kept, at)
        clients = _clients()
        for client in clients:
            await parts.stores.clients.put(client, at)
        await _admit(parts, clients)
        await _people(parts, accounts)
        return Played(name, read(documents), parts)

    def _key(self, parts: Parts) -> "_Keys":
        return _Keys(parts, self._keys)


class _Keys:
    """Makes each signing key once for all tenants: they are thrown away together."""

    def __init__(self, parts: Parts, made: dict[str, SigningKey]) -> None:
        self._parts = parts
        self._made = made

    def __call__(self, state: str) -> SigningKey:
        if state not in self._made:
            self._made[state] = self._parts.key_maker.new(state)
        return self._made[state]


@asynccontextmanager
async def founding(settings: Settings) -> AsyncIterator[Founder]:
    """Open a data folder for as long as the context lasts; a server may run beside it."""
    engines = Engines(settings)
    await engines.open()
    try:
        yield Founder(engines, open_tenants(engines.database))
    finally:
        await engines.close()


def changed(documents: Documents, changes: Documents) -> Documents:
    """Return settings with members of some objects changed."""
    return {
        id_: {**attack_protection.effective(id_, documents.get(id_)), **changes.get(id_, {})}
        for id_ in attack_protection.DEFAULTS
    }


def _clients() -> Sequence[Client]:
    trusted = (_client(name, is_ip_header_trusted=True) for name in APPLICATIONS)
    public = _client(PUBLIC, is_public=True, is_ip_header_trusted=True)
    return (*trusted, _client(UNTRUSTED), public)


def _client(name: str, *, is_public: bool = False, is_ip_header_trusted: bool = False) -> Client:
    return Client(
        client_id=name,
        name=name,
        secret=None if is_public else Secret(SECRET),
        auth_method=AuthMethod.NONE if is_public else AuthMethod.POST,
        grant_types=("password",),
        is_ip_header_trusted=is_ip_header_trusted,
    )


async def _admit(parts: Parts, clients: Sequence[Client]) -> None:
    connection = await parts.stores.connections.named(DEFAULT_DIRECTORY)
    if connection is not None:
        enabled = frozenset(client.client_id for client in clients)
        opened = replace(connection, enabled_clients=enabled)
        await parts.stores.connections.put(opened, parts.clock.now())


async def _people(parts: Parts, accounts: int) -> None:
    """Add the accounts; all of them in one transaction, and under one hash."""
    connection = await parts.stores.connections.named(DEFAULT_DIRECTORY)
    if connection is None:
        raise LookupError(DEFAULT_DIRECTORY)
    usual = await parts.hasher.hash(Secret(RIGHT))
    weak = await parts.hasher.hash(Secret(WEAK_PASSWORD))
    known = await parts.hasher.hash(Secret(LEAKED_PASSWORD))
    people = [_person(account(number), usual) for number in range(accounts)]
    people.append(replace(_person(BLOCKED, usual), blocked=True))
    people += [_person(WITHOUT_PASSWORD, None), _person(LEAKED, known), _person(WEAK, weak)]
    at = parts.clock.now()
    added = (parts.stores.users.add(person, connection, at) for person in people)
    await asyncio.gather(*added)


def _person(email: str, password_hash: Secret | None) -> NewUser:
    return NewUser(
        connection=DEFAULT_DIRECTORY,
        email=email,
        email_verified=True,
        password_hash=password_hash,
    )
