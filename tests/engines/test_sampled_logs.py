"""A flood of failed logins in the log, on both engines."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from gateword.domain.log_event import LogCode, LogEvent
from gateword.domain.refused import Refused
from gateword.storage.sampled_logs import SampledLogs
from gateword.storage.tenant_database import TenantDatabase
from tests.engines.house import NOON, House
from tests.support.stand_ins import WatchedDatabase


def a_failure(number: int) -> list[LogEvent]:
    """Return what is logged of a wrong password; of every tenth a block besides."""
    codes = [LogCode.FP, LogCode.FEPFT]
    if number % 10 == 0:
        codes.insert(0, LogCode.LIMIT_WC)
    return [LogEvent(code=code, at=NOON, user_name=str(number)) for code in codes]


async def rows(house: House) -> list[Any]:
    """Return every row."""
    return [row.document for row in await house.stores.logs.read(after=0, limit=10_000)]


async def test_flood_is_sampled_and_every_failure_is_accounted_for(house: House) -> None:
    """5,000 within a minute: 1,040 rows of each kind stand for all; blocks are all there."""
    logs = house.stores.logs
    await asyncio.gather(*(logs.append(a_failure(number)) for number in range(5_050)))
    house.clock.pass_s(60)
    await logs.flush()
    stored = await rows(house)

    assert {"fp": 1_041, "fepft": 1_041, "limit_wc": 505} == Counter(row["type"] for row in stored)
    assert [5_050, 5_050] == [
        sum(1 + row["details"].get("left_out", 0) for row in stored if row["type"] == code)
        for code in ("fp", "fepft")
    ]
    for code in ("fp", "fepft", "limit_wc"):
        numbers = [int(row["user_name"]) for row in stored if row["type"] == code]
        assert sorted(numbers) == numbers


async def test_numbers_outlive_a_database_that_is_away(house: House) -> None:
    """A flush that fails owes what it owed."""
    watched = WatchedDatabase(house.database)
    logs = SampledLogs(TenantDatabase(watched, house.tenant.key), house.clock.monotonic_s)
    await asyncio.gather(*(logs.append(a_failure(1)) for _ in range(1_030)))
    house.clock.pass_s(60)
    watched.away = True
    for _ in range(2):
        with pytest.raises(Refused):
            await logs.flush()
    watched.away = False
    await logs.flush()

    assert [29, 29] == [row["details"]["left_out"] for row in (await rows(house))[-2:]]
