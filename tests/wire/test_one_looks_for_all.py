"""Many requests at once, and a database that is some way off: what all must know, one asks for."""

import asyncio
from dataclasses import replace
from typing import Final

import pytest

from gateword.storage.engine import Row, Value
from gateword.storage.statement import Sql
from tests.support.house import House
from tests.support.stand_ins import WatchedDatabase

CROWD: Final = 20
KEY_SET: Final = "/.well-known/jwks.json"


class DistantDatabase(WatchedDatabase):
    """A database whose answers do not come within the same step of the loop."""

    async def one(self, statement: Sql, /, **params: Value) -> Row | None:
        """Return the first row, later."""
        await asyncio.sleep(0)
        return await super().one(statement, **params)

    async def all(self, statement: Sql, /, **params: Value) -> list[Row]:
        """Return every row, later."""
        await asyncio.sleep(0)
        return await super().all(statement, **params)


@pytest.fixture
def distant(house: House) -> House:
    """A house whose database is some way off."""
    house.engines.watched.real = DistantDatabase(house.engines.watched.real)
    return house


async def test_crowd_asks_once_for_tenants_and_version(distant: House) -> None:
    """Twice a second one request looks whether anything changed, not all that are under way."""
    await distant.http.get(KEY_SET)
    distant.clock.passed_s += 0.6
    distant.engines.watched.said.clear()
    answers = await asyncio.gather(*(distant.http.get(KEY_SET) for _ in range(CROWD)))

    assert [200] * CROWD == [one.status_code for one in answers]
    assert 2 == len(distant.engines.watched.said)


async def test_nobody_goes_on_with_what_was_known_before_our_own_change(distant: House) -> None:
    """Who was told that a change stands reads no old state, in a crowd neither."""
    settings = distant.parts.stores.settings
    await settings.get()
    distant.clock.passed_s += 0.6
    first = asyncio.ensure_future(settings.get())
    await asyncio.sleep(0)  # it is on its way to the database
    await settings.change(lambda tenant: replace(tenant, default_directory="Elsewhere"))
    seen = await asyncio.gather(*(settings.get() for _ in range(CROWD)))
    await first

    assert {"Elsewhere"} == {one.default_directory for one in seen}
