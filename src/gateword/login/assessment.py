"""Adaptive MFA: how well a login fits its user, and what is learned once it is complete.

Rule 1: while the policy is off nothing is asked and nothing is done. Rule 2: a place and a device
become the user's own by a complete login only: one of low confidence must have shown a factor.
Source: Auth0 "Adaptive MFA"; mfa-api §11; ADR 0019.
"""

from typing import Final

from gateword.domain.login import Login
from gateword.domain.risk import Confidence, Risk
from gateword.domain.user import User
from gateword.login import robots
from gateword.login.gate import Held
from gateword.login.whereabouts import located
from gateword.policy import confidence, confidence_travel
from gateword.policy.risk import is_risky
from gateword.ports.parts import Parts

_PURPOSE: Final = "device"
_DEVICE_CHARS: Final = 32


async def of_try(parts: Parts, held: Held, user: User) -> Risk | None:
    """Return what a right password of a user comes to; None while the policy is off.

    Args:
        parts: The tenant's.
        held: The try.
        user: As they were before this login was counted.
    """
    if not held.knock.is_assessed:
        return None
    caller, place, at = held.attempt.ask.caller, held.knock.place, held.attempt.ask.at
    told = confidence.device_text(
        held.attempt.ask.client.client_id, caller.user_agent, caller.auth0_client
    )
    device = parts.stamp.digest(told, _PURPOSE)[:_DEVICE_CHARS] if told else None
    seen = await parts.stores.familiar.seen(user.key, place, device, at)
    assessments = {
        confidence.UNTRUSTED_IP: confidence.untrusted_ip(
            caller.ip, place, seen, is_spent=_is_spent(parts, held)
        ),
        confidence.NEW_DEVICE: confidence.new_device(
            device, seen, is_first=user.last_login is None
        ),
        confidence.IMPOSSIBLE_TRAVEL: confidence_travel.assessed(
            located(parts, user.last_ip), located(parts, caller.ip), user.last_login, at
        ),
    }
    return Risk(
        confidence=confidence.combined(assessments.values()),
        assessments=assessments,
        user_key=user.key,
        place=place,
        device=device,
        is_learned=confidence.is_learned(seen, device, at),
    )


def is_low(login: Login) -> bool:
    """Say whether confidence in a login is so low that it takes a second factor."""
    return login.risk is not None and login.risk.confidence is Confidence.LOW


async def learn(parts: Parts, login: Login) -> None:
    """Make the place and the device of a login the user's own; it is complete.

    They are those of the password, which were assessed; the factor may come from elsewhere.
    """
    risk = login.risk
    if risk is None or risk.is_learned or (is_low(login) and not login.methods):
        return
    await parts.stores.familiar.learn(risk, login.ask.at)


def _is_spent(parts: Parts, held: Held) -> bool:
    """Say whether failed logins from the address make it risky, also to those who live there."""
    return is_risky(
        robots.spent(held),
        held.knock.protection.bots.level,
        is_known=False,
        is_alarmed=parts.stores.tallies.is_alarmed,
    )
