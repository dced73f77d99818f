from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateword.storage.engine import Database
from gateword.storage.open import open_database
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
