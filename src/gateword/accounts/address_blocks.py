"""Which addresses failed logins have shut, for those who run the tenant: they look and lift it.

An address is shut for all when it, or the network around it, has spent its failed logins; it gets
no new name when it failed under too many.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv6Network
from typing import Final

from gateword.domain.protection import Protection
from gateword.policy import address_budget, blocks, crowds, protection, velocity
from gateword.policy.address_budget import Budget
from gateword.policy.caller import canonical, counted
from gateword.ports.attempts import Bucket
from gateword.ports.parts import Parts
from gateword.values import dataclass

SPENT: Final = "spent its failed logins"
CROWDED: Final = "failed under too many names, and gets no new one"

_STAGE: Final = "login"
_PREFIX: Final = f"{_STAGE}:"
_OF_HOST, _OF_SITE = 64, 48


@dataclass(frozen=True, slots=True)
class ShutAddress:
    """An address, or of IPv6 a /64 or /48, that may not try, and why: SPENT or CROWDED."""

    place: str
    why: str


def place_of(text: str) -> str | None:
    """Return an address, or an IPv6 /64 or /48, as it is listed; None for anything else."""
    if (address := canonical(text)) is not None:
        return address
    try:
        network = IPv6Network(text, strict=False)
    except ValueError:
        return None
    return str(network) if network.prefixlen in {_OF_HOST, _OF_SITE} else None


async def of_address(parts: Parts, address: str) -> list[ShutAddress]:
    """Return what keeps an address from trying another login: its own, or its network's.

    Args:
        parts: The tenant's.
        address: An IP address in any spelling; or an IPv6 /64 or /48, of which only the /64 has
            names.
    """
    settings, host = await parts.stores.protection.get(), place_of(address) or address
    if protection.lists(settings.suspicious_ip.allowlist, host):
        return []
    found = [
        ShutAddress(budget.key.removeprefix(_PREFIX), SPENT)
        for budget in _budgets(settings, host)
        if await _is_spent(parts, budget)
    ]
    place = counted(host)
    for most, since in _crowds(parts, settings):
        if await parts.stores.census.names_at(place, since, most) >= most:
            return [*found, ShutAddress(place, CROWDED)]
    return found


async def is_shut(parts: Parts, address: str) -> bool:
    """Say whether failed logins keep an address from trying another.

    Args:
        parts: The tenant's.
        address: As `of_address` takes it.
    """
    return bool(await of_address(parts, address))


async def all_shut(parts: Parts, most: int) -> list[ShutAddress]:
    """Return the addresses and networks that may not try now; one may be there for two reasons.

    Args:
        parts: The tenant's.
        most: How many are looked at.
    """
    settings = await parts.stores.protection.get()
    found = [ShutAddress(place, SPENT) for place in await _all_spent(parts, settings, most)]
    places: dict[str, None] = {}
    for names, since in _crowds(parts, settings):
        places |= dict.fromkeys(await parts.stores.census.crowded(names, since, most))
    found += [ShutAddress(place, CROWDED) for place in places]
    allowlist = settings.suspicious_ip.allowlist
    return [one for one in found if not protection.lists(allowlist, _host(one.place))]


async def lift(parts: Parts, address: str) -> bool:
    """Let an address, and the network around it, try again; return False when it might anyway.

    Accounts that are blocked there stay so, and count among its names. A /48 is opened without
    the addresses in it.
    """
    settings, host = await parts.stores.protection.get(), place_of(address) or address
    was_shut = await is_shut(parts, address)
    place = counted(host)
    brute_force = settings.brute_force
    blocks_accounts = brute_force.enabled and brute_force.blocks
    await parts.stores.census.disperse(
        place, blocks.limit_at(settings, place) if blocks_accounts else None
    )
    # Last, since it makes this process forget whom it refused.
    budgets = _all_budgets(settings, host)
    await parts.stores.attempts.refill([budget.key for budget in budgets])
    return was_shut


def _budgets(settings: Protection, host: str) -> Sequence[Budget]:
    """Return the budgets that stop an address."""
    throttling = settings.suspicious_ip
    if not (throttling.enabled and throttling.blocks):
        return ()
    return _all_budgets(settings, host)


def _all_budgets(settings: Protection, place: str) -> Sequence[Budget]:
    found = address_budget.budgets(_STAGE, settings.suspicious_ip.login, _host(place))
    of_site = [one for one in found if not one.place and one.covers == place]
    return of_site or found


def _crowds(parts: Parts, settings: Protection) -> Sequence[tuple[int, datetime]]:
    """Return the bounds of names that hold, and since when names count for each."""
    shields = (settings.brute_force, settings.suspicious_ip)
    if not any(one.enabled and one.blocks for one in shields):
        return ()
    at = parts.clock.now()
    return [
        (most, at - timedelta(milliseconds=within_ms))
        for most, within_ms in crowds.bounds(settings)
    ]


async def _all_spent(parts: Parts, settings: Protection, most: int) -> list[str]:
    rate = settings.suspicious_ip.login
    least_ms, at = (rate.size - 1) * rate.refill_ms, parts.clock.now()
    found = []
    for key, due_ms in await parts.stores.census.due(_PREFIX, least_ms - 1, at, most):
        place = key.removeprefix(_PREFIX)
        budgets = _budgets(settings, _host(place))
        if any(_is_over(budget, key, due_ms) for budget in budgets):
            found.append(place)
    return found


def _host(place: str) -> str:
    return place.partition("/")[0]


def _is_over(budget: Budget, key: str, due_ms: int) -> bool:
    left = velocity.tokens(due_ms, 0, budget.size, budget.refill_ms)
    return budget.key == key and left < 1


async def _is_spent(parts: Parts, budget: Budget) -> bool:
    bucket = Bucket(shield="", key=budget.key, size=budget.size, refill_ms=budget.refill_ms)
    return await parts.stores.attempts.retry_after_s(bucket, parts.clock.now()) > 0
