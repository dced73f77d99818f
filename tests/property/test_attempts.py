"""Tries in every order, through two processes, against a list of what happened (G1, G3, D5)."""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gateword.domain.user import NewUser
from gateword.ports.attempts import EVERYWHERE, Blocked, Busy, Lease, Outcome
from gateword.storage.open import open_database
from tests.engines.house import NOON, House, a_house
from tests.property.tries import KNOWN, LEASE, NAMES, PLACES, Record, Rules, Try, kind

T = TypeVar("T")

MONTH_S: Final = 30 * 86_400
STEPS_S: Final = (
    *(1, 1, 1, 29, 30, 60, 120, 3600, 86_400),
    *(MONTH_S - 1, MONTH_S, MONTH_S + 86_400),
    -3600,  # a clock is set back (promise D5)
)
AT_ONCE: Final = 8


@dataclass
class Ground:
    """One database, and two processes that use it."""

    loop: asyncio.AbstractEventLoop
    houses: tuple[House, House]

    def do(self, work: Awaitable[T]) -> T:
        """Wait for something."""
        return self.loop.run_until_complete(_awaited(work))


async def _awaited(work: Awaitable[T]) -> T:
    return await work


@contextmanager
def grounds(url: str) -> Iterator[Ground]:
    """Open a database twice."""
    loop = asyncio.new_event_loop()
    opened = a_house(url)
    house = loop.run_until_complete(opened.__aenter__())
    again = loop.run_until_complete(open_database(url, data_dir=Path("/nonexistent")))
    try:
        yield Ground(loop, (house, replace(house, database=again)))
    finally:
        loop.run_until_complete(again.close())
        loop.run_until_complete(opened.__aexit__(None, None, None))
        loop.close()


class Schedules(RuleBasedStateMachine):
    """Tries begin, end well, badly, late or never, and somebody changes the settings meanwhile."""

    ground: ClassVar[Ground]

    def __init__(self) -> None:
        super().__init__()
        ground = self.ground
        house, other = ground.houses
        house = ground.do(house.neighbour())
        self.stores = (house.stores.attempts, house.other_worker(other.database).attempts)
        connection = ground.do(house.add_connection("Employees"))
        self.connection_key = connection.key
        self.user_keys: dict[str, int | None] = dict.fromkeys(NAMES)
        for name in KNOWN:
            new = NewUser(connection="Employees", email=f"{name}@example.test")
            user = ground.do(house.stores.users.add(new, connection, NOON))
            self.user_keys[name] = user.key if user else None
        self.now = NOON
        self.in_force = Rules()
        self.record = Record()
        self.leased: list[Try] = []

    @rule(name=st.sampled_from(NAMES), place=st.sampled_from(PLACES), store=st.integers(0, 1))
    def reserve(self, name: str, place: str, store: int) -> None:
        """Somebody tries; the answer is the model's."""
        self.record.expire(name, self.now)
        expected = self.record.answer(name, place, self.in_force, self.now)
        came = self.ground.do(self.reserved(name, place, store))

        assert expected == kind(came)
        self.note(name, place, came)

    @rule(name=st.sampled_from(NAMES), place=st.sampled_from(PLACES))
    def reserve_at_once(self, name: str, place: str) -> None:
        """Many try at once in both processes: no more are let in than one after another."""
        self.record.expire(name, self.now)
        came = self.ground.do(self.all_reserved(name, place))
        for answer in sorted(came, key=lambda one: not isinstance(one, Lease)):
            assert self.record.answer(name, place, self.in_force, self.now) == kind(answer)
            self.note(name, place, answer)

    @precondition(lambda self: self.leased)
    @rule(
        number=st.integers(0, 99),
        outcome=st.sampled_from((Outcome.WRONG, Outcome.WRONG, Outcome.UNKNOWN)),
        store=st.integers(0, 1),
    )
    def fail(self, number: int, outcome: Outcome, store: int) -> None:
        """A try fails; whoever comes too late was counted already, or will be."""
        one = self.ended(number)
        settled = self.ground.do(self.stores[store].settle(one.lease, outcome, self.now))
        is_in_time = one.is_under_way and self.now < one.expires
        if is_in_time:
            self.record.fail(one, self.now)

        assert (self.record.reached(one) if is_in_time else 0) == len(settled.reached)
        assert bool(settled.reached) or not settled.mails

    @precondition(lambda self: self.leased)
    @rule(number=st.integers(0, 99), store=st.integers(0, 1))
    def succeed(self, number: int, store: int) -> None:
        """A try succeeds; one that comes too late forgives nothing."""
        one = self.ended(number)
        self.ground.do(self.stores[store].settle(one.lease, Outcome.RIGHT, self.now))
        if one.is_under_way and self.now < one.expires:
            self.record.succeed(one, self.now)

    @precondition(lambda self: self.leased)
    @rule(number=st.integers(0, 99), store=st.integers(0, 1))
    def give_up(self, number: int, store: int) -> None:
        """A try comes to no verdict, and counts for nothing."""
        one = self.ended(number)
        self.ground.do(self.stores[store].settle(one.lease, Outcome.VOID, self.now))
        one.is_under_way = False

    @precondition(lambda self: self.leased)
    @rule(number=st.integers(0, 99))
    def crash(self, number: int) -> None:
        """A process ends in the middle of a try: nobody settles it."""
        self.ended(number)

    @rule(seconds=st.sampled_from(STEPS_S))
    def pass_time(self, seconds: int) -> None:
        """Time goes by."""
        self.now += timedelta(seconds=seconds)

    @rule(name=st.sampled_from(NAMES), store=st.integers(0, 1))
    def lift(self, name: str, store: int) -> None:
        """An operator lifts what failures have shut."""
        key = self.user_keys[name]
        attempts = self.stores[store]
        if key is None:
            self.ground.do(attempts.lift([(self.connection_key, name)]))
        else:
            self.ground.do(attempts.lift_user(key))
        self.record.lift(name)

    @rule(store=st.integers(0, 1))
    def purge(self, store: int) -> None:
        """Old rows are cleared away; that changes nothing for anybody."""
        self.ground.do(self.stores[store].purge(self.now))
        self.record.purge(self.now)

    @rule(
        limit=st.integers(1, 5),
        cap=st.integers(1, 7),
        everywhere=st.booleans(),
        backs_off=st.sampled_from((False, False, True)),
    )
    def change_rules(self, *, limit: int, cap: int, everywhere: bool, backs_off: bool) -> None:
        """An operator changes the settings while tries are under way."""
        self.in_force = Rules(limit, cap, everywhere, backs_off)

    @rule(name=st.sampled_from(NAMES), place=st.sampled_from(PLACES), wide=st.integers(2, 5))
    def be_overtaken(self, name: str, place: str, wide: int) -> None:
        """Somebody tries under a low limit; others, under a higher one, pass it meanwhile."""
        before = len(self.leased)
        self.in_force = Rules(limit=1)
        self.reserve(name, place, 0)
        self.in_force = Rules(limit=wide)
        for _ in range(wide):
            self.reserve(name, place, 1)
        while len(self.leased) > before + 1:
            self.fail(before + 1, Outcome.WRONG, 1)
        if len(self.leased) > before:
            self.succeed(before, 0)

    @rule(name=st.sampled_from(NAMES), places=st.permutations(PLACES))
    def rest(self, name: str, places: list[str]) -> None:
        """Failures at one place grow old, while others go on, and then somebody succeeds there."""
        self.in_force = Rules(limit=5, cap=100)
        for place, passed_s in zip(places, (86_400, MONTH_S - 1), strict=True):
            self.reserve(name, place, 0)
            if self.leased:
                self.fail(-1, Outcome.WRONG, 0)
            self.pass_time(passed_s)
        self.reserve(name, places[0], 1)
        if self.leased:
            self.succeed(-1, 1)

    @invariant()
    def store_agrees_with_the_record(self) -> None:
        """What is stored of each name at each place is what was counted there, and when."""
        subjects = [(self.connection_key, name) for name in NAMES]
        stored = self.ground.do(self.stores[0].failures(subjects))
        kept = {
            (one.subject, one.place): (one.count, one.last_failed_at)
            for one in stored
            if one.count > 0
        }
        record = self.record
        keys = [(name, place) for name in NAMES for place in (*PLACES, EVERYWHERE)]

        assert {
            key: (len(record.kept(*key)), record.latest[key]) for key in keys if record.kept(*key)
        } == kept

    def ended(self, number: int) -> Try:
        """Return one of the tries that nobody has settled; nobody will again."""
        return self.leased.pop(number % len(self.leased))

    def note(self, name: str, place: str, came: Lease | Blocked | Busy) -> None:
        """Remember a try that was let in; nobody waits but for one that is under way."""
        if isinstance(came, Lease):
            one = Try(name, place, self.in_force, came, self.now + LEASE)
            self.leased.append(one)
            self.record.tries.append(one)
        if isinstance(came, Busy):
            assert self.record.under_way(name)

    async def reserved(self, name: str, place: str, store: int) -> Lease | Blocked | Busy:
        """Ask a store."""
        entry = self.in_force.entry(self.connection_key, name, place, self.user_keys[name])
        return await self.stores[store].reserve(entry, self.now, name=name)

    async def all_reserved(self, name: str, place: str) -> list[Lease | Blocked | Busy]:
        """Ask both stores many times at once."""
        asked = (self.reserved(name, place, number % 2) for number in range(AT_ONCE))
        return list(await asyncio.gather(*asked))


EXAMPLES: Final = {"sqlite": 150, "postgres": 20}


@pytest.mark.parametrize("engine", EXAMPLES)
def test_no_schedule_lets_too_many_in(engine: str, request: pytest.FixtureRequest) -> None:
    """G1, G3: on every schedule each try is answered, and counted, as a list of them all says."""
    url = request.getfixturevalue(f"{engine}_url")
    bounds: Any = settings(
        max_examples=EXAMPLES[engine],
        stateful_step_count=50,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    with grounds(url) as opened:

        class Here(Schedules):
            ground = opened

        run_state_machine_as_test(Here, settings=bounds)
