"""Must this login prove more, and with which factors.

Rule 1: pure. Rule 2: what cannot be understood is refused, never let through. Rule 3: scripts win
over policies, but no script takes back what a risky login demands.
Source: Auth0 "Customize MFA for Classic Login", "Adaptive MFA"; mfa-api §3, §11; ADR 0019.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from gateword.domain.login import FactorWish, Login
from gateword.domain.mfa import STRONG, Authenticator, HalfLogin, Kind
from gateword.domain.mfa_settings import MfaSettings
from gateword.domain.user import User
from gateword.policy.brought_factors import UNREAD
from gateword.policy.guardian import CHALLENGED, ENROLLED, Guardian
from gateword.values import dataclass

NO_PROVIDER: Final = "none"
PROVIDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "any": (),
    "guardian": ("push-notification", "phone", "otp", "recovery-code"),
    "google-authenticator": ("otp", "recovery-code"),
}
"""Providers that this flow can ask for, and their factors; none named is any."""

ALL: Final = "all-applications"
ADAPTIVE: Final = "confidence-score"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A second factor that is demanded.

    Attributes:
        factors: Among which the user may choose; empty is any that is on.
        is_enrollment: One is to be set up.
        why: For the log.
        overrides: The switches of the factors play no part.
    """

    factors: tuple[str, ...] = ()
    is_enrollment: bool = False
    why: str
    overrides: bool = False


@dataclass(frozen=True, slots=True)
class Unusable:
    """A script asks for a provider that this flow cannot ask for."""

    provider: str


def of_login(
    login: Login, policies: Sequence[str], settings: MfaSettings, *, is_risky: bool = False
) -> Demand | Unusable | None:
    """Return what a login must prove besides; None is nothing.

    Args:
        login: As the scripts left it.
        policies: The tenant's.
        settings: The tenant's.
        is_risky: Confidence in it is low.
    """
    is_spared = login.renews is not None and _is_spared(login, settings)
    if login.factors and not is_spared:
        return wished(login.factors[0])
    if login.audience is not None and login.audience == login.ask.tenant.mfa_audience:
        # Nobody is spared this: who holds such a token sets factors up, and deletes them.
        is_asked = has_strong(login.user) and not _has_shown(login, settings)
        return Demand(why="the audience is the MFA API") if is_asked else None
    if is_spared:
        return None
    return elsewhere(login, policies, is_risky=is_risky)


def elsewhere(
    login: Login, policies: Sequence[str], *, is_risky: bool = False
) -> Demand | Unusable | None:
    """Return what a login for any other API than that of second factors must prove.

    Args:
        login: As the scripts left it.
        policies: The tenant's.
        is_risky: Confidence in it is low.
    """
    risky = Demand(why="confidence in the login is low") if is_risky else None
    provider = None if login.multifactor is None else login.multifactor.get("provider")
    if provider == NO_PROVIDER:
        return risky
    if provider is not None:
        if not isinstance(provider, str) or provider not in PROVIDERS:
            return Unusable(str(provider)[:64])
        factors = PROVIDERS[provider]
        return Demand(factors=factors, why=f"a script wants {provider}", overrides=bool(factors))
    if ALL in policies:
        return Demand(why="the policy of the tenant")
    return risky


def _is_spared(login: Login, settings: MfaSettings) -> bool:
    if settings.on_refresh == "never":
        return True
    if settings.on_refresh != "max_age" or login.renews is None:
        return False
    shown = login.renews.grant.mfa_at
    return shown is not None and login.ask.at - shown <= timedelta(seconds=settings.max_age_s)


def _has_shown(login: Login, settings: MfaSettings) -> bool:
    """Say whether a factor was shown for a refresh token, and not too long ago."""
    if login.renews is None or login.mfa_at is None:
        return False
    return settings.on_refresh != "max_age" or _is_spared(login, settings)


def has_strong(user: User) -> bool:
    """Say whether a user has a factor that guards the MFA API."""
    kinds = user.factors
    return UNREAD in kinds or any(kind.value in kinds for kind in STRONG)


def wished(wish: FactorWish) -> Demand:
    """Return the demand of an Action."""
    named = (str(one.get("type")) for one in wish.any_of)
    factors = tuple(dict.fromkeys(name for name in named if name in CHALLENGED))
    what = "set up" if wish.is_enrollment else "shown"
    return Demand(
        factors=factors or ("",),  # nothing that it names can be done here: refused, not ignored
        is_enrollment=wish.is_enrollment,
        why=f"an Action wants a factor {what}",
    )


def kept(half: HalfLogin) -> Demand:
    """Return the demand for which a login waits."""
    return Demand(
        factors=half.requires,
        is_enrollment=half.is_enrollment,
        overrides=half.overrides,
        why="the login waits for it",
    )


def enrolls(half: HalfLogin, owned: Sequence[Authenticator], guardian: Guardian) -> bool:
    """Say whether a factor is to be set up for a login that waits, not shown.

    Who has one by now, and has not shown it in this login, sets up none with the password alone.
    """
    has_shown = half.is_enrollment and bool(half.methods)
    return has_shown or not is_enrolled(owned, guardian, kept(half))


def usable(
    owned: Sequence[Authenticator], guardian: Guardian, demand: Demand
) -> list[Authenticator]:
    """Return the confirmed authenticators with which a demand can be met."""
    return [
        one
        for one in owned
        if one.is_confirmed
        and is_on(one.kind, guardian, demand)
        and (not demand.factors or one.kind.factor in demand.factors)
    ]


def is_enrolled(owned: Sequence[Authenticator], guardian: Guardian, demand: Demand) -> bool:
    """Say whether a user has a factor that counts: with it alone another one can be set up.

    An address counts: who has only the password must not get round its codes.
    """
    return any(
        one.is_confirmed
        and one.kind is not Kind.RECOVERY_CODE
        and is_on(one.kind, guardian, demand)
        for one in owned
    )


def is_on(kind: Kind, guardian: Guardian, demand: Demand) -> bool:
    """Say whether a demand can be met by a kind of factor, as the switches stand now."""
    return guardian.allows(kind) or (demand.overrides and kind.factor in demand.factors)


def enrollable(guardian: Guardian, demand: Demand) -> tuple[str, ...]:
    """Return the factors that may be set up to meet a demand."""
    wanted = demand.factors or ENROLLED
    allowed = (one for one in (*ENROLLED, "email") if one in wanted)
    return tuple(one for one in allowed if one in guardian.factors or demand.overrides)


def issues_recovery_code(guardian: Guardian, demand: Demand) -> bool:
    """Say whether a recovery code comes with the first factor: never with Google Authenticator's.

    Source: Auth0 "Enroll and Challenge … Recovery Codes".
    """
    is_legacy = demand.overrides and demand.factors == PROVIDERS["google-authenticator"]
    return "recovery-code" in guardian.factors and not is_legacy


def requirements(
    owned: Sequence[Authenticator], guardian: Guardian, demand: Demand
) -> dict[str, list[dict[str, str]]] | None:
    """Return `mfa_requirements`, with one of its two members; None when nothing can be done.

    Args:
        owned: The user's authenticators, an implied one among them.
        guardian: What is on.
        demand: What is demanded.
    """
    able = {one.kind.factor for one in usable(owned, guardian, demand)}
    counts = able if demand.factors == ("recovery-code",) else able - {"recovery-code"}
    if counts and not demand.is_enrollment and is_enrolled(owned, guardian, demand):
        return {"challenge": [{"type": one} for one in CHALLENGED if one in able]}
    if is_enrolled(owned, guardian, demand) and not demand.is_enrollment:
        return None  # setting up another one would get round those that there are
    found = enrollable(guardian, demand)
    return {"enroll": [{"type": one} for one in found]} if found else None
