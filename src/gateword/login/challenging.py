"""A user is asked for a factor (Auth0: "Request MFA challenge"; mfa-api §6)."""

from collections.abc import Mapping, Sequence
from typing import Final

from gateword.domain.log_event import LogCode
from gateword.domain.login import Caller
from gateword.domain.mfa import FACTORS, Authenticator, Kind
from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refused import Refused
from gateword.domain.tenant import Tenant
from gateword.login import asking, factor_log, halves, mfa, second_step
from gateword.login.second_step import Waiting
from gateword.policy import mfa_demand
from gateword.policy.mfa_params import OOB, OTP
from gateword.ports.factor import Asking
from gateword.ports.parts import Parts, Plugs

_ORDER: Final = list(FACTORS)
_LEGACY: Final[Mapping[str, Kind]] = {"sms": Kind.SMS, "auth0": Kind.PUSH}


async def challenged(
    parts: Parts,
    plugs: Plugs,
    tenant: Tenant,
    waiting: Waiting,
    types: frozenset[str],
    *,
    authenticator_id: str | None,
    channel: str | None,
    who: Caller,
) -> Mapping[str, object]:
    """Ask for a factor; return the answer.

    Args:
        parts: The tenant's.
        plugs: With the factors.
        tenant: The tenant.
        waiting: The login.
        types: What the client can handle.
        authenticator_id: The one to be asked; None chooses.
        channel: `oob_channel` of older clients, which narrows the choice.
        who: The user's side.

    Raises:
        Refused: NOT_ENROLLED, NO_SUCH_FACTOR, SUSPENDED, TOO_MANY_MESSAGES or TOO_MANY_PUSHES.
    """
    try:
        one = await _asked_of(parts, plugs, waiting, types, authenticator_id, channel)
        answer = await _asked(parts, plugs, tenant, waiting, one, who)
    except Refused as refused:
        await factor_log.failed(parts, waiting, who, LogCode.GD_AUTH_FAILED, refused)
        raise
    text = "A second factor was asked for"
    await factor_log.happened(parts, waiting, who, LogCode.GD_START_AUTH, text, [one])
    return answer


async def _asked_of(
    parts: Parts,
    plugs: Plugs,
    waiting: Waiting,
    types: frozenset[str],
    authenticator_id: str | None,
    channel: str | None,
) -> Authenticator:
    """Return the authenticator that is to be asked.

    Raises:
        Refused: NOT_ENROLLED, NO_SUCH_FACTOR or SUSPENDED.
    """
    guardian = await mfa.in_force_at(parts)
    owned = await mfa.owned_by(parts, waiting.user, guardian)
    if mfa_demand.enrolls(waiting.half, owned, guardian):
        raise Refused(MfaRefusal.NOT_ENROLLED, facts=waiting.facts())
    usable = [
        one
        for one in mfa_demand.usable(owned, guardian, mfa_demand.kept(waiting.half))
        if one.kind in plugs.factors and plugs.factors[one.kind].challenge_type in types
    ]
    one = _chosen(usable, authenticator_id, _LEGACY.get(channel or ""))
    if one is None:
        shown = " ".join(kind for kind in (OTP, OOB) if kind in types)
        raise Refused(MfaRefusal.NO_SUCH_FACTOR, facts=waiting.facts(), types=shown)
    if not second_step.not_suspended([one]):
        raise second_step.suspended(waiting)
    return one


async def _asked(
    parts: Parts, plugs: Plugs, tenant: Tenant, waiting: Waiting, one: Authenticator, who: Caller
) -> Mapping[str, object]:
    at = parts.clock.now()
    about = Asking(
        dice=parts.dice,
        tickets=parts.stores.tickets,
        tenant=tenant,
        user=waiting.user,
        kind=one.kind,
        at=at,
        expires_at=at + halves.LIFETIME,
        code_ends_at=at + asking.CODE_LIFETIME,
        target=one.target,
        connection=waiting.connection.name,
        client_id=waiting.half.client_id,
        ip=who.ip,
        user_agent=who.user_agent,
    )
    handle = await asking.asked(parts, plugs.factors[one.kind], about, one, waiting)
    if handle is None:
        return {"challenge_type": OTP}
    answer: dict[str, object] = {"challenge_type": OOB, "oob_code": handle}
    return answer | {"binding_method": "prompt"} if one.kind.is_prompted else answer


def _chosen(
    usable: Sequence[Authenticator], id_: str | None, kind: Kind | None
) -> Authenticator | None:
    if id_ is not None:
        return next((one for one in usable if one.id == id_), None)
    if kind is not None:
        usable = [one for one in usable if one.kind is kind]
    # Of several of a kind, the one that was used last; of a phone, as its user prefers.
    return min(
        usable,
        key=lambda one: (
            _ORDER.index(Kind.SMS if one.is_preferred else one.kind),
            not one.is_preferred,
            -(one.last_used_at or one.created_at).timestamp(),
        ),
        default=None,
    )
