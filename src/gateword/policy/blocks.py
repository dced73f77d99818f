"""Which failures shut an account's door, by the settings of today.

Rule 1: pure. Rule 2: nothing is stored of a block: a limit that is raised opens doors at once.
Source: Auth0 "Brute-force Protection"; attack-protection §5.1, §7.
"""

from collections.abc import Mapping
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_network

from gateword.domain.protection import Networks, Protection
from gateword.policy import lockout


def shut_for_s(
    protection: Protection, place: str, failures: int, last_failed_at: datetime, at: datetime
) -> int:
    """Return for how many seconds failures shut the door, were it guarded; 0 when it is open.

    Args:
        protection: The tenant's settings.
        place: Address group they came from; empty for all addresses together.
        failures: In a row.
        last_failed_at: When the last one was.
        at: Now.
    """
    limit = limit_at(protection, place)
    if limit is None:
        return 0
    backs_off = protection.extras.backs_off
    return lockout.shut_for_s(failures, last_failed_at, limit, at, backs_off=backs_off)


def least(protection: Protection) -> int:
    """Return under how many failures no door is shut, wherever they came from."""
    limits = (limit_at(protection, place) for place in ("", "somewhere"))
    return min(limit for limit in limits if limit is not None)


def is_guarded(protection: Protection, options: Mapping[str, object], place: str) -> bool:
    """Say whether brute-force protection stops anybody who comes from there.

    Args:
        protection: The tenant's settings.
        options: Of the directory, which may be exempt.
        place: Address group, which an allow-list may name; empty for all addresses together.
    """
    settings = protection.brute_force
    is_on = settings.enabled and settings.blocks
    return (
        is_on
        and options.get("brute_force_protection") is not False
        and not _is_listed(settings.allowlist, place)
    )


def limit_at(protection: Protection, place: str) -> int | None:
    """Return how many failures in a row shut an account there; None when none do.

    Args:
        protection: The tenant's settings.
        place: Address group; empty for all addresses together.
    """
    settings, extras = protection.brute_force, protection.extras
    if not settings.everywhere:
        return settings.limit if place else extras.account_cap
    # Where waits grow, known addresses are spared those of the account and have their own.
    return settings.limit if extras.backs_off or not place else None


def _is_listed(allowlist: Networks, place: str) -> bool:
    if not (allowlist and place):
        return False
    try:
        group = ip_network(place)
    except ValueError:  # the peer had no address
        return False
    return any(_holds(network, group) for network in allowlist)


def _holds(network: IPv4Network | IPv6Network, group: IPv4Network | IPv6Network) -> bool:
    if isinstance(network, IPv4Network):
        return isinstance(group, IPv4Network) and group.subnet_of(network)
    return isinstance(group, IPv6Network) and group.subnet_of(network)
