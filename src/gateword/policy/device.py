"""What a push device says: its enrolment, and the proof that each of its requests carries.

Rule 1: pure. Rule 2: a proof is good for one address, for a minute, and once: its counter rises.
Source: our own (docs/reference/device-protocol.md), in the spirit of Auth0's Guardian SDKs.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.values import dataclass

TICKET: Final = "device_enrollment"
"""Purpose of the ticket that an enrolment leaves for its device."""

ENROLL: Final = "/mfa/device/enroll"
CHALLENGE: Final = "/mfa/device/challenge"
ANSWER: Final = "/mfa/device/answer"

WINDOW_S: Final = 60
"""How far the clocks of device and server may be apart."""

INTERVAL_S: Final = 2
"""How often a device that is looked at should ask."""

MAX_BODY_BYTES: Final = 8192
_MAX_NUMBER: Final = 2**53 - 1
"""The greatest whole number that every JSON parser reads as it is (RFC 8259 §6)."""

_MAX_NAME_CHARS: Final = 64
_ID: Final = re.compile(r"push\|dev_[A-Za-z0-9]{1,32}")
_MAX_TICKET_CHARS: Final = 128
_ID_HEX: Final = 64


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A device that wants to be enrolled.

    Attributes:
        ticket: The `enrollment_tx_id` that its user scanned.
        name: What the user knows it by; may be empty.
        public_key: As a JWK, unchecked.
    """

    ticket: Secret
    name: str
    public_key: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a user said on a device, and to which challenge."""

    challenge_id: str
    accepted: bool


def new_device(members: Mapping[str, object]) -> NewDevice:
    """Return what the body of an enrolment says.

    Raises:
        Refused: PARAMETER_MISSING, INVALID_PARAMETER, DEVICE_KEY_INVALID or DEVICE_TICKET_GONE.
    """
    ticket, key = members.get("enrollment_tx_id"), members.get("public_key")
    called = members.get("name") or ""
    if ticket in (None, "") or key is None:
        raise Refused(
            Refusal.PARAMETER_MISSING, name="enrollment_tx_id" if not ticket else "public_key"
        )
    if not isinstance(ticket, str) or "\0" in ticket:
        raise Refused(Refusal.INVALID_PARAMETER, name="enrollment_tx_id")
    if len(ticket) > _MAX_TICKET_CHARS:
        raise Refused(MfaRefusal.DEVICE_TICKET_GONE)
    if not isinstance(key, Mapping):
        raise Refused(MfaRefusal.DEVICE_KEY_INVALID)
    if not isinstance(called, str) or len(called) > _MAX_NAME_CHARS or not called.isprintable():
        raise Refused(Refusal.INVALID_PARAMETER, name="name")
    return NewDevice(Secret(ticket), called.strip(), key)


def counter(claims: Mapping[str, object] | None, url: str, at: datetime) -> int:
    """Return the counter of a proof that was signed for this address, and just now.

    Args:
        claims: What was signed; None when the signature is wrong.
        url: Address that is asked.
        at: Now.

    Raises:
        Refused: DEVICE_PROOF_INVALID or DEVICE_CLOCK_OFF.
    """
    if claims is None:
        raise Refused(MfaRefusal.DEVICE_PROOF_INVALID, detail="signature")
    if claims.get("aud") != url:
        raise Refused(MfaRefusal.DEVICE_PROOF_INVALID, detail="it is for another address")
    rises, issued = _number(claims.get("counter")), _number(claims.get("iat"))
    if not isinstance(rises, int) or rises < 1 or issued is None:
        raise Refused(MfaRefusal.DEVICE_PROOF_INVALID, detail="counter or iat")
    if not abs(at.timestamp() - issued) <= WINDOW_S:
        raise Refused(MfaRefusal.DEVICE_CLOCK_OFF)
    return rises


def _number(value: object) -> int | float | None:
    """Return a number that every JSON parser reads as it is; None for anything else."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return value if abs(value) <= _MAX_NUMBER else None


def answer(claims: Mapping[str, object]) -> Answer:
    """Return what a proof says to a challenge.

    Raises:
        Refused: PARAMETER_MISSING or DEVICE_QUESTION_GONE.
    """
    id_, accepted = claims.get("sub"), claims.get("accepted")
    if not isinstance(id_, str):
        raise Refused(Refusal.PARAMETER_MISSING, name="sub")
    if not isinstance(accepted, bool):  # what is unclear is no consent
        raise Refused(Refusal.PARAMETER_MISSING, name="accepted")
    if len(id_) != _ID_HEX or set(id_) - set("0123456789abcdef"):
        raise Refused(MfaRefusal.DEVICE_QUESTION_GONE)
    return Answer(id_, accepted)


def is_id(text: str | None) -> bool:
    """Say whether a text may be the id of a push device."""
    return text is not None and _ID.fullmatch(text) is not None


def url(tenant: Tenant, path: str) -> str:
    """Return an address of the device protocol."""
    return tenant.issuer.rstrip("/") + path
