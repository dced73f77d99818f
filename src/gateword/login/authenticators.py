"""A user's authenticators, as their own applications see them (mfa-api §4)."""

from collections.abc import Mapping, Sequence
from typing import Final

from gateword.domain.log_event import LogCode
from gateword.domain.login import Caller
from gateword.domain.mfa import Authenticator, Kind
from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refused import Refused
from gateword.login import factor_log, mfa
from gateword.login.mfa_bearer import Bearer
from gateword.policy import json_text, masked, mfa_api
from gateword.ports.parts import Parts

_CHANNELS: Final[Mapping[Kind, str]] = {
    Kind.SMS: "sms",
    Kind.VOICE: "voice",
    Kind.EMAIL: "email",
    Kind.PUSH: "auth0",
}
_TYPES: Final[Mapping[Kind, str]] = {Kind.TOTP: "otp", Kind.RECOVERY_CODE: "recovery-code"}


async def listed(parts: Parts, bearer: Bearer) -> Sequence[Mapping[str, object]]:
    """Return a user's authenticators.

    Raises:
        Refused: SCOPE_MISSING.
    """
    bearer.check(mfa_api.READ)
    guardian = await mfa.in_force_at(parts)
    return [rendered(one) for one in await mfa.owned_by(parts, bearer.user, guardian)]


async def removed(parts: Parts, bearer: Bearer, id_: str, who: Caller) -> None:
    """Delete an authenticator with what goes together with it.

    Raises:
        Refused: NEEDS_FACTOR, SCOPE_MISSING or NO_AUTHENTICATOR.
    """
    if bearer.scopes is None:
        raise Refused(MfaRefusal.NEEDS_FACTOR)
    bearer.check(mfa_api.REMOVE)
    # No id has a NUL, and PostgreSQL takes none.
    is_id = json_text.is_storable(id_)
    one = await parts.stores.authenticators.get(id_) if is_id else None
    if one is None or not await parts.stores.authenticators.remove(bearer.user.key, [id_]):
        raise Refused(MfaRefusal.NO_AUTHENTICATOR)
    text, code = "A second factor was deleted", LogCode.GD_UNENROLL
    await factor_log.happened(parts, bearer.waiting, who, code, text, [one])


def rendered(one: Authenticator) -> Mapping[str, object]:
    """Return an authenticator's wire form, members as recorded."""
    channel = _CHANNELS.get(one.kind)
    answer: dict[str, object] = {
        "id": one.id,
        "authenticator_type": _TYPES.get(one.kind, "oob"),
        "active": one.is_confirmed,
        "type": one.kind.factor,
    }
    if channel is not None:
        answer["oob_channel"] = channel
    name = one.name or shown(one)
    return answer | ({"name": name} if name else {})


def shown(one: Authenticator) -> str:
    """Return where codes go, so that only who knows it recognises it."""
    if not one.target:
        return ""
    return masked.email(one.target) if one.kind is Kind.EMAIL else masked.phone(one.target)
