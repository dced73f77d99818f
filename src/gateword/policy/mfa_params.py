"""Bodies of the MFA API: JSON, as SDKs send them, or forms.

Rule 1: pure. Rule 2: nothing is coerced; what is unknown is ignored, as at the token endpoint.
"""

import re
from collections.abc import Mapping
from typing import Final

from gateword.domain.mfa import Kind
from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.policy.identifier import is_email
from gateword.values import dataclass

OTP: Final = "otp"
OOB: Final = "oob"
CHANNELS: Final[Mapping[str, Kind]] = {
    "sms": Kind.SMS,
    "voice": Kind.VOICE,
    "email": Kind.EMAIL,
    "auth0": Kind.PUSH,
}
PHONE: Final = re.compile(r"\+[0-9]{1,15}")
MAX_EMAIL_CHARS: Final = 254


@dataclass(frozen=True, slots=True)
class Enrollment:
    """What a user wants to set up.

    Attributes:
        channel: `oob_channel` as it is answered; empty for an authenticator app.
        target: Phone number or address.
    """

    kind: Kind
    channel: str = ""
    target: str = ""


def enrollment(members: Mapping[str, object]) -> Enrollment:
    """Return what a body of `/mfa/associate` asks for.

    Raises:
        Refused: PARAMETER_MISSING, INVALID_PARAMETER or PHONE_NUMBER_INVALID.
    """
    type_ = _one_of(members, "authenticator_types", (OTP, OOB))
    if type_ == OTP:
        return Enrollment(Kind.TOTP)
    channel = _one_of(members, "oob_channels", tuple(CHANNELS))
    kind = CHANNELS[channel]
    if kind is Kind.EMAIL:
        email = _text(members, "email")
        if not is_email(email) or len(email) > MAX_EMAIL_CHARS:
            raise Refused(Refusal.INVALID_PARAMETER, name="email")
        return Enrollment(kind, channel, email)
    if kind is Kind.PUSH:
        return Enrollment(kind, channel)
    number = _text(members, "phone_number").replace(" ", "")
    if not PHONE.fullmatch(number):
        raise Refused(MfaRefusal.PHONE_NUMBER_INVALID)
    return Enrollment(kind, channel, number)


def challenge_types(text: str | None) -> frozenset[str]:
    """Return the challenge types that a client can handle; none named is all.

    Raises:
        Refused: INVALID_PARAMETER.
    """
    named = frozenset((text or "").split()) or frozenset({OTP, OOB})
    if not named <= {OTP, OOB}:
        raise Refused(Refusal.INVALID_PARAMETER, name="challenge_type")
    return named


def _text(members: Mapping[str, object], name: str) -> str:
    value = members.get(name)
    if value in (None, ""):
        raise Refused(Refusal.PARAMETER_MISSING, name=name)
    if not isinstance(value, str) or "\0" in value:
        raise Refused(Refusal.INVALID_PARAMETER, name=name)
    return value


def _one_of(members: Mapping[str, object], name: str, choices: tuple[str, ...]) -> str:
    """Return the one text of a list; forms have no lists, and send it as it is."""
    value = members.get(name)
    listed = value if isinstance(value, list) else [value]
    if value in (None, "", []):
        raise Refused(Refusal.PARAMETER_MISSING, name=name)
    if len(listed) != 1 or listed[0] not in choices:
        raise Refused(Refusal.INVALID_PARAMETER, name=name)
    return str(listed[0])
