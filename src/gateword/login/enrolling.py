"""A user sets a factor up (Auth0: "Add an authenticator"; mfa-api §5)."""

from collections.abc import Mapping, Sequence
from typing import Final

from gateword.domain.log_event import LogCode
from gateword.domain.login import Caller
from gateword.domain.mfa import Authenticator, Kind
from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.login import asking, factor_log, halves, mfa, recovery
from gateword.login.mfa_bearer import Bearer
from gateword.policy import mfa_api, mfa_demand
from gateword.policy.guardian import Guardian
from gateword.policy.mfa_params import Enrollment
from gateword.ports.factor import Asking, Enrolled, Factor
from gateword.ports.parts import Parts, Plugs
from gateword.values import replace

MOST: Final = 20
"""Authenticators of one user, confirmed or not."""

_PHONE: Final = (Kind.SMS, Kind.VOICE)


async def enrolled(
    parts: Parts, plugs: Plugs, tenant: Tenant, bearer: Bearer, wanted: Enrollment, who: Caller
) -> Mapping[str, object]:
    """Begin an enrolment; return the answer, its members in the order of recorded ones.

    Raises:
        Refused: SCOPE_MISSING, FACTOR_OFF, ALREADY_ENROLLED, ENROLLMENT_CLOSED,
            TOO_MANY_AUTHENTICATORS, TOO_MANY_MESSAGES or TOO_MANY_PUSHES.
    """
    try:
        made, answer = await _begun(parts, plugs, tenant, bearer, wanted, who)
    except Refused as refused:
        code = LogCode.GD_START_ENROLL_FAILED
        await factor_log.failed(parts, bearer.waiting, who, code, refused)
        raise
    text = "A second factor is being set up"
    code, of = LogCode.GD_START_ENROLL, made.authenticators
    await factor_log.happened(parts, bearer.waiting, who, code, text, of)
    return answer


async def _begun(
    parts: Parts, plugs: Plugs, tenant: Tenant, bearer: Bearer, wanted: Enrollment, who: Caller
) -> tuple[Enrolled, Mapping[str, object]]:
    bearer.check(mfa_api.ENROLL)
    guardian = await mfa.in_force_at(parts)
    owned = await mfa.owned_by(parts, bearer.user, guardian)
    await _check(parts, bearer, wanted.kind, guardian, owned)
    at = parts.clock.now()
    about = Asking(
        dice=parts.dice,
        tickets=parts.stores.tickets,
        tenant=tenant,
        user=bearer.user,
        kind=wanted.kind,
        along=_along(wanted.kind, guardian),
        at=at,
        expires_at=at + halves.LIFETIME,
        code_ends_at=at + asking.CODE_LIFETIME,
        target=wanted.target,
        connection=bearer.waiting.connection.name,
        client_id=bearer.waiting.half.client_id,
        is_enrollment=True,
        ip=who.ip,
        user_agent=who.user_agent,
    )
    factor = plugs.factors[wanted.kind]
    made = await factor.enroll(about)
    rows, code = await _kept(parts, bearer, guardian, owned, made)
    try:
        handle = await _asked(parts, factor, about, made, bearer)
    except Refused:  # nothing went out, so nothing is to be confirmed
        await parts.stores.authenticators.remove(bearer.user.key, [one.id for one in rows])
        raise
    return made, _answer(wanted, made, code, handle, factor)


def _along(kind: Kind, guardian: Guardian) -> tuple[Kind, ...]:
    """Return what is set up along with it: a phone both ways, where both are on (mfa-api §4)."""
    if kind not in _PHONE:
        return ()
    return tuple(one for one in _PHONE if one is not kind and guardian.allows(one))


async def _check(
    parts: Parts, bearer: Bearer, kind: Kind, guardian: Guardian, owned: Sequence[Authenticator]
) -> None:
    half = bearer.waiting.half
    demand = mfa_demand.kept(half)
    is_open = kind.factor in mfa_demand.enrollable(guardian, demand)
    is_any = not demand.factors  # then e-mail too, which nobody is told to set up
    if not is_open and not (is_any and guardian.allows(kind)):
        raise Refused(MfaRefusal.FACTOR_OFF)
    if kind in _PHONE and kind.value not in guardian.channels:
        raise Refused(MfaRefusal.FACTOR_OFF)
    if not mfa_demand.is_enrolled(owned, guardian, demand):
        await _check_first(parts, bearer)
    elif bearer.scopes is None and not mfa_demand.enrolls(half, owned, guardian):
        raise Refused(MfaRefusal.ALREADY_ENROLLED)


async def _check_first(parts: Parts, bearer: Bearer) -> None:
    """Refuse the first factor where the password alone must not do to set it up (mfa-api §12)."""
    who = "open" if bearer.is_invited else (await mfa.settings(parts)).first_enrollment
    if who == "ticket" or (who == "verified_email" and not bearer.user.email_verified):
        raise Refused(MfaRefusal.ENROLLMENT_CLOSED, detail=f"first_enrollment is {who}")


async def _kept(
    parts: Parts,
    bearer: Bearer,
    guardian: Guardian,
    owned: Sequence[Authenticator],
    made: Enrolled,
) -> tuple[Sequence[Authenticator], Secret | None]:
    """Keep what was enrolled, with a recovery code beside the first factor; return both."""
    code: Secret | None = None
    rows = made.authenticators
    # An address that is only verified is no first factor: nobody has been given a code with it.
    has_any = any(one.is_confirmed and one.kind is not Kind.EMAIL for one in owned)
    demand = mfa_demand.kept(bearer.waiting.half)
    if mfa_demand.issues_recovery_code(guardian, demand) and not has_any:
        new = recovery.made(parts, bearer.user, is_confirmed=False)
        code = new.code
        first = rows[0]
        came_with = replace(new.authenticator, group=first.id, expires_at=first.expires_at)
        rows = (*rows, came_with)
    if not await parts.stores.authenticators.add(rows, MOST, recovery_code=code):
        raise Refused(MfaRefusal.TOO_MANY_AUTHENTICATORS)
    return rows, code


async def _asked(
    parts: Parts, factor: Factor, about: Asking, made: Enrolled, bearer: Bearer
) -> Secret | None:
    if not made.is_asked:
        return None
    return await asking.asked(parts, factor, about, made.authenticators[0], bearer.waiting)


def _answer(
    wanted: Enrollment,
    made: Enrolled,
    code: Secret | None,
    handle: Secret | None,
    factor: Factor,
) -> Mapping[str, object]:
    answer: dict[str, object] = {"authenticator_type": factor.challenge_type}
    if wanted.kind.is_prompted:
        answer["binding_method"] = "prompt"
    codes = {} if code is None else {"recovery_codes": [code]}
    asked = {} if handle is None else {"oob_channel": wanted.channel, "oob_code": handle}
    if wanted.kind.is_prompted:
        return {**answer, **codes, **asked}
    return {**answer, **made.answer, **asked, **codes}
