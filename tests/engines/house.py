"""A tenant's stores on a real engine, with time and chance that a test controls."""

import itertools
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from gateword.domain.client import Client
from gateword.domain.connection import Connection
from gateword.domain.resource_server import ResourceServer
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.domain.token import RefreshGrant
from gateword.domain.user import NewUser, User
from gateword.ports.attempts import Entry, Lease
from gateword.ports.parts import Stores
from gateword.ports.token_stores import NewAccess
from gateword.storage.engine import SEARCH_TIMEOUT_S, Database, Row, Value, Work
from gateword.storage.migrate import upgrade
from gateword.storage.open import open_database, open_stores, open_tenants
from gateword.storage.statement import Sql
from gateword.storage.url import is_postgres, sqlite_path
from tests.support import empty_tables

T = TypeVar("T")

NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
API: Final = "https://api.example"
CLIENT: Final = "shop"
# Two processes that write to one database never make the same handle.
_numbers: Final = itertools.count(os.getpid() * 1_000_000)


class PlainVault:
    """Seals nothing; whether sealing is good is the affair of the real vault's own tests."""

    def seal(self, plain: Secret, context: str) -> bytes:
        return f"{context}:{plain.reveal()}".encode()

    def open(self, sealed: bytes, context: str) -> Secret:
        text = sealed.decode()
        if not text.startswith(f"{context}:"):
            raise ValueError(f"opened for {context}")
        return Secret(text.removeprefix(f"{context}:"))


@dataclass
class SetClock:
    """A clock that stands until it is moved."""

    at: datetime = NOON
    elapsed_s: float = 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic_s(self) -> float:
        return self.elapsed_s

    def pass_s(self, seconds: float) -> None:
        """Let time go by on both clocks."""
        self.at += timedelta(seconds=seconds)
        self.elapsed_s += seconds


class CountingDice:
    """Numbers instead of chance: no two are equal."""

    def handle(self, length: int) -> str:
        return f"{next(_numbers):0{length}d}"

    def hex(self, length: int) -> str:
        return f"{next(_numbers):0{length}x}"

    def letters(self, length: int) -> str:
        return f"{next(_numbers):0{length}d}"

    def digits(self, length: int) -> str:
        return f"{next(_numbers) % 10**length:0{length}d}"


class CountingDatabase:
    """A database that counts the questions it is asked."""

    shares_commits = True

    def __init__(self, database: Database) -> None:
        self._database = database
        self.dialect = database.dialect
        self.questions = 0

    async def one(self, statement: Sql, /, **params: Value) -> Row | None:
        self.questions += 1
        return await self._database.one(statement, **params)

    async def all(self, statement: Sql, /, **params: Value) -> list[Row]:
        self.questions += 1
        return await self._database.all(statement, **params)

    async def search(
        self, statement: Sql, params: Mapping[str, Value], timeout_s: float = SEARCH_TIMEOUT_S
    ) -> list[Row]:
        self.questions += 1
        return await self._database.search(statement, params, timeout_s)

    async def transact(self, work: Work[T], *, durable: bool = True) -> T:
        return await self._database.transact(work, durable=durable)

    async def call(self, statement: Sql, /, **params: Value) -> list[Row]:
        self.questions += 1
        return await self._database.call(statement, **params)

    async def ping(self) -> None:
        await self._database.ping()

    async def close(self) -> None:
        await self._database.close()


async def logged_in(stores: Stores, user_key: int, ip: str, at: datetime) -> User | None:
    """Let a user's right password be counted where no shield stands."""
    entry = Entry(connection_key=1, subject=f"u{user_key}", place=ip, user_key=user_key)
    return await stores.logins.record(Lease("", entry), user_key, ip, at, remembers=True)


@dataclass
class House:
    """One tenant of one database."""

    url: str
    database: Database
    tenant: Tenant
    stores: Stores
    clock: SetClock = field(default_factory=SetClock)

    def other_worker(self, database: Database | None = None) -> Stores:
        """Return the stores as another process would open them: with a cache of its own."""
        return stores_of(database or self.database, self.tenant, self.clock)

    async def log_in(self, user_key: int, ip: str, at: datetime) -> User | None:
        """Let a user's right password be counted."""
        return await logged_in(self.stores, user_key, ip, at)

    async def neighbour(self) -> "House":
        """Return a second tenant of the same database."""
        tenant = await a_tenant(self.database)
        stores = stores_of(self.database, tenant, self.clock)
        return House(self.url, self.database, tenant, stores, self.clock)

    async def furnish(self) -> "Furnished":
        """Add a client, an API, a connection and a user."""
        await self.stores.clients.put(a_client(), NOON)
        await self.stores.resource_servers.put(an_api(), NOON)
        connection = await self.add_connection("Employees")
        user = await self.stores.users.add(
            NewUser(connection="Employees", email="ann@example.test", password_hash=Secret("$1")),
            connection,
            NOON,
        )
        assert user is not None
        return Furnished(connection, user)

    async def add_connection(self, name: str, *realms: str) -> Connection:
        """Add a database connection and return it as it is stored."""
        await self.stores.connections.put(a_connection(name, *realms), NOON)
        stored = await self.stores.connections.named(name)
        assert stored is not None
        return stored


@dataclass(frozen=True)
class Furnished:
    """What `House.furnish` added."""

    connection: Connection
    user: User

    def grant(self, **changes: object) -> RefreshGrant:
        """Return a login of the user at the client."""
        grant = RefreshGrant(
            user_key=self.user.key,
            user_id=self.user.user_id,
            client_id=CLIENT,
            connection=self.connection.name,
            audience=API,
            scopes=("read:orders", "offline_access"),
            gty="password",
            auth_time=NOON,
            created_at=NOON,
            expires_at=None,
        )
        return replace(grant, **changes)  # type: ignore[arg-type]  # names are checked by replace

    def access(self, token: Secret | None = None, *, opaque: bool = True) -> NewAccess:
        """Return an access token of the user at the client, good for a day."""
        return NewAccess(
            token=token or a_handle(),
            opaque=opaque,
            user_id=self.user.user_id,
            client_id=CLIENT,
            scopes=("read:orders",),
            issued_at=NOON,
            expires_at=NOON + timedelta(days=1),
        )


def a_handle() -> Secret:
    """Return a handle nobody else has."""
    return Secret(f"v1.{next(_numbers):043d}")


def a_client(client_id: str = CLIENT) -> Client:
    """Return a confidential client."""
    return Client(client_id=client_id, name="Shop", secret=Secret("shop-secret"))


def an_api(identifier: str = API) -> ResourceServer:
    """Return an API with two scopes."""
    scopes = {"write:orders": "Write", "read:orders": "Read"}
    return ResourceServer(id="0" * 24, identifier=identifier, name="Orders", scopes=scopes)


def a_connection(name: str, *realms: str) -> Connection:
    """Return a database connection that the client may use."""
    return Connection(
        key=0,
        id=f"con_{name:0>16}",
        name=name,
        strategy="auth0",
        realms=realms,
        enabled_clients=frozenset({CLIENT}),
    )


def stores_of(database: Database, tenant: Tenant, clock: SetClock) -> Stores:
    """Open a tenant's stores."""
    return open_stores(database, tenant.key, PlainVault(), clock, CountingDice())


async def a_tenant(database: Database) -> Tenant:
    """Add a tenant under a name and a domain that nobody else has."""
    number = next(_numbers)
    tenant = await open_tenants(database).add(f"t{number}", f"t{number}.test", NOON)
    assert tenant is not None
    return tenant


@asynccontextmanager
async def a_house(url: str) -> AsyncIterator[House]:
    """Make the tables, add a tenant, and close everything at the end."""
    nowhere = Path("/nonexistent")  # every URL of these tests is absolute
    if not is_postgres(url):
        empty_tables.put(sqlite_path(url, nowhere))
    upgrade(url, data_dir=nowhere)
    database = await open_database(url, data_dir=nowhere)
    tenant = await a_tenant(database)
    clock = SetClock()
    try:
        yield House(url, database, tenant, stores_of(database, tenant, clock), clock)
    finally:
        await database.close()
