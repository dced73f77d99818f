"""What the tenant's log tells of letters."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from gateword.accounts import code_letters
from gateword.domain.log_event import LogCode, LogEvent
from gateword.policy import masked
from gateword.ports.queues import Letter

_SENT: Final[Mapping[str, LogCode]] = {
    "email": LogCode.GD_SEND_EMAIL,
    "sms": LogCode.GD_SEND_SMS,
    "voice": LogCode.GD_SEND_VOICE,
}
_NOT_SENT: Final[Mapping[str, LogCode]] = {
    "email": LogCode.FN,  # Auth0 has no gd_send_email_failure
    "sms": LogCode.GD_SEND_SMS_FAILURE,
    "voice": LogCode.GD_SEND_VOICE_FAILURE,
}


def ordered(letter: Letter, at: datetime) -> LogEvent | None:
    """Return what is told of a letter when it was written, before it leaves."""
    return _letter(LogCode.SVR, letter, at, None) if letter.kind == "verify_email" else None


def sent(letter: Letter, at: datetime) -> LogEvent | None:
    """Return what is told of a letter that was handed over."""
    is_code = letter.kind in code_letters.KINDS
    return _code(_SENT[letter.channel], letter, at, None) if is_code else None


def given_up(letter: Letter, at: datetime, why: str) -> LogEvent:
    """Return what is told of a letter that nobody will get."""
    if letter.kind in code_letters.KINDS:
        return _code(_NOT_SENT[letter.channel], letter, at, why)
    return _letter(LogCode.FN, letter, at, why)


def hushed(letter: Letter, why: str) -> str:
    """Return a reason without the code, and with whom it is for as the log shows that.

    A mail server that says no likes to repeat the address, and may repeat what it was sent.
    """
    if letter.kind not in code_letters.KINDS:
        return why
    why = re.sub(re.escape(letter.to), lambda _: _shown(letter), why, flags=re.IGNORECASE)
    code = letter.facts.get("code")
    return why.replace(code, "…") if code else why


def _shown(letter: Letter) -> str:
    return masked.email(letter.to) if letter.channel == "email" else masked.phone(letter.to)


def _letter(code: LogCode, letter: Letter, at: datetime, why: str | None) -> LogEvent:
    return LogEvent(
        code=code,
        at=at,
        description=why,
        user_id=letter.user_id,
        user_name=letter.to,
        details={"email_type": letter.kind, "to": letter.to},
    )


def _code(code: LogCode, letter: Letter, at: datetime, why: str | None) -> LogEvent:
    member = "email" if letter.channel == "email" else "phone_number"
    failure = {} if why is None else {"failure_details": {"message": why}}
    known = letter.facts or letter.order
    return LogEvent(
        code=code,
        at=at,
        description=why,
        user_id=letter.user_id,
        user_name=known.get("user_name", ""),
        connection=known.get("connection", ""),
        client_id=known.get("client_id", ""),
        details={"authenticator": {"type": letter.channel, member: _shown(letter)}, **failure},
    )
