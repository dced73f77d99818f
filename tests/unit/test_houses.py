"""Readiness: what probes find, and how often they look."""

import asyncio
from collections.abc import Sequence

import pytest

from gateword.domain.refused import Refused
from gateword.domain.tenant import Tenant
from gateword.houses import Houses
from gateword.storage import migrate
from gateword.storage.engine import Row, Value
from gateword.storage.statement import Sql
from gateword.web.tenancy import Tenancy
from tests.support.stand_ins import HouseClock

GIVE_UP_S = 10


class FrozenDatabase:
    """A database that takes questions and says nothing."""

    async def one(self, _statement: Sql, /, **_params: Value) -> Row | None:
        await asyncio.Event().wait()
        return None


async def test_probes_share_what_one_finds_for_a_tenth_of_a_second() -> None:
    """Whoever can reach the server can probe it, and does not make it ask for each probe."""
    looks, clock = [], HouseClock()

    def made(_: Tenant) -> Tenancy:
        raise LookupError

    async def stored() -> Sequence[Tenant]:
        return ()

    async def ping() -> None:
        pass

    async def has_tables() -> bool:
        looks.append(clock.passed_s)
        await asyncio.sleep(0)
        return True

    houses = Houses(made, stored, ping, has_tables, clock)
    found = await asyncio.gather(*(houses.readiness() for _ in range(20)))
    clock.passed_s = 0.09
    await houses.readiness()
    clock.passed_s = 0.11
    await houses.readiness()

    assert [{"database": True, "tables": True, "keys": False}] * 20 == found
    assert [0.0, 0.11] == looks


async def test_tables_are_given_up_when_the_database_stands_still() -> None:
    """A probe is told before its own patience ends."""
    with pytest.raises(Refused):
        async with asyncio.timeout(GIVE_UP_S):
            await migrate.has_current(FrozenDatabase())  # type: ignore[arg-type]
