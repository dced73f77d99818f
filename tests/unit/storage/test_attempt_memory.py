"""What a process remembers of refusals."""

from gateword.ports.attempts import Blocked
from gateword.storage.attempt_memory import ASKING_S, REMEMBERED_S, Refusals
from tests.support.stand_ins import HouseClock

REFUSAL = Blocked(shield="brute-force", retry_after_s=3600)
ANN, PLACE = (1, "ann", "198.51.100.7"), (0, "", "198.51.100.7")


def _refused() -> tuple[Refusals, HouseClock]:
    clock = HouseClock()
    refusals = Refusals(clock.monotonic_s)
    refusals.keep(ANN, REFUSAL)
    return refusals, clock


def test_refusal_is_remembered_for_a_second() -> None:
    """Then the next try finds nothing, and asks."""
    refusals, clock = _refused()
    clock.passed_s = REMEMBERED_S - 0.01
    within = refusals.recall(*ANN)
    clock.passed_s = REMEMBERED_S

    assert within is not None
    assert within.is_remembered
    assert refusals.recall(*ANN) is None


def test_one_of_a_flood_asks_again() -> None:
    """While one asks the database, the others are answered from memory."""
    refusals, clock = _refused()
    clock.passed_s = REMEMBERED_S
    first = refusals.recall(*ANN)
    refusals.ask(*ANN)

    assert first is None
    assert refusals.recall(*ANN) is not None


def test_next_one_asks_when_the_first_gets_no_answer() -> None:
    """A try that is lost on its way does not keep the others from the truth."""
    refusals, clock = _refused()
    clock.passed_s = REMEMBERED_S
    refusals.ask(*ANN)
    clock.passed_s += ASKING_S

    assert refusals.recall(*ANN) is None


def test_refusal_of_the_whole_place_is_asked_for_once_too() -> None:
    """A throttled address is one question, under however many names it tries."""
    clock = HouseClock()
    refusals = Refusals(clock.monotonic_s)
    refusals.keep(PLACE, REFUSAL)
    clock.passed_s = REMEMBERED_S
    refusals.ask(*ANN)

    assert refusals.recall(1, "ben", "198.51.100.7") is not None


def test_who_was_admitted_since_is_not_refused_from_memory() -> None:
    """The block is over: neither the next try under the name nor from the place is told of it."""
    refusals, clock = _refused()
    refusals.keep(PLACE, REFUSAL)
    clock.passed_s = REMEMBERED_S
    refusals.ask(*ANN)
    refusals.admit(*ANN)

    assert refusals.recall(*ANN) is None


def test_what_ran_out_long_ago_is_not_told_again() -> None:
    """Two who come together long after a block: neither is refused because the other asks."""
    refusals, clock = _refused()
    clock.passed_s = 3600
    refusals.ask(*ANN)

    assert refusals.recall(*ANN) is None
