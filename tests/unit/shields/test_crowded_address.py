from typing import Any

import pytest

from gateword.ports.attempts import Crowd
from gateword.ports.shield import NOTHING, Claims
from gateword.shields.crowded_address import CrowdedAddressShield
from tests.support.knocks import ADDRESS, a_knock, a_protection


def claims(knock: dict[str, Any] | None = None, **objects: dict[str, object]) -> Claims:
    """Return what the shield claims under these settings."""
    return CrowdedAddressShield().claims(a_knock(a_protection(**objects), **knock or {}))


@pytest.mark.parametrize(("extras", "most"), [({}, 1000), ({"names_per_address": 7}, 7)])
def test_address_holds_so_many_names(extras: dict[str, object], most: int) -> None:
    """§7: strangers cannot make us keep more."""
    assert Claims(crowd=Crowd(shield="crowded-address", most=most)) == claims(extras=extras)


@pytest.mark.parametrize(
    ("knock", "objects"),
    [
        ({}, {"extras": {"names_per_address": 0}}),
        ({}, {"brute_force": {"enabled": False}, "suspicious_ip": {"enabled": False}}),
        ({}, {"brute_force": {"shields": []}, "suspicious_ip": {"shields": []}}),
        ({}, {"suspicious_ip": {"allowlist": [ADDRESS]}}),
    ],
    ids=["off", "no failures are kept", "monitors", "listed"],
)
def test_address_that_is_not_bounded(
    knock: dict[str, Any], objects: dict[str, dict[str, object]]
) -> None:
    """Where nothing is kept there is nothing to bound; monitoring refuses nobody."""
    assert NOTHING == claims(knock, **objects)


@pytest.mark.parametrize("off", ["brute_force", "suspicious_ip"])
def test_either_protection_keeps_failures(off: str) -> None:
    """With one of them off the other still counts names, and so they are bounded."""
    assert NOTHING != claims(**{off: {"enabled": False}})


def test_whoever_spoils_the_header_is_bounded() -> None:
    """§3: an unsure address is on no allow-list."""
    objects: dict[str, dict[str, object]] = {"suspicious_ip": {"allowlist": [ADDRESS]}}

    assert NOTHING != claims({"is_sure": False}, **objects)
