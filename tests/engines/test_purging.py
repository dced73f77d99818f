"""What has ended goes a little at a time, found by an index, on both engines."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from gateword.accounts.cleaning import LOOKED_THROUGH, Cleaning
from gateword.accounts.turns import is_our_turn
from gateword.domain.log_event import LogCode, LogEvent
from gateword.policy.query_syntax import query
from gateword.ports.parts import Parts, Stores
from gateword.storage import attempt_sql, authenticator_sql, ended_families, purging, user_search
from gateword.storage.engine import SEARCH_TIMEOUT_S, Database, Dialect, Row, T, Tx, Value, Work
from gateword.storage.purging import BATCH, Ending
from gateword.storage.query_sql import condition
from gateword.storage.statement import AcrossTenants, Sql
from gateword.storage.url import sqlite_path
from tests.engines.house import CLIENT, NOON, House, SetClock, a_house, stores_of
from tests.engines.logins import STANDING, begin

ENDINGS = {
    "logs": purging.ending("logs", "at"),
    "access tokens": purging.ending("access_tokens", "expires_at"),
    "assertions": purging.ending("client_assertions", "expires_at"),
    "tickets": purging.ending("tickets", "expires_at"),
    "half logins": purging.ending("half_logins", "expires_at"),
    "challenges": purging.ending("challenges", "expires_at"),
    "devices": purging.ending("known_devices", "seen_at"),
    "authenticators": authenticator_sql.ENDING,
    "failures": attempt_sql.FAILURES,
    "buckets": attempt_sql.BUCKETS_FULL,
    "places": attempt_sql.PLACES_LEFT,
}
VALUES: Mapping[str, Value] = {
    "until": 5, "before": 5, "limit": 2, "bound": 5, "after": 0, "client_id": "c", "key": 7,
    "start": 0,
}  # fmt: skip

EVERY = timedelta(minutes=10)


@dataclass
class Tools:
    """What a chore needs of the toolbox."""

    stores: Stores
    clock: SetClock


class Noting:
    """A database that notes how many rows each changing statement changed."""

    def __init__(self, real: Database) -> None:
        self.real = real
        self.shares_commits, self.dialect = real.shares_commits, real.dialect
        self.changed: list[int] = []

    async def one(self, statement: Sql, /, **params: Value) -> Row | None:
        return await self.real.one(statement, **params)

    async def all(self, statement: Sql, /, **params: Value) -> list[Row]:
        return await self.real.all(statement, **params)

    async def search(
        self, statement: Sql, params: Mapping[str, Value], timeout_s: float = SEARCH_TIMEOUT_S
    ) -> list[Row]:
        return await self.real.search(statement, params, timeout_s)

    async def call(self, statement: Sql, /, **params: Value) -> list[Row]:
        return await self.real.call(statement, **params)

    async def transact(self, work: Work[T], *, durable: bool = True) -> T:
        noting = self

        class NotingTx:
            def __init__(self, tx: Tx) -> None:
                self.one, self.all, self._tx = tx.one, tx.all, tx

            async def run(self, statement: Sql, /, **params: Value) -> int:
                noting.changed.append(await self._tx.run(statement, **params))
                return noting.changed[-1]

        return await self.real.transact(lambda tx: work(cast("Tx", NotingTx(tx))), durable=durable)

    async def ping(self) -> None:
        await self.real.ping()

    async def close(self) -> None:
        await self.real.close()


async def plan(house: House, statement: Sql, **values: Value) -> str:
    """Return how the engine carries a statement out."""
    given = {"tenant": house.tenant.key, **VALUES, **values}
    params = {name: given[name] for name in statement.names}
    word = "EXPLAIN QUERY PLAN " if house.database.dialect is Dialect.SQLITE else "EXPLAIN "

    async def work(tx: Tx) -> list[Row]:
        if house.database.dialect is Dialect.POSTGRES:  # tables are too small to be worth an index
            await tx.run(AcrossTenants("SET LOCAL enable_seqscan = off"))
        return await tx.all(AcrossTenants(word + statement.text), **params)

    return "\n".join(str(row[-1]) for row in await house.database.transact(work))


def finds_by_index(plan: str) -> bool:
    """Say whether no table is read from end to end."""
    scans = [line for line in plan.splitlines() if "SCAN " in line or "Seq Scan" in line]
    return not scans and ("INDEX" in plan or "KEY" in plan or "Index" in plan)


@pytest.mark.parametrize("what", ENDINGS)
async def test_what_ends_is_found_by_an_index(house: House, what: str) -> None:
    """However many rows there are, a batch costs what its own rows cost."""
    rows: Ending = ENDINGS[what]
    texts: dict[str, Any] = {"after": "a", "bound": "b"} if what == "buckets" else {}
    plans = [await plan(house, one, **texts) for one in (rows.bound, rows.delete)]

    assert [True, True] == [finds_by_index(one) for one in plans], plans


async def test_ended_families_are_found_by_an_index(house: House) -> None:
    """A slice of a client's families is read without those before it."""
    looks = ended_families.LOOKS[house.database.dialect]
    wanted = (ended_families.NEXT_CLIENT, looks.slice, looks.delete)
    plans = [await plan(house, one) for one in wanted]

    assert [True] * 3 == [finds_by_index(one) for one in plans], plans
    if house.database.dialect is Dialect.SQLITE:
        assert "families_of_client (tenant=? AND client_id=? AND rowid>?)" in plans[1]


USED = 2_000
"""Tokens of one family that have been exchanged."""


async def test_long_life_of_a_family_makes_no_look_at_it_dearer(sqlite_url: str) -> None:
    """On SQLite the event loop looks: the newest token says that a family lives, not the oldest."""
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1

    async with a_house(sqlite_url) as house:
        await begin(house, await house.furnish(), policy=STANDING)
        values = {**VALUES, "tenant": house.tenant.key, "client_id": CLIENT, "after": -1}
        slice_ = ended_families.LOOKS[Dialect.SQLITE].slice
        with closing(sqlite3.connect(sqlite_path(sqlite_url, Path()))) as file:
            file.execute("UPDATE refresh_tokens SET idle_expires_at = 1, used_at = 1")
            file.execute("DELETE FROM access_tokens")
            file.execute(
                "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?)"
                " INSERT INTO refresh_tokens"
                " (tenant, family_key, hash, counter, rotating, idle_expires_at, used_at)"
                " SELECT tenant, family_key, CAST(n AS blob), n + 1, 1, 1, 1"
                " FROM n, refresh_tokens WHERE counter = 1",
                [USED],
            )
            file.execute(
                "UPDATE refresh_tokens SET idle_expires_at = NULL, used_at = NULL"
                " WHERE key = (SELECT MAX(key) FROM refresh_tokens)"
            )
            file.set_progress_handler(step, 1)
            found = file.execute(slice_.text, {name: values[name] for name in slice_.names})
            lives = [is_over == 0 for _, is_over in found]

    assert [True] == lives
    assert USED > steps


async def test_users_with_an_address_are_found_by_its_index(house: House) -> None:
    """In whatever order they are wanted: SQLite does not walk through all users in that order."""
    dialect = house.database.dialect
    asked = query('email:"ann@example.test" AND blocked:false')
    sql = condition(asked, user_search.SEARCHABLE, dialect)
    shown = await plan(
        house, user_search.found(asked, sql, "user_id:1", dialect), **dict(sql.params)
    )

    assert finds_by_index(shown), shown
    assert dialect is Dialect.POSTGRES or "users_by_email (tenant=? AND email=?)" in shown


async def test_transaction_deletes_no_more_than_a_batch(house: House) -> None:
    """A login that comes meanwhile waits for so many rows at most."""
    noting = Noting(house.database)
    stores = stores_of(noting, house.tenant, house.clock)
    step = timedelta(milliseconds=1)
    events = [LogEvent(code=LogCode.FP, at=NOON + step * n) for n in range(2 * BATCH + 7)]
    await stores.logs.append(events)
    noting.changed.clear()

    gone = await stores.logs.purge(NOON + step * (2 * BATCH + 5))

    assert [BATCH, BATCH, 5] == noting.changed
    assert 2 * BATCH + 5 == gone


async def test_purge_writes_nothing_where_nothing_has_ended(house: House) -> None:
    """A cleaning without anything to clean takes no lock."""
    furnished = await house.furnish()
    await begin(house, furnished)
    noting = Noting(house.database)
    stores = stores_of(noting, house.tenant, house.clock)

    await stores.tokens.purge(NOON)
    await stores.tokens.purge_families(NOON)
    await stores.logs.purge(NOON)

    assert [] == noting.changed


async def test_more_families_than_a_slice_are_looked_through(house: House) -> None:
    """Those of every client, up to the last."""
    furnished = await house.furnish()
    for _ in range(BATCH + 1):
        await begin(house, furnished, expires_at=NOON)
    live = await begin(house, furnished)
    later = NOON + timedelta(days=2)
    await house.stores.tokens.purge(later)

    assert BATCH + 1 == await house.stores.tokens.purge_families(later)
    assert None is not await house.stores.tokens.find_refresh(live)


async def test_of_two_processes_one_cleans(house: House) -> None:
    """The other finds the turn taken until the next round; families wait an hour for theirs."""
    furnished = await house.furnish()
    tools = [Tools(house.stores, house.clock), Tools(house.other_worker(), house.clock)]
    left = []
    for passed_s in (0.0, 1.0, 600.0, LOOKED_THROUGH.total_seconds()):
        house.clock.pass_s(passed_s)
        for one in tools:
            refresh = await begin(house, furnished, expires_at=NOON - timedelta(days=1))
            await house.stores.tokens.purge(NOON + timedelta(days=9))
            await Cleaning(600).run(cast("Parts", one))
            left.append(await house.stores.tokens.find_refresh(refresh) is not None)

    assert [False, True, True, True, True, True, False, True] == left


async def test_turn_that_a_clock_ahead_has_taken_is_nobodys(house: House) -> None:
    """A node whose clock is wrong keeps the others from cleaning for one round, not for a month."""
    ahead = SetClock(house.clock.at + timedelta(days=30))
    taken = [
        await is_our_turn(cast("Parts", Tools(house.stores, clock)), "cleaning", EVERY)
        for clock in (ahead, house.clock, house.clock)
    ]
    house.clock.pass_s(EVERY.total_seconds())
    taken.append(
        await is_our_turn(cast("Parts", Tools(house.stores, house.clock)), "cleaning", EVERY)
    )

    assert [True, True, False, True] == taken
