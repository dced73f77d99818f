from collections import Counter
from itertools import count

import pytest

from gateword.crypto.fair_queue import FairQueue
from gateword.ports.crypto import Asker

A = Asker("t", "app", "192.0.2.1")
B = Asker("t", "app", "192.0.2.2")
C = Asker("t", "another app", "192.0.2.1")
D = Asker("another tenant", "app", "192.0.2.1")
MOST_S = 1.0


def queue_of(*jobs: tuple[str, Asker, float]) -> FairQueue[str]:
    """Return a queue with jobs of no kind, put in in this order."""
    queue: FairQueue[str] = FairQueue()
    for what, asker, cost_s in jobs:
        queue.put(what, asker, "", cost_s)
    return queue


def flood(asker: Asker, count: int, cost_s: float = 0.1) -> list[tuple[str, Asker, float]]:
    """Return many jobs of one asker."""
    return [(f"{asker.address} {number}", asker, cost_s) for number in range(count)]


def taken(queue: FairQueue[str], count: int) -> list[str]:
    """Return the next jobs."""
    jobs = (queue.take() for _ in range(count))
    return [job.what for job in jobs if job]


def test_one_askers_jobs_are_taken_in_their_order() -> None:
    """Nobody overtakes himself, and an empty queue has nothing."""
    queue = queue_of(("first", A, 0.1), ("second", A, 0.2), ("third", A, 0.1))
    assert ["first", "second", "third"] == taken(queue, 4)
    assert (0, 0.0) == (len(queue), queue.waiting_s)


@pytest.mark.parametrize("other", [B, C, D], ids=["address", "client", "tenant"])
def test_one_job_of_another_is_next_however_many_wait(other: Asker) -> None:
    """D4: a flood of one address, client or tenant holds up nobody else."""
    queue = queue_of(*flood(A, 100))
    taken(queue, 5)
    queue.put("other", other, "", 0.1)
    assert "other" in taken(queue, 2)


def test_addresses_of_a_flooding_client_share_its_turn() -> None:
    """D4: an application that floods from a hundred addresses gets no more than one from one."""
    crowd = [Asker("t", "app", f"192.0.2.{number}") for number in range(100)]
    queue = queue_of(*(("crowd", asker, 0.1) for asker in crowd), *flood(C, 50))
    assert 10 == taken(queue, 20).count("crowd")


def test_dear_jobs_are_paid_for_in_seconds() -> None:
    """Who asks for hashes ten times as dear gets a tenth as many of them."""
    queue = queue_of(
        *(("dear", A, 1.0) for _ in range(50)), *(("cheap", B, 0.1) for _ in range(90))
    )
    counts = Counter(taken(queue, 77))
    assert {"dear": 7, "cheap": 70} == counts


def test_who_comes_back_has_neither_saved_up_nor_lost_a_debt() -> None:
    """A dear job is paid for also by who had nothing else waiting when it was taken."""
    queue = queue_of(("dear", A, 1.0), *(("cheap", B, 0.1) for _ in range(30)))
    assert ["dear"] == taken(queue, 1)
    queue.put("dear again", A, "", 1.0)
    assert ["cheap"] * 10 == taken(queue, 10)
    assert "dear again" in taken(queue, 2)


def test_nobody_owes_anything_once_all_have_had_theirs() -> None:
    """An empty queue begins anew: what was asked for while nobody waited cost nobody anything."""
    queue = queue_of(("dear", A, 9.0))
    taken(queue, 1)
    queue.put("A", A, "", 0.1)
    queue.put("B", B, "", 0.1)
    assert ["A", "B"] == taken(queue, 2)


def test_riders_are_of_the_kind_and_taken_in_turns() -> None:
    """A batch takes one job of each asker before a second one of any."""
    queue: FairQueue[str] = FairQueue()
    for what, asker, kind in (
        ("A1", A, "bcrypt 10"),
        ("A2", A, "bcrypt 10"),
        ("A3", A, ""),
        ("B1", B, ""),
        ("B2", B, "bcrypt 10"),
        ("C1", C, "bcrypt 12"),
    ):
        queue.put(what, asker, kind, 0.1)
    first = queue.take()
    riders = [queue.take("bcrypt 10") for _ in range(4)]

    assert first is not None
    assert ["A1", "B2", "A2"] == [first.what, *(rider.what for rider in riders if rider)]
    assert {"A3", "B1", "C1"} == set(taken(queue, 5))


def test_job_that_nobody_wants_leaves_at_once_and_costs_nothing() -> None:
    """A client that hangs up and asks again stands where it stood; taken jobs cannot be dropped."""
    queue = queue_of(("B", B, 0.1), ("B", B, 0.1))
    unwanted = [queue.put("A", A, "", 5.0) for _ in range(20)]
    assert [True] * 20 == [queue.drop(one) for one in unwanted]
    assert [False] * 20 == [queue.drop(one) for one in unwanted]
    assert pytest.approx(0.2) == queue.waiting_s
    queue.put("A wanted", A, "", 0.1)

    assert "A wanted" in taken(queue, 2)
    last = queue.take()
    assert last is not None
    assert not queue.drop(last)


def late_s(queue: FairQueue[str], asker: Asker) -> float:
    """Return how long an asker has to wait before the queue takes one more of his jobs."""
    return queue.late_s(asker, queue.waiting_s, MOST_S)


def is_let_in(queue: FairQueue[str], what: str, asker: Asker, cost_s: float = 0.1) -> bool:
    """Put a job in if it may be, as the pool does."""
    if late_s(queue, asker):
        return False
    while (over_s := queue.waiting_s - MOST_S) > 0 and queue.push_out(asker, over_s):
        pass
    queue.put(what, asker, "", cost_s)
    return True


def test_full_queue_refuses_who_filled_it_and_takes_others() -> None:
    """D4: over the bound the flood is refused, and a newcomer gets in."""
    queue = queue_of(*flood(A, 11))
    assert late_s(queue, A) == pytest.approx(1.1)
    assert [0.0] * 3 == [late_s(queue, other) for other in (B, C, D)]


def test_full_queue_takes_who_has_less_than_a_fair_share() -> None:
    """Of two askers one may fill his half while the other waits for more than his own."""
    queue = queue_of(*flood(A, 9), ("B", B, 0.1), ("B", B, 0.1))
    assert 0.0 == late_s(queue, B)
    assert 0.0 < late_s(queue, A)


def test_who_floods_is_told_to_come_when_his_own_are_done() -> None:
    """`Retry-After` reckons with the share of the threads that his jobs get."""
    queue = queue_of(*flood(A, 10), ("B", B, 0.1), ("C", C, 0.1))
    assert pytest.approx(1.1 * 2) == late_s(queue, A)
    assert pytest.approx(1.0 * 2) == late_s(queue_of(*flood(A, 10), ("B", B, 0.1)), A)


def crowd(count: int) -> list[tuple[str, Asker, float]]:
    """Return a job each of many addresses of one client."""
    return [("once", Asker("t", "app", f"203.0.113.{number}"), 0.1) for number in range(count)]


def test_newcomer_gains_nothing_on_those_who_have_one_job_each() -> None:
    """Whoever waits with one job keeps it; who comes as many is not let in as one more."""
    queue = queue_of(*crowd(11))
    assert 0.0 < late_s(queue, B)
    queue.put("C", C, "", 0.01)
    assert pytest.approx(1.1 * 2) == late_s(queue, B)
    assert 0.0 == late_s(queue, C)


@pytest.mark.parametrize("quiet", [C, D], ids=["client", "tenant"])
def test_crowd_of_one_client_does_not_keep_out_another(quiet: Asker) -> None:
    """D4: fifty new addresses for each hash that is done, and who asks now and then is served."""
    queue: FairQueue[str] = FairQueue()
    addresses, let_in, done = count(), [], []
    for turn in range(400):
        for _ in range(50):
            is_let_in(queue, "once", Asker("t", "app", str(next(addresses))), 0.03)
        if turn % 20 == 0:
            let_in.append(is_let_in(queue, "quiet", quiet, 0.03))
        done += taken(queue, 1)
    assert [True] * 20 == let_in
    assert 20 == done.count("quiet")


def test_newest_job_of_who_has_most_makes_room() -> None:
    """Of the tenant with most the client with most, and of that the address; others keep theirs."""
    queue = queue_of(*flood(A, 7), ("B", B, 0.1), ("B", B, 0.1), ("C", C, 0.1), ("C", C, 0.1))
    assert is_let_in(queue, "D", D)
    left = Counter(taken(queue, 20))
    assert {"D": 1, "B": 2, "C": 2} == {who: left[who] for who in "DBC"}
    assert {f"{A.address} {number}" for number in range(6)} < left.keys()
    assert f"{A.address} 6" not in left


def test_who_has_as_much_as_another_pushes_nobody_out() -> None:
    """Equals do not take turns at pushing each other out."""
    queue = queue_of(*flood(A, 7), *flood(B, 4))
    assert is_let_in(queue, "B", B)
    assert [False] * 4 == [is_let_in(queue, "more", asker) for asker in (A, B, A, B)]


def test_dear_job_takes_no_more_from_who_has_most_than_there_is_too_much() -> None:
    """The bound is of what goes before a job, however dear it is itself."""
    queue = queue_of(*flood(A, 11))
    assert is_let_in(queue, "dear", D, 3.0)
    assert pytest.approx(4.0) == queue.waiting_s
    assert not is_let_in(queue, "dear", D, 3.0)


def test_queue_never_holds_more_than_the_bound() -> None:
    """D4: however many ask, what waits is bounded; one job may begin to wait at the bound."""
    queue: FairQueue[str] = FairQueue()
    for number in range(10_000):
        asker = Asker("t", f"app {number % 7}", f"192.0.2.{number % 50}")
        is_let_in(queue, "job", asker, (number % 3 + 1) / 100)
        assert queue.waiting_s < MOST_S + 2 * 0.03
    assert queue.waiting_s > MOST_S - 0.03


def test_new_askers_one_after_another_do_not_keep_others_from_their_turns() -> None:
    """D4: who sends each guess from a new address does not hold up a user's second hash."""
    queue, done = queue_of(*flood(A, 10)), []
    for number in range(30):
        queue.put("once", Asker("t", "app", str(number)), "", 0.1)
        done += taken(queue, 1)
    assert 5 <= len(done) - done.count("once")


def test_who_has_gone_is_forgotten() -> None:
    """Memory follows what waits, not everybody who ever asked."""
    queue = queue_of(*flood(A, 10, 0.001))
    for number in range(1_000):
        queue.put("once", Asker("t", "app", str(number)), "", 0.1)
        while (job := queue.take()) is not None and job.what != "once":
            pass
        queue.put("A", A, "", 0.1)
    group = queue._all.members["t"].members["app"]  # noqa: SLF001  nowhere else to be seen
    assert len(group.debts) < 100
