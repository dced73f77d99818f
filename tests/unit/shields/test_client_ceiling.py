from typing import Any

import pytest

from gateword.ports.attempts import Bucket
from gateword.ports.shield import NOTHING, Claims
from gateword.shields.client_ceiling import ClientCeilingShield
from tests.support.knocks import a_knock, a_protection

APP_SERVER = "192.0.2.1"


def claims(
    suspicious_ip: dict[str, object] | None = None,
    extras: dict[str, object] | None = None,
    **knock: Any,
) -> Claims:
    """Return what the shield claims of a login whose address the client told."""
    settings = a_protection(suspicious_ip=suspicious_ip or {}, extras=extras or {})
    return ClientCeilingShield().claims(a_knock(settings, **{"proxy_ip": APP_SERVER, **knock}))


def bucket(**more: Any) -> Bucket:
    """Return the bucket of the client."""
    given: dict[str, Any] = {
        "size": 10_000,
        "refill_ms": 8_640,
        "refunds": True,
        "spares_known": True,
    }
    return Bucket(shield="client-ceiling", key="client:shop-client-id", **given | more)


@pytest.mark.parametrize(
    ("suspicious_ip", "extras", "expected"),
    [
        ({}, {}, bucket()),
        ({}, {"client_ceiling": 3}, bucket(size=300, refill_ms=288_000)),
        (
            {"stage": {"pre-login": {"max_attempts": 2, "rate": 5}}},
            {},
            bucket(size=200, refill_ms=1),
        ),
        ({"shields": []}, {}, bucket(only_tells=True)),
    ],
    ids=["a hundred addresses", "three addresses", "fast", "monitors"],
)
def test_client_has_the_budget_of_some_addresses(
    suspicious_ip: dict[str, object], extras: dict[str, object], expected: Bucket
) -> None:
    """§7: a success gives one back, and users are let in from where they logged in before."""
    assert Claims(buckets=(expected,)) == claims(suspicious_ip, extras)


@pytest.mark.parametrize(
    ("suspicious_ip", "extras", "knock"),
    [
        ({}, {}, {"proxy_ip": None}),
        ({}, {"client_ceiling": 0}, {}),
        ({"enabled": False}, {}, {}),
    ],
    ids=["address seen, not told", "off", "addresses are not counted"],
)
def test_client_without_a_ceiling(
    suspicious_ip: dict[str, object], extras: dict[str, object], knock: dict[str, Any]
) -> None:
    """Who cannot make up addresses needs no ceiling."""
    assert NOTHING == claims(suspicious_ip, extras, **knock)


def test_address_on_the_allow_list_counts_for_the_client_all_the_same() -> None:
    """A client that makes up addresses would make up listed ones."""
    assert NOTHING != claims({"allowlist": ["198.51.100.7"]})
