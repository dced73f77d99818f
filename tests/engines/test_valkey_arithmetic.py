"""Valkey reckons buckets as policy/velocity.py does, and tries as SQL does, in every order."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateword.policy import lockout, velocity
from gateword.ports.attempts import Attempts, Blocked, Busy, Entry, Lease, Outcome, Tries
from gateword.storage.columns import ms
from gateword.storage.valkey_buckets import Admitted, Refusing, ValkeyBuckets
from tests.engines.house import NOON, House, a_house
from tests.engines.valkey_house import PLACE, a_bucket, a_prefix, an_entry, bounded, process
from tests.support.valkey import ValkeyProcess

T = TypeVar("T")

UNIT_MS: Final = 5_003
"""All times are multiples of it: Valkey's own clock must not expire what the test's still holds."""

Step: TypeAlias = tuple[str, int]

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.integers(-20, 200)),
        st.tuples(st.just("take"), st.just(0)),
        st.tuples(st.just("spend"), st.integers(1, 4)),
        st.tuples(st.just("refund"), st.just(0)),
        st.tuples(st.just("resize"), st.integers(1, 6)),
        st.tuples(st.just("slow"), st.integers(1, 40)),
    ),
    max_size=25,
)


@dataclass
class Ground:
    """A server and a database, and a loop to wait for them."""

    loop: asyncio.AbstractEventLoop
    valkey: ValkeyProcess
    house: House

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for something."""
        return self.loop.run_until_complete(work)


@pytest.fixture(scope="module")
def ground(valkey: ValkeyProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Both, opened once for all examples."""
    folder: Path = tmp_path_factory.mktemp("valkey")
    loop = asyncio.new_event_loop()
    opened = a_house(f"sqlite:///{folder / 'gateword.db'}")
    house = loop.run_until_complete(opened.__aenter__())
    try:
        yield Ground(loop, valkey, house)
    finally:
        loop.run_until_complete(opened.__aexit__(None, None, None))
        loop.close()


@settings(max_examples=400)
@given(steps=STEPS)
def test_bucket_is_what_velocity_says(ground: Ground, steps: list[Step]) -> None:
    """Tokens, refusals and waits are equal to the millisecond, also when clock or settings jump."""
    ground.do(_reckon(ground, steps))


async def _reckon(ground: Ground, steps: list[Step]) -> None:
    async with process(ground.house, ground.valkey, a_prefix()) as counted:
        buckets = ValkeyBuckets(counted.server, 1, _nothing)
        model = _Model(NOON)
        for what, number in steps:
            await model.step(buckets, what, number)

            assert model.tokens() == await buckets.level(model.bucket, model.at)


async def _nothing(is_away: bool, at: datetime) -> None:  # noqa: FBT001  # as it is called
    del is_away, at


class _Model:
    """One bucket, reckoned by policy/velocity.py."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.full_at = 0
        self.bucket = a_bucket(refill_ms=12 * UNIT_MS, place="")

    def tokens(self) -> float:
        """Return what is in it."""
        size, refill_ms = self.bucket.size, self.bucket.refill_ms
        return velocity.tokens(self.full_at, ms(self.at), size, refill_ms)

    def spend(self, count: int) -> None:
        """Take tokens, or give some back."""
        size, refill_ms = self.bucket.size, self.bucket.refill_ms
        due_ms = velocity.due_ms(self.full_at, ms(self.at), size, refill_ms) + count * refill_ms
        self.full_at = ms(self.at) + min(due_ms, size * refill_ms) if due_ms > 0 else 0

    async def step(self, buckets: ValkeyBuckets, what: str, number: int) -> None:
        """Do the same to both; what is answered must be what is known."""
        if what == "pass":
            self.at += timedelta(milliseconds=number * UNIT_MS)
        elif what == "resize":
            self.bucket = replace(self.bucket, size=number)
        elif what == "slow":
            self.bucket = replace(self.bucket, refill_ms=number * UNIT_MS)
        elif what == "spend":
            change = (self.bucket, str(number))
            await buckets.end([change], self.at, place=PLACE, try_id="")
            self.spend(number)
        elif what == "take":
            if self.agrees(await buckets.take([self.bucket], self.at)):
                self.spend(1)
        else:
            await self.refund(buckets)

    async def refund(self, buckets: ValkeyBuckets) -> None:
        """Begin a try, and end it with a token given back."""
        tried = {"place": PLACE, "try_id": "one"}
        came = await buckets.admit([self.bucket], self.at, is_known=None, **tried)
        if self.agrees(came):
            await buckets.end([(self.bucket, "-1")], self.at, **tried)
            self.spend(-1)

    def agrees(self, came: object) -> bool:
        """Say whether a try was admitted; it must be when there is a token."""
        tokens, refill_ms = self.tokens(), self.bucket.refill_ms
        if isinstance(came, Refusing):
            wait_s = velocity.retry_after_s(tokens, refill_ms)
            assert isinstance(came.how, Blocked)
            assert (True, wait_s) == (tokens < 1, came.how.retry_after_s)
            # A refusal sets right what a clock that was ahead, or a larger size, has left.
            most = ms(self.at) + self.bucket.size * refill_ms
            self.full_at = min(self.full_at, most)
            return False
        assert isinstance(came, Admitted)
        assert (True, tokens) == (tokens >= 1, came.levels[self.bucket.key])
        return True


NAMES: Final = ("ann", "bob", "eve")
OUTCOMES: Final = (Outcome.WRONG, Outcome.LOST, Outcome.UNKNOWN, Outcome.RIGHT, Outcome.VOID)
BUCKETS: Final = (
    a_bucket(size=4),
    a_bucket(shield="wider", key="wider", size=7, place=""),
    a_bucket(shield="client", key="client", refunds=True, spares_known=True, size=5, place=""),
    a_bucket(shield="watched", key="watched", size=2, only_tells=True),
    a_bucket(shield="same-user", key="same-user", spends_always=True, size=6, place=""),
)

TRIES = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), st.integers(0, 2)),
        st.tuples(st.just("reserve"), st.integers(0, 2)),
        st.tuples(st.just("settle"), st.integers(0, 99)),
        st.tuples(st.just("settle"), st.integers(0, 99)),
        st.tuples(st.just("pass"), st.integers(0, 8)),
        st.tuples(st.just("take"), st.integers(0, 4)),
        st.tuples(st.just("fill"), st.integers(0, 4)),
    ),
    max_size=40,
)


@settings(max_examples=60)
@given(
    steps=TRIES,
    claimed=st.sets(st.sampled_from(range(len(BUCKETS))), min_size=1),
    limit=st.integers(1, 4),
)
def test_tries_come_out_as_they_do_in_sql(
    ground: Ground, steps: list[Step], claimed: set[int], limit: int
) -> None:
    """Whoever switches to Valkey sees no other answer to anybody."""
    ground.do(_both(ground, steps, [BUCKETS[number] for number in sorted(claimed)], limit))


async def _both(ground: Ground, steps: list[Step], buckets: list[Any], limit: int) -> None:
    async with AsyncExitStack() as opened:
        sides = []
        for _ in range(2):
            house = await ground.house.neighbour()
            user = (await house.furnish()).user
            sides.append(_Side(house.stores.attempts, user.key, buckets, limit))
        counted = process(house, ground.valkey, a_prefix())
        sides[1].attempts = (await opened.enter_async_context(counted)).attempts
        for what, number in steps:
            if what == "pass":
                ground.house.clock.pass_s(15 * number)
            else:
                at = ground.house.clock.now()
                sql, valkey = [await side.step(what, number, at) for side in sides]

                assert sql == valkey


class _Side:
    """One of the two, and the tries that are under way there."""

    def __init__(self, attempts: Attempts, user: int, buckets: list[Any], limit: int) -> None:
        self.attempts = attempts
        self.leases: list[tuple[Lease, datetime]] = []
        self._buckets = buckets
        self._entries = [self._entry(name, user, limit) for name in NAMES]

    def _entry(self, name: str, user: int, limit: int) -> Entry:
        return an_entry(
            *self._buckets,
            subject=name,
            user_key=user if name == "ann" else None,
            tries=(Tries(shield="brute-force", place=PLACE, limit=limit),),
            crowds=(bounded(2),),
        )

    async def step(self, what: str, number: int, at: datetime) -> object:
        """Do something; return what is to be the same on both sides."""
        if what == "reserve":
            return self._noted(await self.attempts.reserve(self._entries[number], at), at)
        # What ends too late was counted as a crash; here such a failure costs a token besides.
        self.leases = [one for one in self.leases if at - one[1] < lockout.LEASE]
        if what == "settle" and self.leases:
            lease, _ = self.leases.pop(number % len(self.leases))
            outcome = OUTCOMES[number % len(OUTCOMES)]
            return await self.attempts.settle(lease, outcome, at)
        if what == "take":
            return await self.attempts.take([BUCKETS[number]], at)
        if what == "fill":
            await self.attempts.refill([BUCKETS[number].key])
        return [await self.attempts.retry_after_s(bucket, at) for bucket in BUCKETS]

    def _noted(self, came: Lease | Blocked | Busy, at: datetime) -> object:
        if not isinstance(came, Lease):
            return came
        self.leases.append((came, at))
        return dict(came.levels), came.is_known, came.told
