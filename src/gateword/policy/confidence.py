"""How well a login fits what is known of its user: the signals, and what they come to together.

Rule 1: pure. Rule 2: a signal that fits never outweighs one that does not: what tells a device can
be copied, and an address near by can be rented. Rule 3: what is not known says nothing, but nothing
known of a user at all is no reason for confidence.
Source: Auth0 "Adaptive MFA", "Customize Adaptive MFA" (names, codes, shape); how Auth0 weighs them
is not published, ADR 0019.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Final

from gateword.domain.risk import Assessment, Confidence, Risk, Seen

VERSION: Final = "1"
"""Of the shape that scripts see; Auth0's."""

NEW_DEVICE: Final = "NewDevice"
IMPOSSIBLE_TRAVEL: Final = "ImpossibleTravel"
UNTRUSTED_IP: Final = "UntrustedIP"
NEW_ADDRESS: Final = "new_address"
"""Ours: Auth0's signal knows lists of bad addresses, and no good ones."""

_AGAIN: Final = timedelta(days=1)
"""What is known is written anew once a day."""

_WORST_FIRST: Final = (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)
_NUMBER: Final = re.compile(r'(?<=[/ :"])\d[\d._]*')
"""A version: a browser that updates itself stays the same device."""


def device_text(client_id: str, user_agent: str, telemetry: Mapping[str, object] | None) -> str:
    """Return what tells a device, for a digest; empty when nothing does.

    Args:
        client_id: The application.
        user_agent: As it was sent.
        telemetry: What an SDK says of itself in `Auth0-Client`.
    """
    if not user_agent.strip() and not telemetry:
        return ""
    said = "" if telemetry is None else json.dumps(telemetry, sort_keys=True)
    return "\n".join((client_id, _NUMBER.sub("#", f" {user_agent}"), _NUMBER.sub("#", said)))


def new_device(device: str | None, seen: Seen, *, is_first: bool) -> Assessment:
    """Say whether the user knows the device.

    Args:
        device: None when nothing tells it.
        seen: What is known.
        is_first: The user has never logged in.
    """
    if device is not None and seen.device_at is not None:
        return Assessment(Confidence.HIGH, "match", {"useragent": "known"})
    if device is None:
        code = "unknown_device"
    elif is_first:
        code = "initial_login"
    else:
        code = "no_device_history" if seen.any_device_at is None else "no_match"
    return Assessment(Confidence.LOW, code, {"useragent": "unknown"})


def untrusted_ip(ip: str, place: str, seen: Seen, *, is_spent: bool) -> Assessment:
    """Say whether the address is one to trust.

    Args:
        ip: The end user's.
        place: The group that it counts as.
        seen: What is known.
        is_spent: Failed logins from there have used up much of what it may have.
    """
    try:
        ip_address(ip)
    except ValueError:  # a socket that has no addresses
        return Assessment(Confidence.LOW, "invalid_ip_address", {"ip": ip})
    if is_spent:
        about = {"ip": ip, "matches": place, "source": "failed logins", "category": "abuse"}
        return Assessment(Confidence.LOW, "found_on_deny_list", about)
    if seen.place_at is None:
        return Assessment(Confidence.LOW, NEW_ADDRESS, {"ip": ip})
    return Assessment(Confidence.HIGH, "not_found_on_deny_list")


def combined(assessments: Iterable[Assessment]) -> Confidence:
    """Return the lowest of what the signals say; neutral when none says anything."""
    said = {one.confidence for one in assessments}
    return next((one for one in _WORST_FIRST if one in said), Confidence.NEUTRAL)


def is_learned(seen: Seen, device: str | None, at: datetime) -> bool:
    """Say whether there is nothing to learn of a place and a device."""
    times = [seen.place_at, *([seen.device_at] if device is not None else [])]
    return all(one is not None and at - one < _AGAIN for one in times)


def document(risk: Risk) -> dict[str, object]:
    """Return what scripts and the log see of it."""
    return {
        "confidence": risk.confidence.value,
        "version": VERSION,
        "assessments": {
            name: {
                "confidence": one.confidence.value,
                "code": one.code,
                **({"details": dict(one.details)} if one.details else {}),
            }
            for name, one in risk.assessments.items()
        },
    }
