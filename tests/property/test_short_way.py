"""PostgreSQL's short way into a try and out of it does what the long one does, or nothing."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from gateword.policy import lockout
from gateword.ports.attempts import Bucket, Crowd, Lease, Outcome, Tries
from gateword.storage import attempt_plain, attempt_reserve, attempt_writes
from gateword.storage.columns import ms
from gateword.storage.tenant_database import TenantTx
from gateword.storage.user_writes import COUNT_LOGIN
from tests.engines.house import NOON, House, a_house
from tests.property.two_tenants import (
    FLAG,
    HERE,
    ME,
    SECOND_MS,
    Stored,
    buckets,
    crowds,
    entry_of,
    stored,
    tries,
    twins,
)
from tests.support.postgres import PostgresServer

LEASE_ID: Final = "the-lease"


@dataclass(frozen=True)
class Ground:
    """A database in which tenants are made."""

    loop: asyncio.AbstractEventLoop
    house: House


@pytest.fixture(scope="module")
def ground(postgres: PostgresServer) -> Iterator[Ground]:
    """A PostgreSQL database for all examples."""
    loop = asyncio.new_event_loop()
    with postgres.database() as url:
        opened = a_house(url)
        try:
            yield Ground(loop, loop.run_until_complete(opened.__aenter__()))
        finally:
            loop.run_until_complete(opened.__aexit__(None, None, None))
            loop.close()


examples: Any = settings(
    max_examples=500,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@examples
@given(
    stored=stored,
    buckets=buckets(),
    tries=tries,
    crowds=crowds,
    is_somebody=FLAG,
    wants_levels=FLAG,
)
def test_short_way_in_is_the_long_one_or_none(
    ground: Ground,
    *,
    stored: Stored,
    buckets: tuple[Bucket, ...],
    tries: tuple[Tries, ...],
    crowds: tuple[Crowd, ...],
    is_somebody: bool,
    wants_levels: bool,
) -> None:
    """G1: what the database admits at once would have been admitted by the closer look."""

    async def both() -> None:
        short, long = await twins(ground.house, stored)
        claims = {
            "buckets": buckets,
            "tries": tries,
            "crowds": crowds,
            "wants_levels": wants_levels,
        }
        mine, theirs = (entry_of(twin, is_somebody=is_somebody, **claims) for twin in (short, long))
        before = await short.snapshot()
        came = await attempt_plain.admitted(short.rows, mine, LEASE_ID, NOON)
        event("the short way" if came else "the long way")
        if came is None:
            assert before == await short.snapshot()
            return

        async def work(tx: TenantTx) -> Any:
            return await attempt_reserve.reserved(tx, theirs, LEASE_ID, NOON, locks=True)

        lease, _ = await long.rows.transact(work)
        assert isinstance(lease, Lease), lease
        assert () == lease.told
        if wants_levels:
            assert (lease.levels, lease.is_known) == (came.levels, came.is_known)
        assert await long.snapshot() == await short.snapshot()

    ground.loop.run_until_complete(both())


@examples
@given(
    stored=stored,
    buckets=buckets(),
    tries=tries,
    left_s=st.one_of(st.none(), st.sampled_from((-1, 0, 1, 30))),
    remembers=FLAG,
    is_somebody=FLAG,
)
def test_short_way_out_is_the_long_one_or_none(
    ground: Ground,
    *,
    stored: Stored,
    buckets: tuple[Bucket, ...],
    tries: tuple[Tries, ...],
    left_s: int | None,
    remembers: bool,
    is_somebody: bool,
) -> None:
    """G3: what a success forgives, gives back and remembers does not depend on the way."""

    async def both() -> None:
        leases = [] if left_s is None else [(ME, HERE, left_s)]
        found = Stored(stored.failures, leases, stored.buckets, stored.known_s)
        short, long = await twins(ground.house, found)
        lease_id = "" if left_s is None else "lease 0"
        mine, theirs = (
            Lease(lease_id, entry_of(twin, is_somebody=is_somebody, buckets=buckets, tries=tries))
            for twin in (short, long)
        )
        before = await short.snapshot()
        is_done = await attempt_plain.recorded(
            short.rows, mine, short.user_key, HERE, NOON, remembers=remembers
        )
        event("the short way" if is_done else "the long way")
        if not is_done:
            assert before == await short.snapshot()
            return

        async def work(tx: TenantTx) -> None:
            await attempt_writes.settled(tx, theirs, Outcome.RIGHT, NOON, remembers=remembers)
            await tx.run(COUNT_LOGIN, key=long.user_key, ip=HERE, at=ms(NOON))

        await long.rows.transact(work)
        assert await long.snapshot() == await short.snapshot()

    ground.loop.run_until_complete(both())


def test_plain_login_goes_the_short_way(ground: Ground) -> None:
    """Two journeys, and nothing else: a user without failures, whose buckets are not empty."""

    async def log_in() -> tuple[Lease | None, bool]:
        (twin, _) = await twins(ground.house, Stored({}, [], {"login": 500}, known_s=86_399))
        login = Bucket(shield="ip", key="login", size=2, refill_ms=SECOND_MS, place=HERE)
        client = Bucket(shield="ceiling", key="client", size=2, refill_ms=1, refunds=True)
        limit = Tries(shield="brute-force", place=HERE, limit=1)
        entry = entry_of(twin, is_somebody=True, buckets=(login, client), tries=(limit,))
        lease = await attempt_plain.admitted(twin.rows, entry, LEASE_ID, NOON)
        assert lease is not None
        return lease, await attempt_plain.recorded(
            twin.rows, lease, twin.user_key, HERE, NOON + lockout.LEASE / 2, remembers=True
        )

    lease, is_done = ground.loop.run_until_complete(log_in())
    assert lease is not None
    assert {"login": 1.5, "client": 2.0} == lease.levels
    assert is_done
