"""A user sets a factor up behind a link (Auth0: "Create custom enrollment tickets"; mfa-api §13).

Rule 1: whoever holds the link is let in without a password, once. Rule 2: the link is used in the
transaction that confirms the factor: both or neither.
"""

import hmac
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from gateword.domain.connection import Connection
from gateword.domain.log_event import LogCode, LogEvent
from gateword.domain.login import Caller
from gateword.domain.mfa import Authenticator, Challenge, HalfLogin, Kind, Verdict
from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.domain.user import User
from gateword.login import asking, enrolling, halves, mfa, recovery, second_step
from gateword.login.mfa_bearer import Bearer
from gateword.login.second_step import Waiting
from gateword.policy import mfa_api, totp
from gateword.policy.mfa_params import Enrollment
from gateword.ports.mfa import Spent
from gateword.ports.parts import Parts, Plugs
from gateword.values import dataclass

KINDS: Final = (Kind.TOTP, Kind.PUSH, Kind.SMS, Kind.VOICE, Kind.EMAIL)
"""In the order in which they are offered."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Whom a link lets set up a factor.

    Attributes:
        ticket: Handle of the link.
        factor: The only one, in the words of `mfa_requirements`; empty is any.
        allows_more: The user may have one already.
    """

    ticket: Secret
    waiting: Waiting
    factor: str = ""
    allows_more: bool = False

    @property
    def user(self) -> User:
        """Who sets it up."""
        return self.waiting.user


@dataclass(frozen=True, slots=True)
class Begun:
    """An enrolment that waits for its proof.

    Attributes:
        barcode_uri: What an app scans; empty for codes that are sent.
        seed: Secret of an authenticator app, for those who cannot scan.
        oob_code: Handle of what was sent or asked.
    """

    kind: Kind
    barcode_uri: str = ""
    seed: Secret | None = None
    oob_code: Secret | None = None


def guest(
    parts: Parts,
    ticket: Secret,
    user: User,
    connection: Connection,
    factor: str = "",
    *,
    allows_more: bool = False,
) -> Guest:
    """Return whom a link lets in; it belongs to no application."""
    at = parts.clock.now()
    half = HalfLogin(
        client_id="",
        user_key=user.key,
        user_id=user.user_id,
        connection=connection.name,
        grant_type="",
        created_at=at,
        expires_at=at + halves.LIFETIME,
        password_reset=user.last_password_reset,
        is_enrollment=True,
        auth_time=at,
    )
    return Guest(ticket, Waiting(None, half, user, connection), factor, allows_more)


async def choices(parts: Parts, who: Guest) -> Sequence[Kind]:
    """Return what may be set up.

    Raises:
        Refused: ALREADY_ENROLLED.
    """
    if not who.allows_more and any(one.is_confirmed for one in await _factors(parts, who)):
        raise Refused(MfaRefusal.ALREADY_ENROLLED)
    guardian = await mfa.in_force_at(parts)
    return [kind for kind in KINDS if guardian.allows(kind) and who.factor in {"", kind.factor}]


async def begun(
    parts: Parts, plugs: Plugs, tenant: Tenant, who: Guest, wanted: Enrollment, caller: Caller
) -> Begun:
    """Begin an enrolment; what was begun before and not confirmed is over.

    Raises:
        Refused: ALREADY_ENROLLED, FACTOR_OFF, TOO_MANY_AUTHENTICATORS, TOO_MANY_MESSAGES or
            TOO_MANY_PUSHES.
    """
    if wanted.kind not in await choices(parts, who):
        raise Refused(MfaRefusal.FACTOR_OFF)
    authenticators, key = parts.stores.authenticators, who.user.key
    owned = await authenticators.of_user(key, parts.clock.now())
    await authenticators.remove(key, [one.id for one in owned if not one.is_confirmed])
    bearer = Bearer(who.waiting, (mfa_api.ENROLL,), is_invited=True)
    answer = await enrolling.enrolled(parts, plugs, tenant, bearer, wanted, caller)
    oob_code, seed = answer.get("oob_code"), answer.get("secret")
    return Begun(
        kind=wanted.kind,
        barcode_uri=str(answer.get("barcode_uri", "")),
        seed=Secret(seed) if isinstance(seed, str) else None,
        oob_code=oob_code if isinstance(oob_code, Secret) else None,
    )


async def under_way(parts: Parts, tenant: Tenant, who: Guest) -> Begun | None:
    """Return the authenticator app that waits for its first code, to be shown once more."""
    one = next(iter(await _apps(parts, who)), None)
    if one is None or one.seed is None:
        return None
    uri = totp.uri(one.seed, tenant.title, who.user.label)
    return Begun(Kind.TOTP, uri, one.seed)


async def confirmed(
    parts: Parts, who: Guest, begun: Begun, code: Secret, caller: Caller
) -> Secret | None:
    """Look at a proof; the factor is confirmed by it, and the link used up.

    Returns:
        A recovery code to be shown, where the tenant gives one with the first factor.

    Raises:
        Refused: OTP_WRONG, BINDING_CODE_WRONG, OOB_CODE_MALFORMED, PENDING, PUSH_DENIED,
            TOO_MANY_CODES or ALREADY_ENROLLED; ENROLLMENT_CLOSED when the link was used meanwhile.
    """
    await choices(parts, who)
    owned = await _factors(parts, who)
    is_first = not any(one.is_confirmed for one in owned)
    proved = await (
        _typed(parts, who, code, caller)
        if begun.kind is Kind.TOTP
        else _answered(parts, who, begun, code, caller)
    )
    event = LogEvent(
        code=LogCode.GD_ENROLLMENT_COMPLETE,
        at=parts.clock.now(),
        description="Second factor enrolled by a ticket",
        ip=caller.ip,
        hostname=caller.hostname,
        user_agent=caller.user_agent,
        user_id=who.user.user_id,
        user_name=who.user.email or who.user.username or "",
        connection=who.waiting.connection.name,
        connection_id=who.waiting.connection.id,
        strategy=who.waiting.connection.strategy,
        details=second_step.told([proved]),
    )
    await parts.stores.logs.append([event])
    if not is_first or "recovery-code" not in (await mfa.in_force_at(parts)).factors:
        return None
    new = recovery.made(parts, who.user, is_confirmed=True)
    await parts.stores.authenticators.replace_recovery_code(new.authenticator, new.code)
    return new.code


async def _factors(parts: Parts, who: Guest) -> list[Authenticator]:
    owned = await parts.stores.authenticators.of_user(who.user.key, parts.clock.now())
    return [one for one in owned if one.kind is not Kind.RECOVERY_CODE]


async def _apps(parts: Parts, who: Guest) -> list[Authenticator]:
    return [
        one
        for one in await _factors(parts, who)
        if one.kind is Kind.TOTP and not one.is_confirmed and not one.group
    ]


async def _typed(parts: Parts, who: Guest, code: Secret, caller: Caller) -> Authenticator:
    """Look at a code of an authenticator app."""
    apps = await _apps(parts, who)
    window = (await mfa.settings(parts)).otp_window
    found: list[tuple[Authenticator, int]] = []

    def is_right() -> bool:
        accepted = totp.accepted(apps, code, parts.clock.now(), window)
        found.extend([accepted] if accepted else [])
        return accepted is not None

    async def used() -> Spent | None:
        one, step = found[0]
        return await parts.stores.proofs.step(
            None, who.user, one.id, step, parts.clock.now(), ticket=who.ticket
        )

    await _tried(parts, who, caller, is_right, used, MfaRefusal.OTP_WRONG)
    return found[0][0]


async def _answered(
    parts: Parts, who: Guest, begun: Begun, code: Secret, caller: Caller
) -> Authenticator:
    """Look at a code that was sent, or at what a device has said."""
    handle = begun.oob_code or Secret("")
    challenge = await parts.stores.challenges.find(handle, parts.clock.now())
    one = await _asked(parts, who, challenge)
    if challenge is None or one is None:
        raise Refused(MfaRefusal.OOB_CODE_MALFORMED)

    async def used() -> Spent | None:
        return await parts.stores.proofs.challenge(
            None, who.user, handle, parts.clock.now(), ticket=who.ticket
        )

    if challenge.code:
        sent = challenge

        def is_right() -> bool:
            return asking.fits(parts, sent, code)

        await _tried(parts, who, caller, is_right, used, MfaRefusal.BINDING_CODE_WRONG)
        return one
    if challenge.verdict is Verdict.PENDING:
        raise Refused(MfaRefusal.PENDING)
    if challenge.verdict is Verdict.DENIED:
        raise Refused(MfaRefusal.PUSH_DENIED)
    if await used() is not None:
        raise Refused(MfaRefusal.ENROLLMENT_CLOSED)
    return one


async def _asked(parts: Parts, who: Guest, challenge: Challenge | None) -> Authenticator | None:
    """Return whose challenge it is, if it belongs to this enrolment."""
    if challenge is None or challenge.user_key != who.user.key:
        return None
    if not hmac.compare_digest(challenge.session, asking.session(who.waiting)):
        return None
    for one in await _factors(parts, who):
        if one.id == challenge.authenticator_id and not one.is_confirmed:
            return one
    return None


async def _tried(
    parts: Parts,
    who: Guest,
    caller: Caller,
    is_right: Callable[[], bool],
    used: Callable[[], Awaitable[Spent | None]],
    row: MfaRefusal,
) -> None:
    """Count a typed code, then look at it; one that is right is used up together with the link."""
    was_right: list[bool] = []

    async def look() -> bool:
        was_right.append(is_right())
        return was_right[0] and await used() is None

    if not await second_step.tried(parts, caller.ip, who.waiting, look):
        raise Refused(MfaRefusal.ENROLLMENT_CLOSED if was_right[0] else row)
