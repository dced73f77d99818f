"""Buckets of tokens behave alike, whether SQL or Valkey counts them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from gateword.domain.user import NewUser
from gateword.ports.attempts import Attempts, Blocked, Busy, Entry, Lease, Outcome, Tries
from tests.engines.house import NOON, House
from tests.engines.valkey_house import (
    MINUTE_MS,
    PLACE,
    a_bucket,
    a_prefix,
    an_entry,
    bounded,
    process,
)
from tests.support.valkey import ValkeyProcess

EMPTY = Blocked(shield="suspicious-ip", retry_after_s=60)
MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["sql", "valkey"])
async def attempts(request: pytest.FixtureRequest, house: House) -> AsyncIterator[Attempts]:
    """Counters whose buckets are kept in each place in turn."""
    if request.param == "sql":
        yield house.stores.attempts
        return
    valkey: ValkeyProcess = request.getfixturevalue("valkey")
    async with process(house, valkey, a_prefix()) as counted:
        yield counted.attempts


async def let_in(attempts: Attempts, entry: Entry) -> Lease:
    """Reserve a try that must be admitted."""
    came = await attempts.reserve(entry, NOON)
    assert isinstance(came, Lease)
    return came


async def fail(attempts: Attempts, entry: Entry, times: int = 1) -> None:
    """Fail that often."""
    for _ in range(times):
        lease = await let_in(attempts, entry)
        await attempts.settle(lease, Outcome.WRONG, NOON)


async def test_failures_empty_a_bucket_and_time_refills_it(attempts: Attempts) -> None:
    """As many fail as there are tokens; the next is told when there will be one."""
    entry = an_entry(a_bucket())
    await fail(attempts, entry, times=3)
    refused = await attempts.reserve(entry, NOON + timedelta(seconds=15))
    later = await attempts.reserve(entry, NOON + MINUTE)

    assert Blocked(shield="suspicious-ip", retry_after_s=45, is_first=True) == refused
    assert isinstance(later, Lease)


async def test_refusal_is_told_of_once_until_somebody_is_admitted(attempts: Attempts) -> None:
    """The log hears of an empty bucket once; and again when it was filled and emptied anew."""
    entry = an_entry(a_bucket(size=1))
    await fail(attempts, entry)
    first = [await attempts.reserve(entry, NOON) for _ in range(2)]
    later = await attempts.reserve(entry, NOON + MINUTE)
    assert isinstance(later, Lease)
    await attempts.settle(later, Outcome.WRONG, NOON + MINUTE)
    again = [await attempts.reserve(entry, NOON + MINUTE) for _ in range(2)]

    assert [True, False] * 2 == [
        one.is_first for one in (*first, *again) if isinstance(one, Blocked)
    ]


@pytest.mark.parametrize("outcome", [Outcome.RIGHT, Outcome.VOID])
async def test_try_that_does_not_fail_costs_nothing(attempts: Attempts, outcome: Outcome) -> None:
    """A success, or a password nobody looked at, leaves the bucket as it was."""
    entry = an_entry(a_bucket(size=1))
    for _ in range(3):
        await attempts.settle(await let_in(attempts, entry), outcome, NOON)

    lease = await let_in(attempts, entry)
    assert {f"login:{PLACE}": 1.0} == lease.levels


async def test_tries_under_way_wait_for_each_other(attempts: Attempts) -> None:
    """No more are under way at a place than may fail; the next is asked to wait, not refused."""
    entry = an_entry(a_bucket())
    for _ in range(3):
        await let_in(attempts, entry)

    assert Busy() == await attempts.reserve(entry, NOON)


async def test_parallel_tries_never_outrun_a_bucket(attempts: Attempts) -> None:
    """Of twenty at once three are let in; when they failed, the others are refused."""
    entry = an_entry(a_bucket())
    came = await asyncio.gather(*(attempts.reserve(entry, NOON) for _ in range(20)))
    leases = [one for one in came if isinstance(one, Lease)]
    await asyncio.gather(*(attempts.settle(lease, Outcome.WRONG, NOON) for lease in leases))
    refused = await asyncio.gather(*(attempts.reserve(entry, NOON) for _ in range(17)))

    assert (3, 17) == (len(leases), sum(isinstance(one, Busy) for one in came))
    assert [True, *[False] * 16] == sorted(
        (one.is_first for one in refused if isinstance(one, Blocked)), reverse=True
    )


async def test_try_that_never_ended_stands_in_nobodys_way_for_long(attempts: Attempts) -> None:
    """Half a minute after a crash the place is free again."""
    entry = an_entry(a_bucket(size=1))
    await let_in(attempts, entry)
    soon = await attempts.reserve(entry, NOON + timedelta(seconds=29))
    later = await attempts.reserve(entry, NOON + timedelta(seconds=30))

    assert Busy() == soon
    assert isinstance(later, Lease)


async def test_bucket_that_always_spends_takes_a_token_of_each_try(attempts: Attempts) -> None:
    """Right or wrong, the same user's fourth login in a row is refused."""
    entry = an_entry(a_bucket(spends_always=True, place=""))
    for outcome in (Outcome.RIGHT, Outcome.WRONG, Outcome.VOID):
        await attempts.settle(await let_in(attempts, entry), outcome, NOON)

    refused = await attempts.reserve(entry, NOON)
    assert isinstance(refused, Blocked)


async def test_bucket_that_refunds_gains_by_a_success(attempts: Attempts) -> None:
    """What succeeds gives back what failed, and never more than the bucket holds."""
    entry = an_entry(a_bucket(refunds=True, place=""))
    await fail(attempts, entry, times=2)
    levels = []
    for _ in range(4):
        lease = await let_in(attempts, entry)
        levels.append(lease.levels[f"login:{PLACE}"])
        await attempts.settle(lease, Outcome.RIGHT, NOON)

    assert [1.0, 2.0, 3.0, 3.0] == levels


async def test_success_that_comes_too_late_gives_nothing_back(attempts: Attempts) -> None:
    """Its lease has expired, and was counted as a failure."""
    entry = an_entry(a_bucket(refunds=True, place=""))
    await fail(attempts, entry, times=2)
    late = await let_in(attempts, entry)
    await attempts.settle(late, Outcome.RIGHT, NOON + timedelta(seconds=30))

    lease = await attempts.reserve(entry, NOON + timedelta(seconds=30))
    assert isinstance(lease, Lease)
    assert {f"login:{PLACE}": 1.5} == lease.levels


async def test_bucket_that_only_tells_refuses_nothing(attempts: Attempts) -> None:
    """Monitoring lets everybody in, and tells once that it would not have."""
    entry = an_entry(a_bucket(only_tells=True))
    await fail(attempts, entry, times=3)
    told = []
    for outcome in (Outcome.WRONG, Outcome.WRONG, Outcome.RIGHT):
        lease = await let_in(attempts, entry)
        told.append(lease.told)
        await attempts.settle(lease, outcome, NOON)

    assert [("suspicious-ip",), (), ()] == told


async def test_bucket_that_spares_known_places_lets_the_user_in(
    attempts: Attempts, house: House
) -> None:
    """Where ann logged in before, she still does; a stranger there does not."""
    connection = await house.add_connection("Employees")
    ann = await house.stores.users.add(NewUser(connection="Employees"), connection, NOON)
    assert ann is not None
    hers = an_entry(a_bucket(spares_known=True), user_key=ann.key)
    await attempts.settle(await let_in(attempts, hers), Outcome.RIGHT, NOON)
    others = an_entry(a_bucket(spares_known=True), subject="nobody")
    await fail(attempts, others, times=3)

    refused = await attempts.reserve(others, NOON)
    lease = await let_in(attempts, hers)

    assert isinstance(refused, Blocked)
    assert lease.is_known


async def test_first_bucket_that_is_empty_decides(attempts: Attempts) -> None:
    """The shields refuse in their order."""
    empty = [
        a_bucket(shield=name, key=name, size=1, spends_always=True) for name in ("first", "second")
    ]
    await let_in(attempts, an_entry(*empty))
    refused = await attempts.reserve(an_entry(*empty), NOON)

    assert isinstance(refused, Blocked)
    assert ("first", 60) == (refused.shield, refused.retry_after_s)


async def test_names_of_an_address_are_bounded(attempts: Attempts) -> None:
    """Whoever fails under too many names gets no new one for a while, and loses no token by it."""
    names = [
        an_entry(a_bucket(size=9), subject=f"name{number}", crowds=(bounded(2),))
        for number in range(3)
    ]
    for entry in names[:2]:
        await attempts.settle(await let_in(attempts, entry), Outcome.UNKNOWN, NOON)
    refused = await attempts.reserve(names[2], NOON)
    again = await attempts.reserve(names[0], NOON)
    later = await attempts.reserve(names[2], NOON + 10 * MINUTE)

    assert isinstance(refused, Blocked)
    assert ("crowded-address", 600, True) == (
        refused.shield,
        refused.retry_after_s,
        refused.is_first,
    )
    assert [Lease, Lease] == [type(again), type(later)]


async def test_refusal_for_the_account_costs_no_token(attempts: Attempts) -> None:
    """A blocked account's tries take nothing from the buckets, waits neither."""
    bucket = a_bucket(size=2, spends_always=True, place="")
    shut = Tries(shield="brute-force", place=PLACE, limit=1)
    first = await let_in(attempts, an_entry(bucket, tries=(shut,)))
    busy = [await attempts.reserve(an_entry(bucket, tries=(shut,)), NOON) for _ in range(3)]
    await attempts.settle(first, Outcome.WRONG, NOON)
    shut_out = [await attempts.reserve(an_entry(bucket, tries=(shut,)), NOON) for _ in range(3)]
    lease = await let_in(attempts, an_entry(bucket, tries=()))

    assert [Busy()] * 3 == busy
    assert {"brute-force"} == {one.shield for one in shut_out if isinstance(one, Blocked)}
    assert {bucket.key: 1.0} == lease.levels


async def test_take_takes_of_all_or_of_none(attempts: Attempts) -> None:
    """A sign-up that one budget refuses does not cost the other one."""
    small, large = a_bucket(key="small", size=1), a_bucket(key="large", size=3)
    first = await attempts.take([small, large], NOON)
    second = await attempts.take([small, large], NOON)
    left = [await attempts.take([large], NOON) for _ in range(3)]

    assert first is None
    assert Blocked(shield="suspicious-ip", retry_after_s=60, is_first=True) == second
    assert [None, None] == left[:2]
    assert isinstance(left[2], Blocked)


async def test_bucket_is_looked_at_and_filled(attempts: Attempts) -> None:
    """An operator sees when an address is let in again, and lets it in at once."""
    bucket = a_bucket(size=1)
    waits = [await attempts.retry_after_s(bucket, NOON)]
    await attempts.take([bucket], NOON)
    waits.append(await attempts.retry_after_s(bucket, NOON + timedelta(seconds=20)))
    await attempts.refill([bucket.key])
    waits.append(await attempts.retry_after_s(bucket, NOON))

    assert [0, 40, 0] == waits


async def test_clock_that_is_set_back_refills_nothing(attempts: Attempts) -> None:
    """Promise D5: an hour earlier the bucket is still empty, and a minute then gives a token."""
    bucket = a_bucket(size=1)
    await attempts.take([bucket], NOON)
    earlier = NOON - timedelta(hours=1)

    assert 60 == await attempts.retry_after_s(bucket, earlier)


async def test_bucket_emptied_while_the_clock_was_ahead_refills_from_now_on(
    attempts: Attempts,
) -> None:
    """Whoever was counted by a clock that ran an hour ahead waits as long as anybody else."""
    entry = an_entry(a_bucket())
    for _ in range(3):
        lease = await attempts.reserve(entry, NOON + timedelta(hours=1))
        assert isinstance(lease, Lease)
        await attempts.settle(lease, Outcome.WRONG, NOON + timedelta(hours=1))
    refused = await attempts.reserve(entry, NOON)
    later = await attempts.reserve(entry, NOON + MINUTE)

    assert Blocked(shield="suspicious-ip", retry_after_s=60, is_first=True) == refused
    assert isinstance(later, Lease)


async def test_bucket_made_smaller_holds_no_more_than_it_can(attempts: Attempts) -> None:
    """New settings are in force at once: one token of one is missing, not three."""
    await fail(attempts, an_entry(a_bucket()), times=3)
    smaller = a_bucket(size=1, refill_ms=MINUTE_MS // 2)

    assert 30 == await attempts.retry_after_s(smaller, NOON)
