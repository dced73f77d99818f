import time
from dataclasses import dataclass

import pytest

from gateword.web.rate_limit import RateLimit, Taken


@dataclass
class Clock:
    """A monotonic clock that stands until it is moved."""

    at_s: float = 1000.0

    def __call__(self) -> float:
        return self.at_s


@pytest.fixture
def clock() -> Clock:
    """Time of one test."""
    return Clock()


def taken(limit: RateLimit, key: str = "k") -> Taken:
    """Return a request's place; there is a limit."""
    place = limit.take(key)
    assert place is not None
    return place


def test_bucket_admits_its_size_and_no_more(clock: Clock) -> None:
    """At one moment as many requests pass as the bucket holds."""
    limit = RateLimit(3, 1, clock)
    places = [taken(limit) for _ in range(5)]
    assert [True, True, True, False, False] == [place.admitted for place in places]
    assert [2, 1, 0, 0, 0] == [place.remaining for place in places]
    assert {3} == {place.limit for place in places}


def test_bucket_says_when_it_has_one_more_or_is_full(clock: Clock) -> None:
    """While some are left the reset is when the bucket is full; else when there is one."""
    limit = RateLimit(3, 0.5, clock)
    assert [2.0, 4.0, 2.0, 2.0] == [taken(limit).reset_s for _ in range(4)]


@pytest.mark.parametrize(
    ("passed_s", "admitted"), [(0.0, 0), (0.9, 0), (1.0, 1), (1.9, 1), (2.5, 2), (3.0, 3), (1e6, 3)]
)
def test_bucket_fills_with_time_up_to_its_size(
    clock: Clock, passed_s: float, admitted: int
) -> None:
    """One a second comes back, and never more than the size."""
    limit = RateLimit(3, 1, clock)
    for _ in range(3):
        taken(limit)
    clock.at_s += passed_s
    assert admitted == sum(taken(limit).admitted for _ in range(5))


def test_bucket_keeps_fractions_between_requests(clock: Clock) -> None:
    """Refused requests cost nothing, and do not delay the next one that passes."""
    limit = RateLimit(1, 1, clock)
    taken(limit)
    admitted = []
    for _ in range(8):
        clock.at_s += 0.25
        admitted.append(taken(limit).admitted)
    assert [False, False, False, True] * 2 == admitted


def test_keys_have_buckets_of_their_own(clock: Clock) -> None:
    """One tenant's or user's requests never count against another's."""
    limit = RateLimit(1, 1, clock)
    assert taken(limit, "one").admitted
    assert taken(limit, "two").admitted
    assert not taken(limit, "one").admitted


def test_size_of_zero_limits_nothing(clock: Clock) -> None:
    """Zero switches the limit off."""
    limit = RateLimit(0, 1, clock)
    assert [None] * 100 == [limit.take("k") for _ in range(100)]


def test_first_refusal_of_a_row_is_told_apart(clock: Clock) -> None:
    """Only the first of a row of refusals is worth a log row."""
    limit = RateLimit(1, 1, clock)
    firsts = [taken(limit).is_first for _ in range(4)]
    clock.at_s += 1
    firsts += [taken(limit).is_first for _ in range(3)]
    assert [False, True, False, False, False, True, False] == firsts


def test_forgotten_key_is_the_one_not_seen_for_longest(clock: Clock) -> None:
    """Many strangers' keys push out idle ones, not the one that is being limited."""
    limit = RateLimit(1, 1e-9, clock)
    taken(limit, "idle")
    admitted = 0
    for number in range(60_000):
        if number % 1000 == 0:
            admitted += taken(limit, "busy").admitted
        taken(limit, str(number))
    assert 1 == admitted
    assert taken(limit, "idle").admitted


def test_headers_are_whole_numbers() -> None:
    """Auth0 "Rate limit policy": limit, remaining, and the reset in epoch seconds."""
    before = time.time()
    headers = Taken(limit=10, remaining=3, reset_s=1.5, admitted=True).headers()
    reset = int(headers.pop("x-ratelimit-reset"))
    assert before + 1.5 <= reset <= time.time() + 2.5
    assert {"x-ratelimit-limit": "10", "x-ratelimit-remaining": "3"} == headers
