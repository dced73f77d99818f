"""The chore that deletes old log events, on both engines."""

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import pytest

from gateword.accounts.log_retention import LogRetention
from gateword.domain.log_event import LogCode, LogEvent
from gateword.ports.parts import Parts, Stores
from gateword.storage.purging import BATCH
from tests.engines.house import NOON, House, SetClock


@dataclass
class Tools:
    """What the chore needs of the toolbox."""

    stores: Stores
    clock: SetClock


async def kept_after(house: House, days: int) -> list[int]:
    """Log events of 0 to 40 days ago, run the chore, and return the ages of those that are left."""
    at = house.clock.now()
    ages = range(40, -1, -10)
    events = [LogEvent(code=LogCode.FP, at=at - timedelta(days=age, seconds=1)) for age in ages]
    await house.stores.logs.append(events)
    chore = LogRetention(days, 600)
    await chore.run(cast("Parts", Tools(house.stores, house.clock)))
    left = await house.stores.logs.read(after=0, limit=9)
    return [40 - 10 * (event.position - 1) for event in left]


@pytest.mark.parametrize(("days", "left"), [(30, [20, 10, 0]), (1, [0]), (0, [40, 30, 20, 10, 0])])
async def test_events_are_kept_as_long_as_the_setting_says(
    house: House, days: int, left: list[int]
) -> None:
    """0 keeps them for ever."""
    assert left == await kept_after(house, days)


async def test_one_round_deletes_more_than_a_batch(house: House) -> None:
    """A backlog goes in one round, a batch a transaction."""
    events = [LogEvent(code=LogCode.FP, at=NOON - timedelta(days=60))] * (BATCH + 1)
    await house.stores.logs.append(events)

    await LogRetention(30, 600).run(cast("Parts", Tools(house.stores, house.clock)))

    assert [] == list(await house.stores.logs.read(after=0, limit=9))
