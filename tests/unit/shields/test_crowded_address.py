from typing import Any

import pytest

from gateword.ports.attempts import Crowd, Tries
from gateword.ports.shield import NOTHING, Claims
from gateword.shields.crowded_address import CrowdedAddressShield
from tests.support.knocks import ADDRESS, a_knock, a_protection

COUNTED = (Tries(shield="crowded-address", place=ADDRESS, limit=None),)
"""Failures are counted, though nothing refuses for their number: they tell names apart."""


def claims(knock: dict[str, Any] | None = None, **objects: dict[str, object]) -> Claims:
    """Return what the shield claims under these settings."""
    return CrowdedAddressShield().claims(a_knock(a_protection(**objects), **knock or {}))


SOON, LATER = 600_000, 86_400_000


@pytest.mark.parametrize(
    ("extras", "bounds"),
    [
        ({}, [(20, SOON), (1000, LATER)]),
        ({"names_per_address": 7, "distinct_identifiers": 3}, [(3, SOON), (7, LATER)]),
        ({"distinct_identifiers": 0}, [(1000, LATER)]),
        ({"names_per_address": 0}, [(20, SOON)]),
    ],
    ids=["defaults", "numbers", "no list of names", "no end of names"],
)
def test_address_fails_under_so_many_names(
    extras: dict[str, object], bounds: list[tuple[int, int]]
) -> None:
    """§7: a list of names ends soon, and strangers cannot make us keep more."""
    expected = tuple(
        Crowd(shield="crowded-address", most=most, within_ms=within_ms)
        for most, within_ms in bounds
    )

    assert Claims(tries=COUNTED, crowds=expected) == claims(extras=extras)


@pytest.mark.parametrize(
    ("knock", "objects"),
    [
        ({}, {"extras": {"names_per_address": 0, "distinct_identifiers": 0}}),
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
