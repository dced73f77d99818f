"""A push device enrols itself, looks what is asked of it, and answers (docs, "Device protocol").

Rule 1: whatever is wrong with a proof, or with the device it claims to be of, is one answer.
Rule 2: an enrolled device proves nothing yet: its first approval confirms it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from gateword.domain.log_event import LogCode, LogEvent
from gateword.domain.login import Caller
from gateword.domain.mfa import Authenticator, Challenge, Kind, Verdict
from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.domain.user import User
from gateword.login.second_step import told
from gateword.policy import device, totp
from gateword.policy.device import NewDevice
from gateword.policy.timestamp import written
from gateword.ports.parts import Parts
from gateword.values import dataclass

_VERDICTS: Final = {True: Verdict.APPROVED, False: Verdict.DENIED}


@dataclass(frozen=True, slots=True)
class Device:
    """A device that has proved who it is.

    Attributes:
        claims: What else it signed.
    """

    authenticator: Authenticator
    user: User
    claims: Mapping[str, object]


async def enrolled(
    parts: Parts, tenant: Tenant, new: NewDevice, proof: Secret, who: Caller
) -> Mapping[str, object]:
    """Take in a device whose user scanned a code; return what it keeps.

    Args:
        parts: The tenant's.
        tenant: The tenant.
        new: The device.
        proof: Shows that it has the key whose public half it hands in.
        who: From where it speaks.

    Raises:
        Refused: DEVICE_KEY_INVALID, DEVICE_PROOF_INVALID, DEVICE_CLOCK_OFF or DEVICE_TICKET_GONE.
    """
    at = parts.clock.now()
    key = parts.device_keys.public_pem(new.public_key)
    if key is None:
        raise Refused(MfaRefusal.DEVICE_KEY_INVALID)
    claims = parts.device_keys.claims(proof, key)
    counter = device.counter(claims, device.url(tenant, device.ENROLL), at)
    if claims is None or Secret(str(claims.get("sub"))) != new.ticket:
        raise Refused(MfaRefusal.DEVICE_PROOF_INVALID, detail="it is about something else")
    one, seed, user = await _redeemed(parts, new, key, at)
    await parts.stores.authenticators.advance(one.id, counter)
    text, new_one = "A device has handed in its key", Device(one, user, claims)
    await parts.stores.logs.append([_event(LogCode.GD_UPDATE_DEVICE, text, at, new_one, who)])
    return {
        "id": one.id,
        "url": tenant.issuer.rstrip("/"),
        "issuer": tenant.title,
        "account": user.label,
        "totp": {
            "secret": seed,
            "algorithm": "SHA1",
            "digits": 6,
            "period": totp.STEP_S,
        },
    }


async def _redeemed(
    parts: Parts, new: NewDevice, key: Secret, at: datetime
) -> tuple[Authenticator, Secret, User]:
    """Use a ticket up; return the enrolment it was for, the seed of its codes, and the user."""
    stores = parts.stores
    ticket = await stores.tickets.use(new.ticket, device.TICKET, at)
    if ticket is None:
        raise Refused(MfaRefusal.DEVICE_TICKET_GONE, detail="no such ticket, or used, or too old")
    user = await stores.users.by_key(ticket.user_key)
    one, codes = [
        await stores.authenticators.get(str(ticket.document.get(name)))
        for name in ("device", "codes")
    ]
    if user is None or user.blocked or one is None or codes is None or codes.seed is None:
        raise Refused(MfaRefusal.DEVICE_TICKET_GONE, detail="user or enrolment is gone")
    if not await stores.authenticators.admit_device(one.id, key, new.name, at):
        raise Refused(MfaRefusal.DEVICE_TICKET_GONE, detail="the enrolment is over")
    return one, codes.seed, user


async def proved(parts: Parts, tenant: Tenant, path: str, proof: Secret) -> Device:
    """Return the device that signed a request.

    Args:
        parts: The tenant's.
        tenant: The tenant.
        path: What is asked.
        proof: As it was presented; it counts once.

    Raises:
        Refused: DEVICE_PROOF_INVALID, DEVICE_CLOCK_OFF or DEVICE_REPLAYED.
    """
    at, keys = parts.clock.now(), parts.device_keys
    id_ = keys.unverified_issuer(proof)
    one = await parts.stores.authenticators.get(id_) if id_ and device.is_id(id_) else None
    if one is None or one.kind is not Kind.PUSH or one.seed is None or _is_over(one, at):
        raise Refused(MfaRefusal.DEVICE_PROOF_INVALID, detail="no such device")
    claims = keys.claims(proof, one.seed)
    counter = device.counter(claims, device.url(tenant, path), at)
    user = await parts.stores.users.by_key(one.user_key)
    if claims is None or user is None or user.blocked:
        raise Refused(MfaRefusal.DEVICE_PROOF_INVALID, detail="its user is gone or blocked")
    if not await parts.stores.authenticators.advance(one.id, counter):
        raise Refused(MfaRefusal.DEVICE_REPLAYED)
    return Device(one, user, claims)


def _is_over(one: Authenticator, at: datetime) -> bool:
    return one.expires_at is not None and one.expires_at <= at


async def waiting(parts: Parts, asked: Device) -> Mapping[str, object]:
    """Return what is asked of a device now."""
    at = parts.clock.now()
    found = await parts.stores.challenges.waiting(asked.authenticator.id, at)
    shown = None if found is None else await _shown(parts, found, at)
    return {"challenge": shown, "interval": device.INTERVAL_S}


async def _shown(parts: Parts, challenge: Challenge, at: datetime) -> Mapping[str, object]:
    """Return what helps a user to decide: who asks, from where, and when."""
    details = challenge.details
    client = await parts.stores.clients.get(str(details.get("client_id")))
    return {
        "id": challenge.id,
        "application": client.name if client else "",
        "ip": details.get("ip", ""),
        "user_agent": details.get("user_agent", ""),
        "is_enrollment": details.get("is_enrollment") is True,
        "created_at": written(challenge.created_at),
        "expires_in": int((challenge.expires_at - at).total_seconds()),
    }


async def answered(parts: Parts, asked: Device, who: Caller) -> None:
    """Note what a user said to the question that their device was asked.

    Raises:
        Refused: PARAMETER_MISSING or DEVICE_QUESTION_GONE.
    """
    said, at = device.answer(asked.claims), parts.clock.now()
    one, challenges = asked.authenticator, parts.stores.challenges
    found = await challenges.waiting(one.id, at)
    if found is None or found.id != said.challenge_id:
        raise Refused(MfaRefusal.DEVICE_QUESTION_GONE)
    if not await challenges.answer(found.id, _VERDICTS[said.accepted], at):
        raise Refused(MfaRefusal.DEVICE_QUESTION_GONE)
    if not said.accepted:
        text, client_id = "Denied on the device", str(found.details.get("client_id") or "")
        event = _event(LogCode.GD_AUTH_REJECTED, text, at, asked, who, client_id)
        await parts.stores.logs.append([event])


def _event(
    code: LogCode, text: str, at: datetime, asked: Device, who: Caller, client_id: str = ""
) -> LogEvent:
    user = asked.user
    return LogEvent(
        code=code,
        at=at,
        description=text,
        client_id=client_id,
        ip=who.ip,
        hostname=who.hostname,
        user_agent=who.user_agent,
        user_id=user.user_id,
        user_name=user.email or user.username or "",
        connection=user.identities[0].connection if user.identities else "",
        details=told([asked.authenticator]),
    )
