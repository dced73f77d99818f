import pytest

from gateword.domain.protection import Rate
from gateword.policy.address_budget import Budget, budgets

RATE = Rate(100, 864_000)


def test_address_has_a_budget_for_each_stage() -> None:
    """§5.2: failed logins and sign-ups are counted apart."""
    assert (Budget("login:192.0.2.1", 100, 864_000, "192.0.2.1", "192.0.2.1"),) == budgets(
        "login", RATE, "192.0.2.1"
    )
    assert ["signup:192.0.2.1"] == [one.key for one in budgets("signup", RATE, "192.0.2.1")]


def test_ipv6_host_spends_of_its_64_and_of_its_48() -> None:
    """§7: a /64 is one address; the /48 around it has ten times as much, ten times as fast."""
    assert (
        Budget("login:2001:db8:1:2::/64", 100, 864_000, *["2001:db8:1:2::/64"] * 2),
        Budget("login:2001:db8:1::/48", 1000, 86_400, "", "2001:db8:1::/48"),
    ) == budgets("login", RATE, "2001:db8:1:2:3::4")


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::1", 2),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", 1),
        ("2001:db8:1::1", "2001:db8:2::1", 0),
        ("192.0.2.1", "192.0.2.2", 0),
        ("192.0.2.1", "192.0.2.1", 1),
    ],
)
def test_neighbours_share_budgets(first: str, second: str, shared: int) -> None:
    """Whoever moves within a /64 or a /48 spends what was there before."""
    keys = [{one.key for one in budgets("login", RATE, address)} for address in (first, second)]

    assert shared == len(keys[0] & keys[1])


def test_wider_network_refills_at_any_rate() -> None:
    """A rate of a millisecond cannot be ten times as fast, and is not nothing."""
    assert [1, 1] == [one.refill_ms for one in budgets("login", Rate(1, 1), "2001:db8::1")]


def test_peer_without_an_address_has_a_budget_too() -> None:
    """Behind a socket that has no address all peers are one."""
    assert [""] == [one.place for one in budgets("login", RATE, "")]
