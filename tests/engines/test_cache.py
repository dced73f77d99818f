"""Configuration in memory: seen elsewhere within a second, bounded, never relied on for long."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.storage.cache import ConfigCache
from gateword.storage.engine import Database, Row, Value
from gateword.storage.many import Many
from gateword.storage.open import open_database
from gateword.storage.statement import Sql, Statement
from gateword.storage.tenant_database import TenantDatabase
from tests.engines.house import CLIENT, NOON, CountingDatabase, House, a_client, stores_of


@pytest.fixture
async def elsewhere(house: House) -> AsyncIterator[Database]:
    """A second connection to the same database, as another process has one."""
    database = await open_database(house.url, data_dir=Path("/nonexistent"))
    yield database
    await database.close()


async def test_change_of_another_process_is_seen_within_a_second(
    house: House, elsewhere: Database
) -> None:
    """`gateword apply` works while the server runs."""
    here = house.stores.clients
    there = house.other_worker(elsewhere).clients
    before = await here.get(CLIENT)
    await there.put(a_client(), NOON)

    house.clock.pass_s(0.9)
    after = await here.get(CLIENT)
    await there.put(replace(a_client(), name="Renamed"), NOON)
    house.clock.pass_s(0.9)
    renamed = await here.get(CLIENT)

    assert before is None
    assert after == a_client()
    assert renamed is not None
    assert "Renamed" == renamed.name


async def test_client_of_another_process_is_there_when_its_command_has_ended(
    house: House, elsewhere: Database
) -> None:
    """Whoever adds a client and uses it at once is not told that it is unknown."""
    here = house.stores.clients
    before = await here.get(CLIENT)
    await house.other_worker(elsewhere).clients.put(a_client(), NOON)

    house.clock.pass_s(0.03)

    assert before is None
    assert a_client() == await here.get(CLIENT)


async def test_own_change_is_seen_at_once(house: House) -> None:
    """Who was told that a change stands never reads the old state."""
    absent = await house.stores.clients.get(CLIENT)

    await house.stores.clients.put(a_client(), NOON)

    assert absent is None
    assert a_client() == await house.stores.clients.get(CLIENT)


async def test_lookups_ask_the_database_once_in_half_a_second(house: House) -> None:
    """Names that are known cost no query while the version is known."""
    counting = CountingDatabase(house.database)
    clients = stores_of(counting, house.tenant, house.clock).clients
    await house.stores.clients.put(a_client(), NOON)
    await clients.get(CLIENT)
    first = counting.questions

    for _ in range(100):
        await clients.get(CLIENT)
    within = counting.questions - first
    house.clock.pass_s(0.6)
    await clients.get(CLIENT)
    later = counting.questions - first

    assert [2, 0, 1] == [first, within, later]


async def test_unknown_names_ask_the_database_fifty_times_a_second_at_most(house: House) -> None:
    """Strangers cannot make the server ask for each of their inventions."""
    counting = CountingDatabase(house.database)
    clients = stores_of(counting, house.tenant, house.clock).clients
    await clients.get("nobody")
    first = counting.questions

    for _ in range(1000):
        house.clock.pass_s(0.001)
        await clients.get("nobody")

    assert 45 <= counting.questions - first <= 50


async def test_refused_change_leaves_the_configuration_as_it_was(house: House) -> None:
    """A connection that could not have its realm changes neither rows nor what is remembered."""
    await house.add_connection("Employees", "staff")
    before = await house.stores.connections.all()

    refused = await house.stores.connections.put(
        replace(before[0], name="Customers", realms=("staff",)), NOON
    )

    assert not refused
    assert before == await house.stores.connections.all()


class FarDatabase(CountingDatabase):
    """A database that can be away."""

    is_away = False

    async def one(self, statement: Sql, /, **params: Value) -> Row | None:
        if self.is_away:
            raise Refused(Refusal.STORE_UNREACHABLE, "gone")
        return await super().one(statement, **params)


async def test_nobody_goes_on_with_what_was_known_before_a_long_rest(
    house: House, elsewhere: Database
) -> None:
    """Who asks while another one looks after a minute's silence waits for the look, too."""
    await house.stores.clients.put(a_client(), NOON)
    before = await house.stores.clients.get(CLIENT)
    await house.other_worker(elsewhere).clients.put(replace(a_client(), name="Renamed"), NOON)

    house.clock.pass_s(60)
    found = await asyncio.gather(*(house.stores.clients.get(CLIENT) for _ in range(5)))

    assert before == a_client()
    assert ["Renamed"] * 5 == [one.name for one in found if one]


async def test_client_is_not_vouched_for_when_the_database_is_away_for_a_second(
    house: House,
) -> None:
    """What was known a moment ago counts, older knowledge grants nothing; keys stay published."""
    far = FarDatabase(house.database)
    stores = stores_of(far, house.tenant, house.clock)
    await stores.clients.put(a_client(), NOON)
    await stores.clients.get(CLIENT)
    keys = await stores.signing_keys.all()
    far.is_away = True

    house.clock.pass_s(0.9)
    within = await stores.clients.get(CLIENT)
    house.clock.pass_s(0.2)
    with pytest.raises(Refused):
        await stores.clients.get(CLIENT)
    later = await stores.signing_keys.all()
    far.is_away = False
    back = await stores.clients.get(CLIENT)

    assert a_client() == within
    assert keys == later
    assert a_client() == back


async def test_rows_of_a_change_are_read_once_for_all_who_wait(house: House) -> None:
    """A change does not make every request of the moment load the configuration."""
    counting = CountingDatabase(house.database)
    cache = ConfigCache(TenantDatabase(counting, house.tenant.key), house.clock.monotonic_s)
    loads = 0

    async def load(database: TenantDatabase) -> int:
        nonlocal loads
        loads += 1
        await asyncio.sleep(0)
        return database.tenant

    found = await asyncio.gather(*(cache.view("anything", load) for _ in range(5)))

    assert [house.tenant.key] * 5 == found
    assert 1 == loads


FIRST = Statement(
    "SELECT client_id FROM clients WHERE tenant = :tenant ORDER BY client_id LIMIT :most"
)
ONE = Statement("SELECT client_id FROM clients WHERE tenant = :tenant AND client_id = :id")


async def test_many_rows_are_read_one_by_one_and_not_all_kept(house: House) -> None:
    """Of many, those used last cost no query, and are read again after a change; all is all."""
    for number in range(4):
        await house.stores.clients.put(a_client(f"client{number}"), NOON)
    counting = CountingDatabase(house.database)
    rows = TenantDatabase(counting, house.tenant.key)
    cache = ConfigCache(rows, house.clock.monotonic_s)
    many: Many[str, str] = Many(
        "clients",
        rows,
        cache,
        first=FIRST,
        one=ONE,
        where=lambda id_: {"id": id_},
        read=lambda row: (row[0], row[0].upper()),
        few=3,
        kept=2,
    )

    async def questions(*ids: str) -> list[int]:
        asked = []
        for id_ in ids:
            before = counting.questions
            assert (id_.upper() if id_.startswith("client") else None) == await many.get(id_)
            asked.append(counting.questions - before)
        return asked

    # A look, the rows of which there are too many, and the row.
    assert [3, 0, 1, 0] == await questions("client0", "client0", "client1", "client0")
    assert [1, 1, 1] == await questions("client2", "client1", "nobody")
    await house.stores.clients.put(a_client("client0"), NOON)
    house.clock.pass_s(0.6)
    assert [3, 0] == await questions("client1", "client1")
    assert ["CLIENT0", "CLIENT1", "CLIENT2", "CLIENT3"] == list(await many.all())
