import pytest

from gateword.ports.attempts import Bucket
from gateword.ports.shield import NOTHING
from gateword.shields.same_user import SameUserShield
from tests.support.knocks import ADDRESS, a_knock, a_protection


def test_user_logs_in_twenty_times_and_then_ten_times_a_minute() -> None:
    """§5.3: right or wrong, from one address, in one directory."""
    [bucket] = SameUserShield().claims(a_knock()).buckets

    assert (
        Bucket(
            shield="same-user",
            key=f"user:0:u1:{ADDRESS}",
            size=20,
            refill_ms=6_000,
            spends_always=True,
        )
        == bucket
    )


@pytest.mark.parametrize(("per_minute", "refill_ms"), [(1, 120_000), (60, 2_000), (100_000, 1)])
def test_tenant_says_another_number(per_minute: int, refill_ms: int) -> None:
    """Half of what may come at once comes back in a minute."""
    settings = a_protection(extras={"same_user_per_minute": per_minute})
    [bucket] = SameUserShield().claims(a_knock(settings)).buckets

    assert (per_minute, refill_ms) == (bucket.size, bucket.refill_ms)


def test_tenant_switches_it_off() -> None:
    """0 sets no bound."""
    settings = a_protection(extras={"same_user_per_minute": 0})

    assert NOTHING == SameUserShield().claims(a_knock(settings))


def test_users_and_addresses_have_buckets_of_their_own() -> None:
    """Nobody waits for another user, nor for another address."""
    knocks = [
        a_knock(),
        a_knock(subject="u2"),
        a_knock(ip="192.0.2.1"),
        a_knock(ip="2001:db8::1"),
        a_knock(ip="2001:db8::2"),
    ]
    keys = [SameUserShield().claims(knock).buckets[0].key for knock in knocks]

    assert 4 == len(set(keys))
    assert keys[-1] == keys[-2]
