"""What only the counters in Valkey do: processes share them, and other tenants do not."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest

from gateword.ports.attempts import Blocked, Lease, Outcome
from gateword.storage.open import open_counters
from tests.engines.house import NOON, CountingDatabase, House, SetClock
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
from tests.support.valkey import ValkeyProcess

PROCESSES = 3
FULL = an_entry(a_bucket())


@pytest.fixture
async def counted(house: House, valkey: ValkeyProcess) -> AsyncIterator[Counted]:
    """The counters of a process."""
    async with process(house, valkey, a_prefix()) as counted:
        yield counted


async def test_processes_share_a_bucket(house: House, valkey: ValkeyProcess) -> None:
    """Of 60 parallel wrong logins in three processes as many are evaluated as there are tokens."""
    prefix, entry = a_prefix(), an_entry(a_bucket(size=7), tries=())
    async with AsyncExitStack() as opened:
        each = [
            (await opened.enter_async_context(process(house, valkey, prefix))).attempts
            for _ in range(PROCESSES)
        ]
        came: list[object] = []
        for _ in range(4):
            came += await asyncio.gather(
                *(log_in(each[number % PROCESSES], entry) for number in range(15))
            )

    assert 7 == sum(isinstance(one, Lease) for one in came)
    assert isinstance(came[-1], Blocked)


async def test_neighbours_and_other_installations_share_nothing(
    house: House, valkey: ValkeyProcess
) -> None:
    """The same address has a bucket in each tenant of each installation on one server."""
    bucket, prefix = a_bucket(size=1), a_prefix()
    neighbour = await house.neighbour()
    async with AsyncExitStack() as opened:
        each = [
            (await opened.enter_async_context(process(*one))).attempts
            for one in (
                (house, valkey, prefix),
                (neighbour, valkey, prefix),
                (house, valkey, a_prefix()),
            )
        ]
        taken = [await attempts.take([bucket], NOON) for attempts in each]

    assert [None] * 3 == taken


async def test_keys_lie_in_one_slot_and_expire_when_full(counted: Counted) -> None:
    """Every key names the tenant within braces, and none outlives what it counts."""
    entry = an_entry(a_bucket(), a_bucket(key="user:1", spends_always=True, place=""))
    await log_in(counted.attempts, entry)
    await counted.attempts.reserve(entry, NOON)
    tag = f"gateword:{{{counted.server.prefix}.{counted.house.tenant.key}}}:"
    with counted.valkey.asked() as client:
        lives_s = {key.decode(): client.pttl(key) / 1000 for key in client.keys(f"{tag}*")}

    assert {
        f"{tag}bucket:login:{PLACE}": 60,
        f"{tag}bucket:user:1": 120,
        f"{tag}tries:{PLACE}": 30,
    } == {key: round(life) for key, life in lives_s.items()}


async def test_server_that_forgot_the_scripts_is_told_them(counted: Counted) -> None:
    """A restart or SCRIPT FLUSH costs nobody anything."""
    await log_in(counted.attempts, FULL)
    with counted.valkey.asked() as client:
        client.script_flush()

    assert isinstance(await log_in(counted.attempts, FULL), Lease)
    assert 0 == counted.meter.outcomes["away"]


async def test_refusal_is_remembered_and_forgotten_when_filled(counted: Counted) -> None:
    """A flood from one address asks no server; an operator who opens it opens it at once."""
    entry = an_entry(a_bucket(size=1, covers=PLACE))
    await log_in(counted.attempts, entry)
    await counted.attempts.reserve(entry, NOON, name="ann")
    recalled = counted.attempts.recall(1, "bob", PLACE)
    await counted.attempts.refill([f"login:{PLACE}"])

    assert recalled is not None
    assert recalled.is_remembered
    assert counted.attempts.recall(1, "bob", PLACE) is None


async def test_names_of_nobody_cost_the_same_questions(house: House, valkey: ValkeyProcess) -> None:
    """T2: whether a user may be spared is looked up for everybody who meets an empty bucket."""
    watched = CountingDatabase(house.database)
    watched_house = replace(house, database=watched)
    user = (await house.furnish()).user
    empty = a_bucket(size=1, spares_known=True)
    asked = []
    async with process(watched_house, valkey, a_prefix()) as counted:
        await log_in(counted.attempts, an_entry(empty))
        for user_key in (user.key, None):
            before = watched.questions
            came = await log_in(counted.attempts, an_entry(empty, user_key=user_key))
            asked.append(watched.questions - before)

            assert isinstance(came, Blocked)

    assert [1, 1] == asked


async def test_known_place_counts_for_ninety_days_only(counted: Counted) -> None:
    """Without a claim on the account a lease still says whether the place is known."""
    house = counted.house
    user = (await house.furnish()).user
    entry = an_entry(a_bucket(), user_key=user.key, tries=())
    known = []
    for days in (0, 89, 91):
        at = NOON + timedelta(days=days)
        lease = await counted.attempts.reserve(entry, at)
        assert isinstance(lease, Lease)
        known.append(lease.is_known)
        await counted.attempts.settle(lease, Outcome.RIGHT if not days else Outcome.VOID, at)

    assert [False, True, False] == known


def test_driver_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sets the URL without the extra learns how to install it."""
    monkeypatch.setitem(sys.modules, "gateword.storage.valkey_server", None)

    with pytest.raises(ValueError, match=r"pip install 'gateword\[valkey\]'"):
        open_counters("valkey://h", "p", CountingMeter(), SetClock())


@pytest.mark.parametrize(
    "url",
    [
        "valkey://h:port",
        "valkey://user:hu/sh@h",
        "valkey://[::1",
        "valkey://h/?colour=hush",
        "valkeys://h?ssl_cert_reqs=hush",
        "http://h",
    ],
)
def test_url_that_cannot_be_read_is_refused(url: str) -> None:
    """Whoever starts the server learns what is wrong, and nobody learns a piece of the password."""
    with pytest.raises(ValueError, match="valkey_url is no address") as refused:
        open_counters(url, "p", CountingMeter(), SetClock())

    assert "hu" not in str(refused.value)


async def test_guard_of_a_short_code_is_counted_in_sql(counted: Counted) -> None:
    """G9: a cache that is away, or was emptied, gives nobody more codes: it is never asked."""
    guard = an_entry(a_bucket(spends_always=True, guards=True), tries=(), wants_levels=False)

    came = [await log_in(counted.attempts, guard) for _ in range(4)]

    assert [True, True, True, False] == [isinstance(one, Lease) for one in came]
    assert 0 == counted.meter.outcomes.total()
