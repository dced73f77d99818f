"""A factor is asked for: a challenge is kept, and its message goes out.

Rule: what a user may be sent is bounded before anything is sent (mfa-api §9).
"""

import hmac
from datetime import timedelta
from hashlib import sha256
from typing import Final

from gateword.domain.log_event import LogCode, LogEvent
from gateword.domain.mfa import Authenticator, Challenge, Kind
from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.login.second_step import Waiting, told
from gateword.ports.factor import Asked, Asking, Factor
from gateword.ports.parts import Parts

CODE_LIFETIME: Final = timedelta(minutes=5)
PURPOSE: Final = "binding_code"
_HANDLE_CHARS: Final = 64
_BEGINS: Final = "Fe26.2**"


async def asked(
    parts: Parts, factor: Factor, asking: Asking, authenticator: Authenticator, waiting: Waiting
) -> Secret | None:
    """Ask for a factor; return the `oob_code`, or None where nothing is sent.

    Raises:
        Refused: TOO_MANY_MESSAGES or TOO_MANY_PUSHES.
    """
    made = await factor.ask(asking, authenticator)
    if made is None:
        return None
    await _spend(parts, made, authenticator.kind, asking)
    handle = Secret(_BEGINS + parts.dice.handle(_HANDLE_CHARS))
    challenge = Challenge(
        user_key=authenticator.user_key,
        authenticator_id=authenticator.id,
        session=session(waiting),
        code=parts.stamp.digest(made.code.reveal(), PURPOSE + authenticator.id)
        if made.code
        else "",
        created_at=asking.at,
        expires_at=asking.code_ends_at,
        details=made.details,
    )
    await parts.stores.challenges.add(handle, challenge)
    if made.letter is not None:
        await parts.stores.outbox.add(made.letter, asking.at)
    if authenticator.kind is Kind.PUSH:
        await parts.stores.logs.append([_pushed(asking, authenticator, waiting)])
    return handle


def fits(parts: Parts, challenge: Challenge, code: Secret) -> bool:
    """Say whether a code is the one that was sent."""
    typed = parts.stamp.digest(code.reveal().strip(), PURPOSE + challenge.authenticator_id)
    return hmac.compare_digest(typed, challenge.code)


def session(waiting: Waiting) -> bytes:
    """Return what a challenge is bound to: one login that waits, or one user's access token."""
    if waiting.handle is None:
        return f"{waiting.half.client_id} {waiting.user.key}".encode()
    return sha256(waiting.handle.reveal().encode()).digest()


def _pushed(asking: Asking, one: Authenticator, waiting: Waiting) -> LogEvent:
    user, connection = asking.user, waiting.connection
    return LogEvent(
        code=LogCode.GD_SEND_PN,
        at=asking.at,
        description="A device is asked",
        client_id=asking.client_id,
        ip=asking.ip,
        user_agent=asking.user_agent,
        user_id=user.user_id,
        user_name=user.email or user.username or "",
        connection=connection.name,
        connection_id=connection.id,
        strategy=connection.strategy,
        details=told([one]),
    )


async def _spend(parts: Parts, made: Asked, kind: Kind, asking: Asking) -> None:
    blocked = await parts.stores.attempts.take([made.budget], asking.at)
    if blocked is None:
        return
    row = MfaRefusal.TOO_MANY_PUSHES if kind is Kind.PUSH else MfaRefusal.TOO_MANY_MESSAGES
    raise Refused(row, retry_after_s=blocked.retry_after_s)
