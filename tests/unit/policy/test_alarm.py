from datetime import timedelta

import pytest

from gateword.domain.tally import Tally
from gateword.policy.alarm import (
    FAILURES,
    FEWEST_SLOTS,
    SLOT,
    STRANGERS,
    Finding,
    are_enough,
    findings,
    is_crowd,
    is_over,
    least,
    slot_of,
)
from tests.unit.makers import NOW

PRESENT = slot_of(NOW)
LAST = PRESENT - SLOT
BEFORE = LAST - SLOT


def _usual(failed: int, strangers: int = 0, slots: int = FEWEST_SLOTS) -> list[Tally]:
    """Return slots before the two that are judged, each of 20 tries."""
    return [
        Tally(slot=BEFORE - n * SLOT, logins=20 - failed, failures=failed, strangers=strangers)
        for n in range(slots)
    ]


def _one(found: str, tallies: list[Tally]) -> Finding:
    return next(one for one in findings(tallies, NOW) if one.alarm == found)


FAILING = {
    # usual failures of 20 tries, right and wrong of the last full slot, does it ring
    "as usual": (2, 45, 5, False),
    "three times as many": (2, 35, 15, True),
    "nearly three times as many": (2, 36, 14, False),
    "much, of few": (2, 0, 49, False),
    "much, of just enough": (2, 0, 50, True),
    "three times, and yet less than 0.3": (1, 82, 18, False),
    "much failed before": (4, 21, 29, False),
    "much failed before, and now three times": (4, 20, 30, True),
    "most failed before": (12, 10, 90, True),
    "most failed before, and a little more now": (12, 20, 80, False),
}


@pytest.mark.parametrize(("usual", "right", "wrong", "rings"), FAILING.values(), ids=FAILING)
def test_failures_ring_when_they_are_far_beyond_the_usual(
    usual: int,
    right: int,
    wrong: int,
    rings: bool,  # noqa: FBT001
) -> None:
    """50 tries at least, 0.3 of them, and three times the usual (or a third of the successes)."""
    last = Tally(slot=LAST, logins=right, failures=wrong)

    found = _one(FAILURES, [*_usual(usual), last])

    assert (rings, wrong / (right + wrong), usual / 20, right + wrong) == (
        found.rings,
        found.ratio,
        found.baseline,
        found.tries,
    )


def test_names_of_nobody_ring_by_themselves() -> None:
    """Where half of the logins fail anyway, that they fail for another reason rings."""
    last = Tally(slot=LAST, logins=50, failures=50, strangers=45)
    tallies = [*_usual(10, strangers=1), last]

    assert not _one(FAILURES, tallies).rings
    assert _one(STRANGERS, tallies).rings


def test_attack_rings_before_its_slot_is_full() -> None:
    """The slot under way is judged as soon as it has tries enough."""
    quiet = Tally(slot=LAST, logins=90, failures=10)
    begun = Tally(slot=PRESENT, logins=5, failures=45)

    assert Finding(alarm=FAILURES, ratio=0.9, baseline=0.1, tries=50, rings=True) == _one(
        FAILURES, [*_usual(2), quiet, begun]
    )


def test_tenant_that_nobody_knows_has_a_tenth_as_usual() -> None:
    """Less than six hours of logins before the slots that are judged tell nothing."""
    judged = [Tally(slot=slot, failures=20) for slot in (LAST, PRESENT)]
    few = [*_usual(18, slots=FEWEST_SLOTS - 1), *judged]

    assert 0.1 == _one(FAILURES, few).baseline
    assert 0.9 == _one(FAILURES, _usual(18)).baseline


def test_week_before_is_what_is_usual_and_nothing_else() -> None:
    """Older slots, and those that are judged, do not count."""
    week = timedelta(days=7)
    old = [Tally(slot=LAST - week - n * SLOT, failures=20) for n in range(1, 50)]
    judged = [Tally(slot=slot, failures=20) for slot in (LAST, PRESENT)]

    assert 0.05 == _one(FAILURES, [*old, *_usual(1), *judged]).baseline


def test_attack_of_hours_does_not_become_usual() -> None:
    """Half of the week's slots must be an attack's before it passes for normal."""
    attack = [Tally(slot=BEFORE - n * SLOT, logins=10, failures=990) for n in range(30)]
    quiet = [
        Tally(slot=BEFORE - n * SLOT, logins=19, failures=1) for n in range(30, FEWEST_SLOTS + 30)
    ]
    last = Tally(slot=LAST, logins=10, failures=990)

    assert _one(FAILURES, [*quiet, *attack, last]).rings


def test_nothing_counted_rings_nothing() -> None:
    """A tenant where nobody logs in."""
    assert [(FAILURES, 0, False), (STRANGERS, 0, False)] == [
        (one.alarm, one.tries, one.rings) for one in findings([], NOW)
    ]


@pytest.mark.parametrize(
    ("rings", "since", "over"),
    [(True, BEFORE, False), (False, BEFORE, True), (False, LAST, True), (False, PRESENT, False)],
)
def test_alarm_lasts_to_the_end_of_the_slot_it_began_in(
    rings: bool,  # noqa: FBT001
    since: object,
    over: bool,  # noqa: FBT001
) -> None:
    """What goes up and down around the limit does not ring every minute."""
    finding = Finding(alarm=FAILURES, ratio=0.5, baseline=0.1, tries=99, rings=rings)

    assert over == is_over(finding, since, NOW)  # type: ignore[arg-type]  # times, all of them


@pytest.mark.parametrize(
    ("tries", "enough"), [([], False), ([49, 49], False), ([0, 50], True), ([50, 0], True)]
)
def test_slots_are_judged_when_one_has_tries_enough(tries: list[int], enough: bool) -> None:  # noqa: FBT001
    """Two half slots are none."""
    tallies = [Tally(slot=LAST + n * SLOT, logins=logins) for n, logins in enumerate(tries)]

    assert enough == are_enough(tallies)


@pytest.mark.parametrize(
    ("addresses", "tries", "failures", "crowd"),
    [(60, 600, 600, False), (61, 61, 61, True), (61, 100, 90, False), (61, 100, 91, True)],
)
def test_new_addresses_are_an_attacks_when_nearly_all_fail(
    addresses: int,
    tries: int,
    failures: int,
    crowd: bool,  # noqa: FBT001
) -> None:
    """More than 60 a minute, and more than 90 of 100 tries."""
    assert crowd == is_crowd(addresses, tries, failures)


@pytest.mark.parametrize(
    ("baseline", "share"),
    [(0.0, 0.3), (0.1, 0.3), (0.2, 0.6), (0.25, 0.75), (0.4, 0.8), (1.0, 1.0)],
)
def test_least_share_that_rings(baseline: float, share: float) -> None:
    """Three times the usual, and never more than everything."""
    assert share == pytest.approx(least(baseline))


def test_slot_begins_at_full_ten_minutes() -> None:
    """So every process counts into the same ones."""
    assert (0, 0, 0) == (PRESENT.minute % 10, PRESENT.second, PRESENT.microsecond)
    assert slot_of(PRESENT) == PRESENT
    assert slot_of(PRESENT - timedelta(microseconds=1)) == LAST
