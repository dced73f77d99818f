"""What is kept of tries: by all processes, for how long, and what makes it go."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateword.domain.secret import Secret
from gateword.domain.user import NewUser
from gateword.ports.attempts import Attempts, Blocked, Busy, Failures, Lease, Outcome
from gateword.storage.open import open_database
from tests.engines.guesses import (
    ELSEWHERE,
    HERE,
    LIMIT,
    NAME,
    SHIELD,
    Guesser,
    a_guess,
    rows,
)
from tests.engines.house import NOON, House

DAY = timedelta(days=1)
MONTH = timedelta(days=30)
SECOND = timedelta(seconds=1)
TABLES = ("failures", "leases", "known_places")


@pytest.fixture
def guesser(house: House) -> Guesser:
    """Somebody who asks the store of a new tenant."""
    return Guesser(house.stores.attempts)


@pytest.mark.parametrize("by", ["subject", "user"])
async def test_lifting_forgets_every_failure(house: House, guesser: Guesser, by: str) -> None:
    """An operator opens what was shut, at every place; what is under way still counts."""
    ann = (await house.furnish()).user.key
    for place in (HERE, ELSEWHERE):
        await guesser.fails(a_guess(place, user_key=ann), times=LIMIT)
    stored = await guesser.attempts.failures_of_user(ann)
    attempts = guesser.attempts
    lifted = await (attempts.lift_user(ann) if by == "user" else attempts.lift([(1, "somebody")]))

    assert [
        Failures(connection_key=1, subject="somebody", place=place, count=3, last_failed_at=NOON)
        for place in (HERE, ELSEWHERE)
    ] == list(stored)
    assert 2 == lifted
    assert isinstance(await guesser.asks(a_guess(user_key=ann)), Lease)


async def test_purge_leaves_what_still_counts(house: House, guesser: Guesser) -> None:
    """Late tries become failures; failures go after a month, known places after three."""
    ann = (await house.furnish()).user.key
    await guesser.ends(a_guess(user_key=ann), Outcome.RIGHT)
    await guesser.fails(a_guess())
    await guesser.is_let_in(a_guess(ELSEWHERE))
    kept = []
    for passed in (
        SECOND * 30,
        MONTH - SECOND,
        MONTH,
        MONTH + SECOND * 30,
        90 * DAY - SECOND,
        90 * DAY,
    ):
        await guesser.attempts.purge(NOON + passed)
        tables = ("leases", "failures", "known_places")
        kept.append(tuple([await rows(house, table) for table in tables]))

    assert [(0, 3, 1), (0, 3, 1), (0, 2, 1), (0, 0, 1), (0, 0, 1), (0, 0, 0)] == kept


async def test_tenants_know_nothing_of_each_other(house: House, guesser: Guesser) -> None:
    """Rule R9: same names, same places, same directories: the counts are apart."""
    other = Guesser((await house.neighbour()).stores.attempts)
    await guesser.fails(a_guess(), times=LIMIT)
    lease = await guesser.is_let_in(a_guess(ELSEWHERE))
    await other.attempts.settle(lease, Outcome.WRONG, NOON)
    lifted = await other.attempts.lift([(1, "somebody")])

    assert isinstance(await other.asks(a_guess()), Lease)
    assert 0 == lifted
    assert {HERE: LIMIT} == await guesser.counts()


async def test_parallel_guesses_never_outrun_the_limit(house: House) -> None:
    """G1: forty at once over two processes and all their connections: three are let in."""
    again = await open_database(house.url, data_dir=Path("/nonexistent"))
    try:
        stores = (house.stores.attempts, house.other_worker(again).attempts)
        for turn in range(5):
            name = a_guess(subject=f"somebody{turn}")
            asked = (stores[number % 2].reserve(name, NOON) for number in range(40))
            came = await asyncio.gather(*asked)
            leases = [one for one in came if isinstance(one, Lease)]
            ended = (
                stores[number % 2].settle(lease, Outcome.WRONG, NOON)
                for number, lease in enumerate(leases)
            )
            settled = await asyncio.gather(*ended)

            assert LIMIT == len(leases)
            assert 40 - LIMIT == came.count(Busy())
            assert [(SHIELD,)] == [one.reached for one in settled if one.reached]
    finally:
        await again.close()


async def test_place_of_a_success_is_noted_once_a_day(house: House, guesser: Guesser) -> None:
    """Where a user logs in from is known from then, without a write at every login."""
    ann = (await house.furnish()).user.key
    noted = []
    for passed in (timedelta(), timedelta(hours=23), DAY, DAY + SECOND):
        guesser.at = NOON + passed
        await guesser.ends(a_guess(user_key=ann), Outcome.RIGHT)
        noted.append((await guesser.attempts.known_places(ann))[HERE] - NOON)
    await guesser.ends(a_guess(ELSEWHERE, user_key=ann), Outcome.WRONG)

    assert [timedelta(), timedelta(), timedelta(), DAY + SECOND] == noted
    assert {HERE} == set(await guesser.attempts.known_places(ann))


async def test_place_is_known_for_three_months(house: House, guesser: Guesser) -> None:
    """A lease says whether the user logged in from there lately."""
    ann = (await house.furnish()).user.key
    await guesser.ends(a_guess(user_key=ann), Outcome.RIGHT)
    known = []
    for passed in (SECOND, 90 * DAY - SECOND, 90 * DAY):
        guesser.at = NOON + passed
        lease = await guesser.is_let_in(a_guess(user_key=ann))
        known.append(lease.is_known)
        await guesser.attempts.settle(lease, Outcome.VOID, guesser.at)

    assert [True, True, False] == known


async def _removed(house: House, user_id: str, other_id: str) -> None:
    del other_id
    assert await house.stores.users.remove(user_id)


async def _linked(house: House, user_id: str, other_id: str) -> None:
    assert await house.stores.users.link(other_id, user_id, lambda _: {}, NOON) is not None


@pytest.mark.parametrize("gone", [_removed, _linked])
async def test_everything_of_a_user_goes_with_the_user(
    house: House, guesser: Guesser, gone: Callable[[House, str, str], Coroutine[Any, Any, None]]
) -> None:
    """D9: failures, tries under way and known places; and a try that ends later leaves none."""
    furnished = await house.furnish()
    users, ann = house.stores.users, furnished.user
    bob = await users.add(NewUser(connection="Employees"), furnished.connection, NOON)
    assert bob is not None
    late = [await guesser.is_let_in(a_guess(user_key=ann.key)) for _ in range(2)]
    await guesser.ends(a_guess(user_key=ann.key), Outcome.RIGHT)
    await guesser.fails(a_guess(ELSEWHERE, user_key=ann.key))
    before = [await rows(house, table) for table in TABLES]
    await gone(house, ann.user_id, bob.user_id)
    after = [await rows(house, table) for table in TABLES]
    for lease, outcome in zip(late, (Outcome.WRONG, Outcome.RIGHT), strict=True):
        await guesser.attempts.settle(lease, outcome, NOON)

    assert [1, 2, 1] == before
    assert [0, 0, 0] == after
    assert [0, 0, 0] == [await rows(house, table) for table in TABLES]


async def test_new_password_lifts_every_block_of_the_user(house: House, guesser: Guesser) -> None:
    """§5.1: whoever has set a new password may use it, from everywhere."""
    furnished = await house.furnish()
    ann, connection = furnished.user.key, furnished.connection.key
    await guesser.fails(a_guess(user_key=ann), times=LIMIT)
    identity = await house.stores.passwords.identity_key(ann, connection)
    assert identity is not None
    await house.stores.passwords.change(ann, Secret("$2"), NOON, identity_key=identity, keep=0)

    assert isinstance(await guesser.asks(a_guess(user_key=ann)), Lease)


async def test_refusal_is_remembered_for_a_second(house: House, guesser: Guesser) -> None:
    """A flood of blocked tries is answered without the database, and it is counted how many."""
    await guesser.fails(a_guess(), times=LIMIT)
    first = await guesser.is_refused(a_guess(), NAME)
    attempts = guesser.attempts
    remembered = [attempts.recall(1, NAME, HERE) for _ in range(3)]
    others = [attempts.recall(*key) for key in ((2, NAME, HERE), (1, "b", HERE), (1, NAME, "::"))]
    house.clock.pass_s(1)
    forgotten = attempts.recall(1, NAME, HERE)
    again = await guesser.is_refused(a_guess(), NAME)

    assert [True] * 3 == [one is not None and one.is_remembered for one in remembered]
    assert {first.retry_after_s} == {one.retry_after_s for one in remembered if one}
    assert [None, None, None, None] == [*others, forgotten]
    assert (0, 3) == (first.more, again.more)


@pytest.mark.parametrize("how", ["lost", "expired", "told"])
async def test_block_that_nobody_heard_of_is_told_by_the_next_refusal(
    guesser: Guesser, how: str
) -> None:
    """A client that hung up, or a crash, keeps neither the log nor the user in the dark."""
    await guesser.fails(a_guess(), times=LIMIT - 1)
    last = await guesser.is_let_in(a_guess())
    if how == "expired":
        guesser.at += timedelta(seconds=30)
    else:
        outcome = Outcome.LOST if how == "lost" else Outcome.WRONG
        await guesser.attempts.settle(last, outcome, guesser.at)
    refused = [await guesser.is_refused(a_guess()) for _ in range(2)]

    assert [how != "told", False] == [one.is_first for one in refused]


LIFTING: dict[str, Callable[[Attempts], Coroutine[Any, Any, Any]]] = {
    "name": lambda attempts: attempts.lift([(1, "somebody")]),
    "user": lambda attempts: attempts.lift_user(1),
    "address": lambda attempts: attempts.refill([HERE]),
}


@pytest.mark.parametrize("lifted", LIFTING.values(), ids=LIFTING)
async def test_what_is_lifted_here_is_remembered_no_more(
    house: House, guesser: Guesser, lifted: Callable[[Attempts], Coroutine[Any, Any, Any]]
) -> None:
    """The process that lifts forgets at once; others do within the second."""
    await guesser.fails(a_guess(), times=LIMIT)
    other = Guesser(house.other_worker().attempts)
    for one in (guesser, other):
        await one.is_refused(a_guess(), NAME)
    await lifted(guesser.attempts)

    assert guesser.attempts.recall(1, NAME, HERE) is None
    assert other.attempts.recall(1, NAME, HERE) is not None


async def test_block_is_in_force_at_every_process(house: House, guesser: Guesser) -> None:
    """What one process counted another one refuses, also after all were started anew."""
    await guesser.fails(a_guess(), times=LIMIT)
    again = await open_database(house.url, data_dir=Path("/nonexistent"))
    try:
        came = await house.other_worker(again).attempts.reserve(a_guess(), NOON)
    finally:
        await again.close()

    assert isinstance(came, Blocked)


async def test_note_is_for_the_first_who_asks(house: House, guesser: Guesser) -> None:
    """A note for the log is written once within its time."""
    asked = []
    for passed_s in (0, 0, 59, 1):
        house.clock.pass_s(passed_s)
        asked.append(guesser.attempts.is_first("occasion", 60))

    assert [True, False, False, True] == asked
