"""More proof, if it is wanted: the login is put aside, and the answer is an `mfa_token`.

Rule: what cannot be asked for is refused, never let through (mfa-api §11).
"""

from collections.abc import Sequence
from typing import Final

from gateword.domain.login import FactorWish, Login
from gateword.domain.mfa import Authenticator, Kind
from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.mfa_settings import MfaSettings
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.login import assessment, facts, halves, mfa_policies
from gateword.policy import guardian_document, mfa_demand, mfa_settings
from gateword.policy.brought_factors import UNREAD
from gateword.policy.guardian import Guardian, in_force
from gateword.policy.identifier import normal
from gateword.policy.mfa_demand import Demand, Unusable
from gateword.ports.parts import Parts
from gateword.values import replace

_HANDLE_CHARS: Final = 64
_BEGINS: Final = "Fe26.2**"
"""As Auth0's begin; nobody reads them."""

_IMPLIED: Final = "email-id"


async def known(parts: Parts, login: Login) -> Login:
    """Return the login of a user whose kinds of factors are known, so that scripts are told them.

    Only what was brought along before these were written down is not; reading it writes them down.
    """
    if UNREAD not in login.user.factors:
        return login
    await parts.stores.authenticators.of_user(login.user.key, parts.clock.now())
    user = await parts.stores.users.by_key(login.user.key)
    factors = () if user is None else user.factors
    return replace(login, user=replace(login.user, factors=factors))


async def demand(parts: Parts, login: Login, presented: Secret | None = None) -> Login:
    """Return a login that needs no more proof.

    Args:
        parts: The tenant's.
        login: As the scripts left it.
        presented: The refresh token that it renews.

    Raises:
        Refused: REQUIRED with a new `mfa_token`; PROVIDER_UNUSABLE or NO_FACTOR.
    """
    policies, is_risky = await mfa_policies.policies(parts), assessment.is_low(login)
    wanted = mfa_demand.of_login(login, policies, await settings(parts), is_risky=is_risky)
    if wanted is None and login.audience == login.ask.tenant.mfa_audience:
        asked = mfa_demand.elsewhere(login, policies, is_risky=is_risky)
        if await _guards_first_factor(parts, login, is_demanded=asked is not None):
            wanted = Demand(factors=("email",), why="the first factor needs the user's address")
    if wanted is None:
        return login
    if isinstance(wanted, Unusable):
        raise Refused(
            MfaRefusal.PROVIDER_UNUSABLE,
            detail=f"a script wants the provider {wanted.provider!r}",
            facts=facts.of_login(login),
            provider=wanted.provider,
        )
    raise await _required(parts, login, wanted, presented)


async def _required(
    parts: Parts, login: Login, wanted: Demand, presented: Secret | None
) -> Refused:
    guardian = await in_force_at(parts)
    owned = await owned_by(parts, login.user, guardian)
    wanted, rest = _in_order(login, wanted, owned, guardian)
    asked = mfa_demand.requirements(owned, guardian, wanted)
    if asked is None:
        return Refused(
            MfaRefusal.NO_FACTOR,
            detail=f"{wanted.why}, but the user can show none of {_named(wanted)}",
            facts=facts.of_login(login),
        )
    if login.seen_before is not None:  # it is counted when it is whole
        await parts.stores.logins.uncount(login.user.key, login.ask.at, login.seen_before)
    handle = Secret(_BEGINS + parts.dice.handle(_HANDLE_CHARS))
    kept = halves.half(login, wanted, rest, presented)
    await parts.stores.half_logins.add(handle, kept)
    details = {"grant_type": login.ask.grant_type, "reason": wanted.why, **asked}
    return Refused(
        MfaRefusal.REQUIRED,
        detail=MfaRefusal.REQUIRED.row.description,
        body={"mfa_token": handle, "mfa_requirements": asked},
        facts=facts.of_login(login, details),
    )


def _in_order(
    login: Login, wanted: Demand, owned: Sequence[Authenticator], guardian: Guardian
) -> tuple[Demand, tuple[FactorWish, ...]]:
    """Return what is demanded first, and what after that.

    Who has a factor shows it before another one is set up: the password alone must not do.
    """
    rest = login.factors[1:]
    is_enrolled = mfa_demand.is_enrolled(owned, guardian, wanted)
    if login.methods or not is_enrolled:
        return wanted, rest
    first = Demand(why=f"{wanted.why}; one that is there is to be shown before")
    if wanted.is_enrollment:
        return first, login.factors
    found = mfa_demand.enrollable(guardian, wanted)
    if mfa_demand.requirements(owned, guardian, wanted) is None and found:
        wish = FactorWish(is_enrollment=True, any_of=tuple({"type": one} for one in found))
        return first, (wish, *rest)
    return wanted, rest


def _named(wanted: Demand) -> str:
    return ", ".join(one for one in wanted.factors if one) or "the factors that are on"


async def _guards_first_factor(parts: Parts, login: Login, *, is_demanded: bool) -> bool:
    """Say whether a token to set up the first factor takes a code by e-mail.

    Auth0 mints it for users who have e-mail alone. Where a factor is demanded of the same login for
    any other API, the password would get round it here; so it does not (ADR 0019).
    """
    if login.renews is not None:
        return False
    is_open = (await settings(parts)).first_enrollment == "open"
    has_address = login.user.email_verified or Kind.EMAIL.value in login.user.factors
    if (is_open and not is_demanded) or not has_address:
        return False
    return "email" in (await in_force_at(parts)).factors


async def settings(parts: Parts) -> MfaSettings:
    """Return how the tenant wants second factors to work."""
    kept = await parts.stores.documents.get(mfa_settings.KIND, mfa_settings.ID)
    return mfa_settings.settings(kept.document if kept else None)


async def in_force_at(parts: Parts) -> Guardian:
    """Return which factors the tenant has switched on."""
    kept = await parts.stores.documents.all(guardian_document.KIND)
    return in_force((one.id, one.document) for one in kept)


async def owned_by(parts: Parts, user: User, guardian: Guardian) -> Sequence[Authenticator]:
    """Return a user's authenticators; a verified address is one while codes go by e-mail."""
    owned = await parts.stores.authenticators.of_user(user.key, parts.clock.now())
    if not user.email or not user.email_verified or "email" not in guardian.factors:
        return owned
    enrolled = (one for one in owned if one.kind is Kind.EMAIL and one.is_confirmed)
    if any(normal(one.target) == normal(user.email) for one in enrolled):
        return owned
    return [*owned, implied(parts, user)]


def implied(parts: Parts, user: User) -> Authenticator:
    """Return what a verified address counts as, though nobody enrolled it: always the same."""
    name = parts.stamp.digest(f"{user.key} {user.email}", _IMPLIED)[:16]
    return Authenticator(
        id=f"{Kind.EMAIL.value}|dev_{name}",
        user_key=user.key,
        kind=Kind.EMAIL,
        created_at=user.created_at,
        target=user.email or "",
        confirmed_at=user.created_at,
    )


async def demand_more(parts: Parts, login: Login, presented: Secret | None) -> Login:
    """Return a login of which Actions want no further factor, one having been shown.

    Raises:
        Refused: REQUIRED with a new `mfa_token`, or NO_FACTOR.
    """
    if not login.factors:
        return login
    wanted = mfa_demand.wished(login.factors[0])
    raise await _required(parts, login, wanted, presented)
