"""How many sign-ups an address may send, good or bad (Auth0: "Suspicious IP Throttling").

The stage is `pre-user-registration`; its address is the peer's, whatever a header says.
"""

from typing import Final

from gateword.accounts import alerts, diary
from gateword.domain.log_event import LogCode
from gateword.domain.login import Caller
from gateword.policy.address_budget import budgets
from gateword.policy.caller import counted
from gateword.policy.notice import PRESSED, SIGNUP, Notice
from gateword.policy.protection import lists
from gateword.ports.attempts import Blocked, Bucket
from gateword.ports.parts import Parts
from gateword.values import dataclass

_SHIELD: Final = "suspicious-ip"
_TOLD_AGAIN_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Full:
    """One sign-up more than an address may send.

    Attributes:
        most: Sign-ups at once.
        retry_after_s: Seconds until one more is free.
    """

    most: int
    retry_after_s: int


async def full(parts: Parts, caller: Caller) -> Full | None:
    """Count a sign-up; return why it is refused, or None."""
    settings = (await parts.stores.protection.get()).suspicious_ip
    if not settings.enabled or lists(settings.allowlist, caller.ip):
        return None
    buckets = [
        Bucket(
            shield=_SHIELD,
            key=budget.key,
            size=budget.size,
            refill_ms=budget.refill_ms,
            spends_always=True,
        )
        for budget in budgets(SIGNUP, settings.signup, caller.ip)
    ]
    blocked = await parts.stores.attempts.take(buckets, parts.clock.now())
    if blocked is None:
        return None
    await _tell(parts, caller, blocked)
    return Full(settings.signup.size, blocked.retry_after_s) if settings.blocks else None


async def _tell(parts: Parts, caller: Caller, blocked: Blocked) -> None:
    """Log the first refusal of a row; a flood is told of once a minute."""
    occasion = f"{SIGNUP} {counted(caller.ip)}"
    if not (blocked.is_first and parts.stores.attempts.is_first(occasion, _TOLD_AGAIN_S)):
        return
    at = parts.clock.now()
    row = diary.event(
        LogCode.LIMIT_MU,
        at,
        caller,
        description=f"Too many requests from {caller.ip}",
        details={"shield": blocked.shield, "flow": SIGNUP},
    )
    await parts.stores.logs.append([row])
    await alerts.order(parts, Notice(address=caller.ip, at=at, what=PRESSED, flow=SIGNUP))
