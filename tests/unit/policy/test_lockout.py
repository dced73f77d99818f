from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateword.policy import lockout

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MONTH_S = 30 * 24 * 3600
FAILURES = st.integers(0, 300)
LIMITS = st.integers(1, 100)
PASSED = st.timedeltas(timedelta(days=-40), timedelta(days=40))


def shut_for_s(failures: int, passed: timedelta = timedelta(), *, backs_off: bool = False) -> int:
    """Return for how long three failures shut the door."""
    return lockout.shut_for_s(failures, NOON, 3, NOON + passed, backs_off=backs_off)


@pytest.mark.parametrize(
    ("failures", "passed", "expected"),
    [
        (0, timedelta(), 0),
        (2, timedelta(), 0),
        (3, timedelta(), MONTH_S),
        (4, timedelta(), MONTH_S),
        (3, timedelta(days=29), 86_400),
        (3, timedelta(days=30, seconds=-1), 1),
        (3, timedelta(days=30), 0),
        (3, timedelta(hours=-1), MONTH_S),
    ],
)
def test_block_lasts_a_month_from_the_last_failure(
    failures: int, passed: timedelta, expected: int
) -> None:
    """§5.1; a clock that was set back neither opens it nor makes it longer (D5)."""
    assert expected == shut_for_s(failures, passed)


@pytest.mark.parametrize(
    ("failures", "passed", "expected"),
    [
        (2, timedelta(), 0),
        (3, timedelta(), 60),
        (4, timedelta(), 120),
        (5, timedelta(), 240),
        (8, timedelta(), 1920),
        (9, timedelta(), 3600),
        (300, timedelta(), 3600),
        (3, timedelta(seconds=59), 1),
        (3, timedelta(seconds=59, milliseconds=1), 1),
        (3, timedelta(seconds=60), 0),
        (3, timedelta(hours=-1), 60),
    ],
)
def test_waits_double_up_to_an_hour_in_the_back_off_style(
    failures: int, passed: timedelta, expected: int
) -> None:
    """§7: a minute, two, four, an hour at most."""
    assert expected == shut_for_s(failures, passed, backs_off=True)


@given(failures=FAILURES, limit=LIMITS, passed=PASSED, backs_off=st.booleans())
def test_door_is_open_below_the_limit_and_after_a_month(
    failures: int, limit: int, passed: timedelta, *, backs_off: bool
) -> None:
    """Nothing else opens it before its time, and it is never shut for longer than at first."""
    shut = lockout.shut_for_s(failures, NOON, limit, NOON + passed, backs_off=backs_off)

    if failures < limit or passed >= timedelta(days=30):
        assert 0 == shut
    elif passed <= timedelta():
        assert shut == (lockout.back_off_s(failures - limit) if backs_off else MONTH_S)
    else:
        assert 0 <= shut <= MONTH_S


@given(failures=FAILURES, limit=LIMITS, backs_off=st.booleans(), earlier=PASSED, later=PASSED)
def test_time_that_passes_never_makes_a_wait_longer(
    failures: int, limit: int, *, backs_off: bool, earlier: timedelta, later: timedelta
) -> None:
    """Retry-After counts down."""
    first, second = sorted((earlier, later))
    waits = [
        lockout.shut_for_s(failures, NOON, limit, NOON + passed, backs_off=backs_off)
        for passed in (first, second)
    ]

    assert waits[0] >= waits[1]


@given(seconds=st.floats(0, 10 * MONTH_S))
def test_long_waits_are_told_in_whole_minutes(seconds: float) -> None:
    """Retry-After is a whole number, never too small, and tells no exact time of a failure."""
    told = lockout.rounded(seconds)

    assert seconds <= told < seconds + 60
    assert told <= 3600 or told % 60 == 0


@given(failures=FAILURES, limit=LIMITS)
def test_slots_are_what_may_still_fail(failures: int, limit: int) -> None:
    """G1: failures and tries under way together are never more than the limit."""
    free = lockout.slots(failures, limit, backs_off=False)

    assert failures + free == limit


@given(failures=FAILURES, limit=LIMITS)
def test_tries_come_one_by_one_where_waits_grow(failures: int, limit: int) -> None:
    """§7: after a wait one try is free, not as many as the limit."""
    free = lockout.slots(failures, limit, backs_off=True)

    assert free == (limit - failures if failures < limit else 1)


@given(passed=PASSED)
def test_failures_count_for_a_month(passed: timedelta) -> None:
    """A failure on the thirtieth day is the first one again."""
    assert lockout.is_over(NOON, NOON + passed) == (passed >= timedelta(days=30))
