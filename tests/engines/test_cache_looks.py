"""Looks at the version: shared by all who wait, never too old for whoever asks, nor in the way."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.storage.cache import VERSION, ConfigCache
from gateword.storage.engine import Database, Row, Value
from gateword.storage.open import open_database
from gateword.storage.statement import Sql
from gateword.storage.tenant_database import TenantDatabase, TenantTx
from tests.engines.house import CLIENT, NOON, CountingDatabase, House, a_client, stores_of


@pytest.fixture
async def elsewhere(house: House) -> AsyncIterator[Database]:
    """A second connection to the same database, as another process has one."""
    database = await open_database(house.url, data_dir=Path("/nonexistent"))
    yield database
    await database.close()


class GoingDatabase(CountingDatabase):
    """A database that goes away after it has told the version."""

    is_going = False

    async def one(self, statement: Sql, /, **params: Value) -> Row | None:
        if self.is_going and statement is not VERSION:
            raise Refused(Refusal.STORE_UNREACHABLE, "gone")
        return await super().one(statement, **params)

    async def all(self, statement: Sql, /, **params: Value) -> list[Row]:
        if self.is_going:
            raise Refused(Refusal.STORE_UNREACHABLE, "gone")
        return await super().all(statement, **params)


class SlowDatabase(CountingDatabase):
    """A database whose next answer about the version is under way until it is let go."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.let_go: asyncio.Event | None = None
        self.has_read = asyncio.Event()

    async def one(self, statement: Sql, /, **params: Value) -> Row | None:
        row = await super().one(statement, **params)
        if statement is VERSION and self.let_go is not None:
            let_go, self.let_go = self.let_go, None
            self.has_read.set()
            await let_go.wait()
        return row


async def test_public_documents_stay_when_the_database_goes_after_a_change(house: House) -> None:
    """What grants nothing goes on with what is known, though a newer version was seen; no grant."""
    going = GoingDatabase(house.database)
    stores = stores_of(going, house.tenant, house.clock)
    known = await stores.signing_keys.all(), await stores.settings.get()
    await stores.clients.get(CLIENT)
    await house.stores.clients.put(a_client(), NOON)

    going.is_going = True
    house.clock.pass_s(0.6)
    public = [(await stores.signing_keys.all(), await stores.settings.get()) for _ in range(2)]
    with pytest.raises(Refused):
        await stores.clients.get(CLIENT)
    going.is_going = False
    house.clock.pass_s(0.6)

    assert [known] * 2 == public
    assert a_client() == await stores.clients.get(CLIENT)


async def test_public_documents_ask_no_more_when_the_database_is_away(house: House) -> None:
    """Nobody waits for keys until a connection is given up, but the one who looks."""
    going = GoingDatabase(house.database)
    stores = stores_of(going, house.tenant, house.clock)
    await stores.signing_keys.all()
    await house.stores.clients.put(a_client(), NOON)
    going.is_going = True
    house.clock.pass_s(0.6)
    await stores.signing_keys.all()
    before = going.questions

    for _ in range(10):
        await stores.signing_keys.all()

    assert before == going.questions


async def test_crowd_shares_one_look_after_a_rest(house: House) -> None:
    """200 asks at once after a minute's silence ask the database once."""
    await house.stores.clients.put(a_client(), NOON)
    counting = CountingDatabase(house.database)
    clients = stores_of(counting, house.tenant, house.clock).clients
    await clients.get(CLIENT)
    first = counting.questions

    house.clock.pass_s(60)
    found = await asyncio.gather(*(clients.get(CLIENT) for _ in range(200)))

    assert [a_client()] * 200 == found
    assert 1 == counting.questions - first


async def test_look_that_began_before_is_not_enough_for_what_is_missed(
    house: House, elsewhere: Database
) -> None:
    """A client is there when its command has ended; a slow look from before it may be under way."""
    slow = SlowDatabase(house.database)
    clients = stores_of(slow, house.tenant, house.clock).clients
    await clients.get("nobody")
    house.clock.pass_s(0.6)
    let_go = slow.let_go = asyncio.Event()
    looking = asyncio.create_task(clients.get("nobody"))
    await slow.has_read.wait()
    await house.other_worker(elsewhere).clients.put(a_client(), NOON)

    house.clock.pass_s(0.03)
    found = await clients.get(CLIENT)
    let_go.set()

    assert a_client() == found
    assert await looking is None


async def test_own_change_is_seen_by_all_when_something_is_missed_meanwhile(house: House) -> None:
    """A doubt does not let others go on with what was known before a change of our own."""
    cache = ConfigCache(TenantDatabase(house.database, house.tenant.key), house.clock.monotonic_s)

    async def load(database: TenantDatabase) -> int:
        row = await database.one(VERSION)
        assert row is not None
        return int(row[0])

    async def nothing(_: TenantTx) -> None:
        pass

    before = await cache.view("version", load)
    await cache.change(nothing)
    will_look = cache.doubt()
    found = await asyncio.gather(*(cache.view("version", load) for _ in range(3)))

    assert will_look
    assert [before + 1] * 3 == found
