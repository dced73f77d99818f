"""How logins end, added up by several processes, on both engines."""

from datetime import datetime, timedelta

import pytest

from gateword.domain.refused import Refused
from gateword.domain.tally import Tally
from gateword.ports.attempts import Outcome
from gateword.ports.tallies import Tallies
from gateword.storage.tallies import SqlTallies
from gateword.storage.tenant_database import TenantDatabase
from tests.engines.house import NOON, House
from tests.support.stand_ins import WatchedDatabase

TEN = timedelta(minutes=10)


def note(tallies: Tallies, outcomes: list[Outcome], at: datetime = NOON) -> None:
    """Count tries that ended so."""
    for outcome in outcomes:
        tallies.note(outcome, "shop", "192.0.2.1", told_by_client=False, at=at)


async def test_what_two_processes_counted_adds_up(house: House) -> None:
    """Each flush adds; a second one has nothing to add."""
    ours, theirs = house.stores.tallies, house.other_worker().tallies
    note(ours, [Outcome.RIGHT, Outcome.WRONG, Outcome.UNKNOWN, Outcome.VOID])
    note(theirs, [Outcome.RIGHT, Outcome.UNKNOWN])
    for tallies in (ours, theirs, ours, theirs):
        await tallies.flush()
    note(ours, [Outcome.WRONG])
    await ours.flush()

    assert [Tally(slot=NOON, logins=2, failures=4, strangers=2)] == await theirs.read(NOON)


async def test_slots_are_apart_and_in_order(house: House) -> None:
    """Ten minutes each; a read begins where it is asked to."""
    tallies = house.stores.tallies
    for minutes in (25, 0, 9, 10):
        note(tallies, [Outcome.RIGHT], NOON + timedelta(minutes=minutes))
    await tallies.flush()

    assert [(NOON, 2), (NOON + TEN, 1), (NOON + 2 * TEN, 1)] == [
        (one.slot, one.tries) for one in await tallies.read(NOON)
    ]
    assert [NOON + 2 * TEN] == [one.slot for one in await tallies.read(NOON + 2 * TEN)]


async def test_neighbour_has_numbers_of_its_own(house: House) -> None:
    """Rule R9: no tenant sees or adds to those of another."""
    neighbour = await house.neighbour()
    note(house.stores.tallies, [Outcome.WRONG])
    note(neighbour.stores.tallies, [Outcome.RIGHT])
    await house.stores.tallies.flush()
    await neighbour.stores.tallies.flush()

    assert [Tally(slot=NOON, logins=1)] == await neighbour.stores.tallies.read(NOON)


async def test_old_slots_are_purged(house: House) -> None:
    """What began before a time goes."""
    tallies = house.stores.tallies
    for slots in range(4):
        note(tallies, [Outcome.RIGHT], NOON + slots * TEN)
    await tallies.flush()

    assert 3 == await tallies.purge(NOON + 3 * TEN)
    assert [NOON + 3 * TEN] == [one.slot for one in await tallies.read(NOON)]


async def test_numbers_wait_while_the_database_is_away(house: House) -> None:
    """Nothing counted is lost with a flush that fails, nor counted twice."""
    watched = WatchedDatabase(house.database)
    tallies = SqlTallies(TenantDatabase(watched, house.tenant.key))
    note(tallies, [Outcome.WRONG])
    watched.away = True
    with pytest.raises(Refused):
        await tallies.flush()
    note(tallies, [Outcome.RIGHT])
    watched.away = False
    await tallies.flush()
    await tallies.flush()

    assert [Tally(slot=NOON, logins=1, failures=1)] == await tallies.read(NOON)


async def test_counting_asks_nothing_of_the_database(house: House) -> None:
    """A login pays no query for it."""
    watched = WatchedDatabase(house.database)
    tallies = SqlTallies(TenantDatabase(watched, house.tenant.key))
    note(tallies, [Outcome.WRONG] * 100)

    assert [] == watched.said
    await tallies.flush()
    assert 1 == len(watched.said)
