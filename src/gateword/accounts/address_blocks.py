"""Which addresses failed logins have shut, for those who run the tenant: they look and lift it."""

from typing import Final

from gateword.policy import address_budget, protection, velocity
from gateword.policy.address_budget import Budget
from gateword.policy.caller import canonical
from gateword.ports.attempts import Bucket
from gateword.ports.parts import Parts

_STAGE: Final = "login"


async def is_shut(parts: Parts, address: str) -> bool:
    """Say whether failed logins keep an address from trying another.

    Args:
        parts: The tenant's.
        address: An IP address in any spelling.
    """
    settings = (await parts.stores.protection.get()).suspicious_ip
    host = canonical(address) or address
    if not (settings.enabled and settings.blocks) or protection.lists(settings.allowlist, host):
        return False
    budgets = address_budget.budgets(_STAGE, settings.login, host)
    return any([await _is_spent(parts, budget) for budget in budgets])


async def all_shut(parts: Parts, most: int) -> list[str]:
    """Return the addresses and networks that may not try now, of IPv6 a /64 or a /48.

    Args:
        parts: The tenant's.
        most: How many are looked at.
    """
    settings = (await parts.stores.protection.get()).suspicious_ip
    if not (settings.enabled and settings.blocks):
        return []
    least_ms = (settings.login.size - 1) * settings.login.refill_ms
    prefix, at = f"{_STAGE}:", parts.clock.now()
    found = []
    for key, due_ms in await parts.stores.census.due(prefix, least_ms - 1, at, most):
        place = key.removeprefix(prefix)
        host = place.partition("/")[0]
        budgets = address_budget.budgets(_STAGE, settings.login, host)
        is_spent = any(_is_over(budget, key, due_ms) for budget in budgets)
        if is_spent and not protection.lists(settings.allowlist, host):
            found.append(place)
    return found


def _is_over(budget: Budget, key: str, due_ms: int) -> bool:
    left = velocity.tokens(due_ms, 0, budget.size, budget.refill_ms)
    return budget.key == key and left < 1


async def lift(parts: Parts, address: str) -> bool:
    """Let an address, and the network around it, try again; return False when it might anyway."""
    was_shut = await is_shut(parts, address)
    rate = (await parts.stores.protection.get()).suspicious_ip.login
    budgets = address_budget.budgets(_STAGE, rate, canonical(address) or address)
    await parts.stores.attempts.refill([budget.key for budget in budgets])
    return was_shut


async def _is_spent(parts: Parts, budget: Budget) -> bool:
    bucket = Bucket(shield="", key=budget.key, size=budget.size, refill_ms=budget.refill_ms)
    return await parts.stores.attempts.retry_after_s(bucket, parts.clock.now()) > 0
