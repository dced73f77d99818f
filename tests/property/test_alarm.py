"""What must hold of alarms, whatever was counted."""

from hypothesis import given
from hypothesis import strategies as st

from gateword.domain.tally import Tally
from gateword.policy.alarm import (
    FEWEST_TRIES,
    LEAST_RATIO,
    SLOT,
    TIMES,
    findings,
    is_crowd,
    is_over,
    least,
    slot_of,
)
from tests.unit.makers import NOW

shares = st.floats(0, 1)


@st.composite
def weeks(draw: st.DrawFn) -> list[Tally]:
    """Draw slots up to the present, with holes."""
    numbers = draw(st.sets(st.integers(0, 1_100), max_size=60))
    tallies = []
    for number in sorted(numbers, reverse=True):
        failures = draw(st.integers(0, 300))
        tallies.append(
            Tally(
                slot=slot_of(NOW) - number * SLOT,
                logins=draw(st.integers(0, 300)),
                failures=failures,
                strangers=draw(st.integers(0, failures)),
            )
        )
    return tallies


@given(weeks())
def test_alarm_rings_only_for_many_tries_and_a_large_share(tallies: list[Tally]) -> None:
    """Whatever was usual: 50 tries at least, 0.3 of them at least, and more than usual."""
    for finding in findings(tallies, NOW):
        assert 0 <= finding.ratio <= 1
        assert 0 <= finding.baseline <= 1
        if finding.rings:
            assert finding.tries >= FEWEST_TRIES
            assert finding.ratio >= max(LEAST_RATIO, finding.baseline - 1e-9)


@given(weeks())
def test_more_failures_never_silence_an_alarm(tallies: list[Tally]) -> None:
    """Tries that fail besides make what rings ring on."""
    present = slot_of(NOW)
    more = [
        Tally(
            slot=one.slot,
            logins=one.logins,
            failures=one.failures + 100,
            strangers=one.strangers + 100,
        )
        if one.slot >= present - SLOT
        else one
        for one in tallies
    ]
    for was, now in zip(findings(tallies, NOW), findings(more, NOW), strict=True):
        assert now.rings or not was.rings


@given(weeks())
def test_failures_of_other_weeks_and_the_order_change_nothing(tallies: list[Tally]) -> None:
    """What is judged are numbers by slot, not a history."""
    old = Tally(slot=slot_of(NOW) - 2_000 * SLOT, failures=10_000, strangers=10_000)

    assert findings(tallies, NOW) == findings([old, *reversed(tallies)], NOW)


@given(shares, shares)
def test_least_share_rises_with_the_usual_and_can_be_reached(one: float, other: float) -> None:
    """However much fails every day, an attack can still ring; and never less than the usual."""
    low, high = sorted((one, other))

    assert LEAST_RATIO <= least(low) <= least(high) <= 1
    assert low - 1e-9 <= least(low) <= max(LEAST_RATIO, TIMES * low) + 1e-9


@given(weeks(), st.integers(0, 5))
def test_alarm_never_ends_in_the_slot_it_began_in(tallies: list[Tally], slots: int) -> None:
    """Two events in ten minutes at most."""
    since = slot_of(NOW) - slots * SLOT
    for finding in findings(tallies, NOW):
        if is_over(finding, since, NOW):
            assert slots > 0
            assert not finding.rings


@given(st.integers(0, 1_000), st.integers(0, 1_000), st.integers(0, 1_000))
def test_crowd_whose_logins_mostly_succeed_is_none(new: int, right: int, wrong: int) -> None:
    """An application that starts anew tells every address for the first time."""
    if right * 9 >= wrong:
        assert not is_crowd(new, right + wrong, wrong)
