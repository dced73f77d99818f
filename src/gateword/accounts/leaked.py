"""New passwords that are known from a breach (Auth0: "Breached Password Detection").

Asked where users choose passwords themselves: the stages `pre-user-registration` and
`pre-change-password`. What an operator sets through the Management API is not looked up.
"""

from typing import Final

from gateword.accounts import alerts
from gateword.domain.log_event import LogEvent
from gateword.domain.secret import Secret
from gateword.policy.caller import counted
from gateword.policy.notice import HOUR_MS, LEAKED, Notice, leak_shields
from gateword.policy.password_policy import Complaint
from gateword.ports.attempts import Bucket
from gateword.ports.parts import Parts

COMPLAINT: Final = Complaint(
    name="PasswordLeakedError",
    message="Password is known from a data breach",
    description="This password was disclosed through a data breach elsewhere. Choose another one.",
)
_SHIELD: Final = "breached-password"


async def is_refused(parts: Parts, password: Secret, flow: str, event: LogEvent) -> bool:
    """Say whether a password may not be taken, because others know it.

    Args:
        parts: The tenant's.
        password: What was typed, and breaks no rule of the directory.
        flow: SIGNUP or CHANGE.
        event: What the log is told, once an hour for an address; the operator as well.
    """
    protection = await parts.stores.protection.get()
    if not protection.breached.enabled or not await parts.breaches.holds(password):
        return False
    key = f"leak:{flow}:{counted(event.ip)}"
    hourly = Bucket(shield=_SHIELD, key=key, size=1, refill_ms=HOUR_MS, spends_always=True)
    if await parts.stores.attempts.take([hourly], event.at) is None:
        await parts.stores.logs.append([event])
        notice = Notice(address=event.ip, at=event.at, what=LEAKED, flow=flow)
        await alerts.order(parts, notice)
    return leak_shields(protection, flow).blocks
