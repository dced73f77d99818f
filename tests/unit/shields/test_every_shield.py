"""What holds for each shield that is registered."""

import pytest

from gateword.domain.log_event import LogCode
from gateword.policy import attack_protection
from gateword.ports.shield import NOTHING, Shield
from gateword.registry import SHIELDS
from gateword.storage.attempt_sql import MOST_BUCKETS, MOST_CROWDS
from tests.support.knocks import a_knock, a_protection, an_entry

IDS = [shield.name for shield in SHIELDS]


@pytest.mark.parametrize("shield", SHIELDS, ids=IDS)
def test_shield_answers_429_and_is_told_of(shield: Shield) -> None:
    """§2: each says no by a row of the table, and has a code of Auth0's log."""
    assert 429 == shield.refusal.row.status
    assert shield.log in {LogCode.LIMIT_WC, LogCode.LIMIT_MU, LogCode.LIMIT_SUL}
    assert shield.text


@pytest.mark.parametrize("shield", SHIELDS, ids=IDS)
def test_shield_signs_its_claims(shield: Shield) -> None:
    """Who refused is known by name."""
    claims = shield.claims(a_knock(ip="2001:db8::1", proxy_ip="192.0.2.1"))
    bounds = (*claims.buckets, *claims.tries, *claims.crowds)

    assert {shield.name} == {one.shield for one in bounds}


def test_names_are_unique() -> None:
    """A refusal is looked up by its shield's name."""
    assert len(set(IDS)) == len(IDS)


@pytest.mark.parametrize("proxy_ip", [None, "192.0.2.1"])
def test_one_try_has_no_more_claims_than_one_look_sees(proxy_ip: str | None) -> None:
    """With every shield on, IPv6 and a trusted client, all buckets fit into the statement."""
    knock = a_knock(ip="2001:db8::1", proxy_ip=proxy_ip)
    entry = an_entry(knock, *(shield.claims(knock) for shield in SHIELDS))

    assert len(entry.buckets) <= MOST_BUCKETS
    assert len(entry.crowds) <= MOST_CROWDS
    assert len({bucket.key for bucket in entry.buckets}) == len(entry.buckets)


def test_nothing_is_left_when_all_is_off() -> None:
    """A tenant that switches protection off costs no reservation."""
    settings = a_protection(
        brute_force={"enabled": False},
        suspicious_ip={"enabled": False},
        extras={"same_user_per_minute": 0},
    )
    knock = a_knock(settings, proxy_ip="192.0.2.1")

    assert {NOTHING} == {shield.claims(knock) for shield in SHIELDS}


def test_monitoring_refuses_nobody() -> None:
    """§5.1: enabled without the shield `block` only counts and tells."""
    settings = a_protection(
        **{
            name: {**attack_protection.DEFAULTS[document], "shields": []}
            for name, document in (
                ("brute_force", attack_protection.BRUTE_FORCE),
                ("suspicious_ip", attack_protection.SUSPICIOUS_IP),
            )
        },
        extras={"same_user_per_minute": 0},
    )
    knock = a_knock(settings, proxy_ip="192.0.2.1")
    claims = [shield.claims(knock) for shield in SHIELDS]

    assert all(one.only_tells for each in claims for one in (*each.buckets, *each.tries))
    assert [] == [each for each in claims if each.crowds]
