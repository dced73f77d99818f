"""Bot detection: this flow can show no captcha, so a risky login is sent elsewhere or only noted.

Source: Auth0 "Bot Detection"; its answer `requires_verification` makes an application log its user
in by a page.
"""

from typing import Final

from gateword.domain.log_event import Also, LogCode
from gateword.domain.login import Attempt
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.login import facts, gate
from gateword.login.gate import Held
from gateword.policy.protection import lists
from gateword.policy.risk import is_risky
from gateword.ports.attempts import Outcome
from gateword.ports.parts import Parts

_ID_CHARS: Final = 22


async def refuse_always(parts: Parts, attempt: Attempt) -> None:
    """Refuse where every login must be verified, before anything is counted or looked up.

    Raises:
        Refused: VERIFICATION_REQUIRED.
    """
    settings, caller = (await parts.stores.protection.get()).bots, attempt.ask.caller
    is_listed = caller.is_sure and lists(settings.allowlist, caller.ip)
    if settings.policy == "always" and not settings.monitors and not is_listed:
        raise _refused(attempt, _event(parts.dice.letters(_ID_CHARS), requires=True))


async def look(parts: Parts, held: Held) -> tuple[Also, ...]:
    """Judge a try that was let in, before its password is looked at; return what the log is told.

    Raises:
        Refused: VERIFICATION_REQUIRED; the try is settled, and nothing is counted.
    """
    settings = held.knock.protection.bots
    if not settings.is_on:
        return ()
    is_listed = held.knock.is_listed(settings.allowlist)
    is_asked = settings.policy == "always" or _is_risky(parts, held)
    demands = is_asked and settings.policy != "never" and not is_listed
    requires = demands or (settings.monitors and is_asked and not is_listed)
    event = _event(held.lease.id, requires=requires, is_listed=is_listed)
    if not demands or settings.monitors:
        return (event,)
    await gate.settle(parts, held, Outcome.VOID)
    raise _refused(held.attempt, event)


def _event(id_: str, *, requires: bool, is_listed: bool = False) -> Also:
    details = {"ipOnAllowlist": is_listed, "requiresVerification": requires, "session_id": id_}
    return Also(code=LogCode.PLA, description="Pre-login assessment", details=details)


def _refused(attempt: Attempt, event: Also) -> Refused:
    return Refused(Refusal.VERIFICATION_REQUIRED, facts=facts.of(attempt, also=(event,)))


def spent(held: Held) -> float:
    """Return the share of its budget of failed logins that an address has spent, 0 to 1."""
    size = held.knock.protection.suspicious_ip.login.size
    left = held.lease.levels.get(f"login:{held.knock.place}", size)
    return 1 - left / max(1, size)


def _is_risky(parts: Parts, held: Held) -> bool:
    return is_risky(
        spent(held),
        held.knock.protection.bots.level,
        is_known=held.lease.is_known,
        is_alarmed=parts.stores.tallies.is_alarmed,
    )
