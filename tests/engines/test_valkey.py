"""Valkey goes away and comes back: tries go on, blocks stay, the log tells of it (promise D3)."""

import asyncio
import logging
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from gateword.domain.log_event import LogCode
from gateword.domain.refused import Refused
from gateword.ports.attempts import Blocked, Lease, Outcome, Tries
from gateword.storage.open import open_counters
from gateword.storage.valkey_outage import AWAY, BACK
from gateword.storage.valkey_server import AGAIN_S, IN_A_ROW, WITHIN_S
from tests.engines.house import NOON, House, SetClock
from tests.engines.valkey_house import (
    PLACE,
    Counted,
    CountingMeter,
    a_bucket,
    a_prefix,
    an_entry,
    log_in,
    process,
)
from tests.support.valkey import ValkeyProcess, running

SLACK_S = 0.5
"""What a loaded machine may take besides."""
LAG_S = 0.05

FULL = an_entry(a_bucket())
FREE = an_entry(a_bucket(), tries=())
SHUT = Tries(shield="brute-force", place=PLACE, limit=1)


@pytest.fixture
def own_valkey(valkey: ValkeyProcess) -> Iterator[ValkeyProcess]:
    """A server that no other test uses, because this file stops it."""
    with running(valkey.program) as server:
        yield server


@pytest.fixture
async def counted(house: House, own_valkey: ValkeyProcess) -> AsyncIterator[Counted]:
    """The counters of a process, on a server that may be stopped."""
    async with process(house, own_valkey, a_prefix()) as counted:
        yield counted


@pytest.fixture
async def impatient(house: House, own_valkey: ValkeyProcess) -> AsyncIterator[Counted]:
    """The same, waiting as long as a real process waits."""
    async with process(house, own_valkey, a_prefix(), within_s=WITHIN_S) as counted:
        yield counted


@contextmanager
def hung(server: ValkeyProcess) -> Iterator[None]:
    """Let a server take connections and answer nothing."""
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)


async def lagging() -> None:
    """Keep the loop from each of its turns for a while."""
    while True:
        time.sleep(LAG_S)  # noqa: ASYNC251  # the lag itself
        await asyncio.sleep(0)


async def warnings(house: House) -> list[tuple[str, Any]]:
    """Return the warnings in the tenant's log, with their details."""
    rows = await house.stores.logs.read(after=0, limit=100, code=LogCode.W.value)
    return [(str(row.document["description"]), row.document["details"]) for row in rows]


async def test_logins_go_on_without_the_server_and_blocks_stay(
    counted: Counted, own_valkey: ValkeyProcess
) -> None:
    """D3: the bucket is open, the account's own block is not, and nobody waits for the server."""
    shut = an_entry(a_bucket(key="other"), subject="bob", tries=(SHUT,))
    for _ in range(3):
        await log_in(counted.attempts, FULL)
    await log_in(counted.attempts, shut)
    before = await log_in(counted.attempts, FULL)

    own_valkey.stop()
    began_s = time.monotonic()
    open_ = [await log_in(counted.attempts, FULL) for _ in range(5)]
    blocked = await log_in(counted.attempts, shut)
    took_s = time.monotonic() - began_s

    assert isinstance(before, Blocked)
    assert [True] * 5 == [isinstance(one, Lease) for one in open_]
    assert isinstance(blocked, Blocked)
    assert "brute-force" == blocked.shield
    assert took_s < SLACK_S
    assert 1 == counted.meter.outcomes["away"]


async def test_sign_ups_and_letters_are_counted_in_sql_meanwhile(
    counted: Counted, own_valkey: ValkeyProcess
) -> None:
    """Nobody's inbox is flooded because a cache is away."""
    bucket = a_bucket(key="letter:ann", size=1)
    own_valkey.stop()
    taken = [await counted.attempts.take([bucket], NOON) for _ in range(2)]

    assert taken[0] is None
    assert isinstance(taken[1], Blocked)


async def test_try_that_began_with_the_server_ends_without_it(
    counted: Counted, own_valkey: ValkeyProcess
) -> None:
    """A failure is counted for the account whatever became of the bucket."""
    lease = await counted.attempts.reserve(an_entry(a_bucket(), tries=(SHUT,)), NOON)
    assert isinstance(lease, Lease)
    own_valkey.stop()
    settled = await counted.attempts.settle(lease, Outcome.WRONG, NOON)

    assert ("brute-force",) == settled.reached


async def test_counting_goes_on_when_the_server_is_back(
    counted: Counted, own_valkey: ValkeyProcess
) -> None:
    """No restart is needed: a second after it answers again buckets are kept again."""
    await log_in(counted.attempts, FULL)
    own_valkey.stop()
    await log_in(counted.attempts, FULL)
    own_valkey.start()
    await asyncio.sleep(AGAIN_S)
    came = [await log_in(counted.attempts, FULL) for _ in range(4)]

    assert [True, True, True, False] == [isinstance(one, Lease) for one in came]
    assert [
        (AWAY, {"reason": "ConnectionError"}),
        (BACK, {}),
    ] == await warnings(counted.house)


async def test_log_says_so_once_a_minute_over_all_processes(
    house: House, own_valkey: ValkeyProcess
) -> None:
    """A tenant's log is not flooded by an outage, and does not forget it either."""
    own_valkey.stop()
    prefix = a_prefix()
    async with process(house, own_valkey, prefix) as one, process(house, own_valkey, prefix) as two:
        for passed_s in (0, 59, 1, 60):
            house.clock.pass_s(passed_s)
            for attempts in (one.attempts, two.attempts):
                await attempts.reserve(FULL, house.clock.now())

    assert [AWAY] * 3 == [description for description, _ in await warnings(house)]


@pytest.mark.parametrize("many", [1, 200])
async def test_server_that_hangs_costs_those_a_second_and_a_half_who_find_out(
    impatient: Counted, own_valkey: ValkeyProcess, many: int
) -> None:
    """Who comes while it takes connections and answers nothing waits three times, later ones never.

    It costs no more when there are more of them than connections.
    """
    server, meter = impatient.server, impatient.meter
    await server.greet()
    with hung(own_valkey):
        began_s = time.monotonic()
        first = await asyncio.gather(*(server.ask("PING") for _ in range(many)))
        waited_s = time.monotonic() - began_s
        came = await log_in(impatient.attempts, FREE)
        then_s = time.monotonic() - began_s - waited_s

    assert [None] * many == first
    assert IN_A_ROW * WITHIN_S * 0.9 < waited_s < IN_A_ROW * WITHIN_S + SLACK_S
    assert isinstance(came, Lease)
    assert then_s < WITHIN_S * 0.9
    assert 1 == meter.outcomes["answered"]


async def test_answer_that_is_late_once_is_asked_for_again(
    impatient: Counted, own_valkey: ValkeyProcess
) -> None:
    """A server that stumbles lets nobody through, and a try that it heard twice pays once."""
    counted = impatient
    entry = an_entry(a_bucket(key="other", spends_always=True, size=2), tries=())
    await log_in(counted.attempts, FREE)  # so that the server has the scripts
    with hung(own_valkey):
        tries = [asyncio.create_task(counted.attempts.reserve(entry, NOON)) for _ in range(3)]
        await asyncio.sleep(WITHIN_S * 1.5)
    came = await asyncio.gather(*tries)

    assert [False, True, True] == sorted(isinstance(one, Lease) for one in came)
    assert 0 == counted.meter.outcomes["away"]


async def test_who_goes_away_while_the_server_is_asked_takes_nothing(
    impatient: Counted, own_valkey: ValkeyProcess
) -> None:
    """A try that is dropped before the answer came is given back, if it was admitted."""
    entry = an_entry(a_bucket(key="other", spends_always=True, size=1), tries=())
    await log_in(impatient.attempts, FREE)
    with hung(own_valkey):
        dropped = asyncio.create_task(impatient.attempts.reserve(entry, NOON))
        await asyncio.sleep(WITHIN_S / 5)
        dropped.cancel()
        await asyncio.sleep(WITHIN_S / 5)
    await asyncio.gather(dropped, return_exceptions=True)

    assert dropped.cancelled()
    assert isinstance(await impatient.attempts.reserve(entry, NOON), Lease)


async def test_flood_does_not_make_the_server_away(house: House, own_valkey: ValkeyProcess) -> None:
    """More than there are connections, in a loop that lags longer than an answer may take."""
    entry = an_entry(a_bucket(size=7, spends_always=True), tries=())
    async with process(house, own_valkey, a_prefix(), within_s=LAG_S / 2) as counted:
        lag = asyncio.create_task(lagging())
        came = await asyncio.gather(*(counted.attempts.reserve(entry, NOON) for _ in range(100)))
        lag.cancel()

    assert 7 == sum(isinstance(one, Lease) for one in came)
    assert 0 == counted.meter.outcomes["away"]


async def test_operator_learns_that_a_bucket_cannot_be_seen_or_filled(
    counted: Counted, own_valkey: ValkeyProcess
) -> None:
    """Nothing is said to be open because nobody answers."""
    bucket = a_bucket()
    own_valkey.stop()

    with pytest.raises(Refused, match="STORE_UNREACHABLE"):
        await counted.attempts.retry_after_s(bucket, NOON)
    with pytest.raises(Refused, match="STORE_UNREACHABLE"):
        await counted.attempts.refill([bucket.key])


async def test_answer_that_comes_late_is_nobody_elses(
    impatient: Counted, own_valkey: ValkeyProcess
) -> None:
    """After a time-out the next question gets its own answer."""
    counted = impatient
    other = an_entry(a_bucket(key="other", size=1, spends_always=True))
    await log_in(counted.attempts, other)
    with hung(own_valkey):
        await log_in(counted.attempts, FULL)
    await asyncio.sleep(AGAIN_S)

    assert isinstance(await log_in(counted.attempts, other), Blocked)
    assert isinstance(await log_in(counted.attempts, FULL), Lease)


async def test_server_that_is_full_counts_as_away(counted: Counted) -> None:
    """What it cannot keep it does not count, and the log says so."""
    with counted.valkey.asked() as client:
        client.config_set("maxmemory", "1")
        came = await log_in(counted.attempts, FULL)

    assert isinstance(came, Lease)
    assert [(AWAY, {"reason": "OutOfMemoryError"})] == await warnings(counted.house)


async def test_greeting_says_at_start_that_the_server_is_away(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The process log names the server and the reason, and never the password."""
    url = "valkey://gateword:hush@127.0.0.1:1/0"
    server = open_counters(url, "p", CountingMeter(), SetClock())
    assert server is not None
    with caplog.at_level(logging.WARNING):
        await server.greet()
    await server.close()

    said = vars(caplog.records[-1])
    assert "valkey_away" == said["message"]
    assert "127.0.0.1:1" in said["reason"]
    assert "hush" not in str(said)
