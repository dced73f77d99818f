"""Promise D2: PostgreSQL away is a 503, and its return needs no restart."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import LiteralString

import psycopg
import pytest
from psycopg import errors, sql

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.storage.engine import Tx
from gateword.storage.postgres import open_postgres
from tests.engines.house import CLIENT, NOON, House, a_client, a_house


@pytest.fixture
async def alone(postgres_url: str) -> AsyncIterator[House]:
    """A tenant in a PostgreSQL database that no other test uses."""
    async with a_house(postgres_url) as house:
        yield house


def say(url: str, statement: LiteralString) -> None:
    """Tell the server something about the database of a URL, from another database."""
    name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    with psycopg.connect(url, dbname="postgres", autocommit=True) as connection:
        connection.execute(
            sql.SQL(statement).format(name=sql.Identifier(str(name)), text=sql.Literal(name))
        )


def cut(url: str) -> None:
    """End every connection to the database."""
    say(
        url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = {text} AND pid <> pg_backend_pid()",
    )


async def test_requests_while_the_database_is_away_are_refused_and_then_go_on(
    alone: House,
) -> None:
    """Reads and writes answer 503 within the time-out; the pool heals by itself."""
    say(alone.url, "ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    cut(alone.url)
    began = time.monotonic()
    outcomes = await asyncio.gather(
        *(alone.stores.users.by_key(1) for _ in range(12)),
        alone.stores.clients.put(a_client(), NOON),
        alone.database.ping(),
        return_exceptions=True,
    )
    took_s = time.monotonic() - began
    say(alone.url, "ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    await alone.stores.clients.put(a_client(), NOON)

    assert {(Refusal.STORE_UNREACHABLE, 1)} == {
        (outcome.refusal, outcome.retry_after_s)
        for outcome in outcomes
        if isinstance(outcome, Refused)
    }
    assert 14 == sum(isinstance(outcome, Refused) for outcome in outcomes)
    assert took_s < 5
    assert a_client() == await alone.stores.clients.get(CLIENT)


async def test_connections_that_broke_cost_few_requests(alone: House) -> None:
    """After a restart of the server the broken connections go together, not one request each."""
    await asyncio.gather(*(alone.stores.users.by_key(1) for _ in range(40)))
    cut(alone.url)

    refused = []
    for number in range(12):
        try:
            await alone.stores.users.by_key(1)
        except Refused:
            refused.append(number)

    assert refused in ([0], [0, 1])


async def test_open_when_nobody_listens_is_refused() -> None:
    """A server that starts before its database says so and can be tried again."""
    with pytest.raises(Refused) as refused:
        await open_postgres("postgresql://postgres@127.0.0.1:1/gateword")

    assert Refusal.STORE_UNREACHABLE == refused.value.refusal


async def test_work_that_lost_a_deadlock_is_done_again(alone: House) -> None:
    """PostgreSQL ends one of two transactions that wait for each other; nobody hears of it."""
    tries = 0

    async def work(tx: Tx) -> str:
        nonlocal tries
        tries += 1
        del tx
        if tries == 1:
            raise errors.DeadlockDetected
        return "done"

    assert "done" == await alone.database.transact(work)
    assert 2 == tries


async def test_settings_that_lose_data_are_warned_of(
    alone: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Promise D1: this test server runs without fsync, and opening it says so."""
    database = await open_postgres(alone.url)
    await database.close()

    assert ["fsync"] == vars(caplog.records[-1])["settings_off"]
