import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateword.policy import velocity

AT = 1_800_000_000_000
SIZES = st.integers(1, 1000)
RATES = st.integers(1, 1_000_000)


def spent(full_at_ms: int, at_ms: int, size: int, refill_ms: int, count: int = 1) -> int:
    """Return what a store keeps of a bucket after some of its tokens were taken."""
    due = velocity.due_ms(full_at_ms, at_ms, size, refill_ms) + count * refill_ms
    return at_ms + min(due, size * refill_ms)


@pytest.mark.parametrize(
    ("full_at", "expected"),
    [(0, 3.0), (AT, 3.0), (AT + 500, 2.5), (AT + 1000, 2.0), (AT + 3000, 0.0), (AT + 9000, 0.0)],
)
def test_bucket_is_known_by_when_it_is_full(full_at: int, expected: float) -> None:
    """Three tokens, one each second; one never seen is full."""
    assert expected == velocity.tokens(full_at, AT, size=3, refill_ms=1000)


@given(size=SIZES, refill_ms=RATES, later_ms=st.integers(0, 10**9))
def test_as_many_are_spent_as_it_holds_and_time_gives_them_back(
    size: int, refill_ms: int, later_ms: int
) -> None:
    """§5.2: `max_attempts` at once, then one more each `rate` milliseconds, never more."""
    full_at = 0
    for left in range(size, 0, -1):
        assert left == velocity.tokens(full_at, AT, size, refill_ms)
        full_at = spent(full_at, AT, size, refill_ms)

    assert velocity.tokens(full_at, AT, size, refill_ms) < 1
    held = velocity.tokens(full_at, AT + later_ms, size, refill_ms)
    assert math.isclose(min(size, later_ms / refill_ms), held, abs_tol=1e-9)


@given(size=SIZES, refill_ms=RATES, spends=st.lists(st.integers(-5000, 5000), max_size=50))
def test_bucket_never_owes_nor_gains(size: int, refill_ms: int, spends: list[int]) -> None:
    """Whatever the clock does, there are between none and all tokens (D5)."""
    full_at, at = 0, AT
    for step in spends:
        at += step
        before = velocity.tokens(full_at, at, size, refill_ms)
        full_at = spent(full_at, at, size, refill_ms)
        after = velocity.tokens(full_at, at, size, refill_ms)
        assert 0 <= after <= before <= size


@given(size=SIZES, refill_ms=RATES, count=st.integers(1, 2000), back_ms=st.integers(0, 10**7))
def test_clock_that_is_set_back_refills_nothing(
    size: int, refill_ms: int, count: int, back_ms: int
) -> None:
    """D5: an hour earlier there are no more tokens than now."""
    full_at = spent(0, AT, size, refill_ms, count)

    assert velocity.tokens(full_at, AT - back_ms, size, refill_ms) <= velocity.tokens(
        full_at, AT, size, refill_ms
    )


@given(size=SIZES, smaller=SIZES, refill_ms=RATES, count=st.integers(0, 2000))
def test_bucket_that_was_made_smaller_is_empty_at_worst(
    size: int, smaller: int, refill_ms: int, count: int
) -> None:
    """New settings are in force at once, and nobody waits longer than an empty bucket needs."""
    full_at = spent(0, AT, size, refill_ms, count)

    assert 0 <= velocity.due_ms(full_at, AT, smaller, refill_ms) <= smaller * refill_ms


@given(size=SIZES, refill_ms=RATES, count=st.integers(1, 2000))
def test_wait_that_is_told_is_long_enough(size: int, refill_ms: int, count: int) -> None:
    """Retry-After is whole seconds, one at least; then there is a token, and none before."""
    full_at = spent(0, AT, size, refill_ms, count)
    left = velocity.tokens(full_at, AT, size, refill_ms)
    wait_s = velocity.retry_after_s(left, refill_ms)
    later = velocity.tokens(full_at, AT + wait_s * 1000, size, refill_ms)

    assert wait_s >= 1
    assert later >= 1 - 1e-9
    if left < 1 and wait_s > 1:
        assert velocity.tokens(full_at, AT + (wait_s - 1) * 1000, size, refill_ms) < 1
