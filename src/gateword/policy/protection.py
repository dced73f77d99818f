"""Reads a tenant's attack protection out of its documents.

Rule 1: pure. Source: Auth0 Management API v2 "Attack Protection"; attack-protection §5, §7.
"""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Final, TypeAlias

from gateword.domain.protection import (
    Bots,
    Breached,
    BruteForce,
    Extras,
    LeakedShields,
    Networks,
    Protection,
    Rate,
    SuspiciousIp,
)
from gateword.policy import attack_protection as documents
from gateword.policy import protection_extras as extras

Document: TypeAlias = Mapping[str, object]

_BLOCK: Final = "block"
_USER: Final = "user_notification"
_ADMIN: Final = "admin_notification"


def read(stored: Mapping[str, Document]) -> Protection:
    """Return what these documents say; one that nobody has stored says its defaults."""

    def of(name: str) -> Document:
        return documents.effective(name, stored.get(name))

    return Protection(
        brute_force=_brute_force(of(documents.BRUTE_FORCE)),
        suspicious_ip=_suspicious_ip(of(documents.SUSPICIOUS_IP)),
        breached=_breached(of(documents.BREACHED_PASSWORD)),
        bots=_bots(of(documents.BOT_DETECTION)),
        extras=_extras({**extras.DEFAULTS, **stored.get(extras.EXTRAS, {})}),
    )


def lists(networks: Networks, address: str) -> bool:
    """Say whether an allow-list names an address, or a network around it."""
    if not networks:
        return False
    try:
        host = ip_address(address)
    except ValueError:
        return False
    return any(host in network for network in networks)


def _brute_force(document: Document) -> BruteForce:
    shields = _texts(document, "shields")
    return BruteForce(
        enabled=document["enabled"] is True,
        blocks=_BLOCK in shields,
        notifies=_USER in shields,
        everywhere=document["mode"] == "count_per_identifier",
        limit=_number(document, "max_attempts"),
        allowlist=_networks(document),
    )


def _suspicious_ip(document: Document) -> SuspiciousIp:
    shields = _texts(document, "shields")
    stage = _inner(document, "stage")
    return SuspiciousIp(
        enabled=document["enabled"] is True,
        blocks=_BLOCK in shields,
        notifies_admin=_ADMIN in shields,
        allowlist=_networks(document),
        login=_rate(_inner(stage, "pre-login")),
        signup=_rate(_inner(stage, "pre-user-registration")),
    )


def _breached(document: Document) -> Breached:
    stage = _inner(document, "stage")
    return Breached(
        enabled=document["enabled"] is True,
        login=_leaked(document),
        signup=_leaked(_inner(stage, "pre-user-registration")),
        change=_leaked(_inner(stage, "pre-change-password")),
        frequency=_texts(document, "admin_notification_frequency"),
    )


def _leaked(document: Document) -> LeakedShields:
    shields = _texts(document, "shields")
    return LeakedShields(_BLOCK in shields, _USER in shields, _ADMIN in shields)


def _bots(document: Document) -> Bots:
    return Bots(
        policy=str(document["challenge_password_policy"]),
        reset_policy=str(document["challenge_password_reset_policy"]),
        level=str(document["bot_detection_level"]),
        allowlist=_networks(document),
        monitors=document["monitoring_mode_enabled"] is True,
    )


def _extras(document: Document) -> Extras:
    return Extras(
        backs_off=document["lockout_style"] == "backoff",
        account_cap=_number(document, "account_cap") or None,
        same_user=_number(document, "same_user_per_minute") or None,
        client_ceiling=_number(document, "client_ceiling") or None,
        strangers=_number(document, "distinct_identifiers") or None,
        names=_number(document, "names_per_address") or None,
        strict=document["strict_forwarded_for"] is True,
        alarms=document["alarms"] is True,
        admin_email=str(document["admin_email"]),
    )


def _rate(document: Document) -> Rate:
    return Rate(_number(document, "max_attempts"), _number(document, "rate"))


def _inner(document: Document, name: str) -> Document:
    inner = document.get(name)
    return inner if isinstance(inner, Mapping) else {}


def _texts(document: Document, name: str) -> frozenset[str]:
    value = document.get(name)
    return frozenset(map(str, value)) if isinstance(value, list | tuple) else frozenset()


def _number(document: Document, name: str) -> int:
    value = document.get(name)
    return value if isinstance(value, int) else 0


def _networks(document: Document) -> Networks:
    found = []
    for text in sorted(_texts(document, "allowlist")):
        try:
            found.append(ip_network(text, strict=False))
        except ValueError:  # stored before anybody checked it: it lists nobody
            continue
    return tuple(found)
