from datetime import datetime, timedelta
from typing import Any

import pytest

from gateword.domain.client import RefreshPolicy
from gateword.policy.refresh import Convert, Decision, Keep, Refuse, Rotate, decide, ends_at
from tests.unit.makers import NOW, a_refresh_token

SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
ROTATING = RefreshPolicy(rotating=True)
LENIENT = RefreshPolicy(rotating=True, leeway_s=10)
STEADY = RefreshPolicy()
REUSED = Refuse("reused", retire=True)


def decided(policy: RefreshPolicy, **token: Any) -> Decision:
    """Return what the client `shop` gets for a token of its own, now."""
    return decide(a_refresh_token(**token), "shop", policy, NOW)


def test_unknown_token_is_refused() -> None:
    """Nothing stored, nothing answered."""
    assert Refuse("unknown") == decide(None, "shop", ROTATING, NOW)


@pytest.mark.parametrize(
    "token",
    [{}, {"revoked_at": NOW}, {"used_at": NOW}, {"expires_at": NOW}, {"rotating": False}],
)
def test_token_of_another_client_is_refused_and_unharmed(token: dict[str, Any]) -> None:
    """Promise O4: a foreign client learns nothing and retires nothing."""
    assert Refuse("other_client") == decide(a_refresh_token(**token), "Shop", ROTATING, NOW)


def test_fresh_token_is_rotated_to_the_next_generation() -> None:
    """§3: a rotating token is exchanged for its successor."""
    assert Rotate(2) == decided(ROTATING)
    assert Rotate(6) == decided(ROTATING, counter=5, latest_counter=5)
    assert Rotate(6) == decided(ROTATING, counter=5, latest_counter=9)


def test_steady_token_is_kept() -> None:
    """§3: a non-rotating token stays valid."""
    assert Keep() == decided(STEADY, rotating=False)


@pytest.mark.parametrize("rotating", [True, False])
def test_token_is_converted_when_the_client_changed_its_mind(*, rotating: bool) -> None:
    """§3: switching rotation on or off acts at the next exchange."""
    policy = RefreshPolicy(rotating=rotating)
    assert Convert(rotating=rotating) == decided(policy, rotating=not rotating)


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ({"revoked_at": NOW}, Refuse("revoked")),
        ({"revoked_at": NOW - SECOND, "used_at": NOW - SECOND}, Refuse("revoked")),
        ({"expires_at": NOW}, Refuse("expired_absolute")),
        ({"expires_at": NOW, "used_at": NOW - SECOND}, Refuse("expired_absolute")),
        ({"expires_at": NOW, "idle_expires_at": NOW}, Refuse("expired_absolute")),
        ({"expires_at": NOW + TICK}, Rotate(2)),
        ({"idle_expires_at": NOW}, Refuse("expired_idle")),
        ({"idle_expires_at": NOW - SECOND}, Refuse("expired_idle")),
        ({"idle_expires_at": NOW + TICK}, Rotate(2)),
        ({"idle_expires_at": NOW, "rotating": False}, Refuse("expired_idle")),
        ({"used_at": NOW}, REUSED),
        ({"used_at": NOW, "latest_counter": 2}, REUSED),
        # The loser of a race may have begun before the winner, whose use it sees.
        ({"used_at": NOW + SECOND, "latest_counter": 2}, REUSED),
    ],
)
def test_token_is_worth_nothing_when_ended(token: dict[str, Any], expected: Decision) -> None:
    """§3: revoked, then absolute end, then reuse, then idle end; the end itself is after it."""
    assert expected == decided(ROTATING, **token)


@pytest.mark.parametrize(
    ("counter", "latest", "age", "expected"),
    [
        (1, 2, timedelta(), Rotate(2, sibling=True)),
        (1, 2, 10 * SECOND - TICK, Rotate(2, sibling=True)),
        (1, 2, 10 * SECOND, REUSED),
        (1, 2, 11 * SECOND, REUSED),
        (1, 3, timedelta(), REUSED),
        (2, 3, timedelta(), Rotate(3, sibling=True)),
        (1, 9, TICK, REUSED),
        (1, 2, -SECOND, Rotate(2, sibling=True)),
        (1, 2, -10 * SECOND, REUSED),  # the clock was set back (promise D5)
    ],
)
def test_used_token_founds_a_sibling_within_the_leeway_only_as_the_last_generation(
    counter: int, latest: int, age: timedelta, expected: Decision
) -> None:
    """§3: leeway holds for the previous generation; an older one is reuse at any time."""
    used = {"counter": counter, "latest_counter": latest, "used_at": NOW - age}
    assert expected == decided(LENIENT, **used)


@pytest.mark.parametrize(
    ("lifetime_s", "expected"),
    [
        (None, None),
        (0, NOW),
        (60, NOW + timedelta(minutes=1)),
        (31_557_600, NOW + timedelta(days=365, hours=6)),
    ],
)
def test_end_is_the_begin_and_the_lifetime(
    lifetime_s: int | None, expected: datetime | None
) -> None:
    """No lifetime is endless."""
    assert expected == ends_at(NOW, lifetime_s)
