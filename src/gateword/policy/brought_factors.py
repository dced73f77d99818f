"""Second factors that users bring along: `mfa_factors` of an import or of a script's profile.

Rule 1: pure. Rule 2: what is no factor is left out; whoever takes it in has complained before.
Source: Auth0 "Import user MFA authenticator enrollments"; mfa-api §5.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from gateword.domain.mfa import Authenticator, Kind
from gateword.domain.secret import Secret
from gateword.policy import totp
from gateword.policy.identifier import is_email
from gateword.values import dataclass

MOST: Final = 10
"""Factors that one user may bring."""

UNREAD: Final = "imported"
"""Stands with a user's kinds of factors while nobody has looked at what was brought long ago."""

_PHONE: Final = re.compile(r"\+[1-9]\d{1,14}")
_BASE32: Final = re.compile(r"[A-Z2-7]{8,256}=*")


@dataclass(frozen=True, slots=True)
class Brought:
    """A factor that somebody brings along.

    Attributes:
        target: Phone number or address; empty for an authenticator app.
        seed: Seed of an authenticator app, without padding; None for others.
    """

    kind: Kind
    target: str = ""
    seed: Secret | None = None


def _is_seed(text: str) -> bool:
    return bool(_BASE32.fullmatch(text)) and totp.is_base32(text.rstrip("="))


_FORMS: Final[Mapping[str, tuple[Kind, str, Callable[[str], object]]]] = {
    "totp": (Kind.TOTP, "secret", _is_seed),
    "phone": (Kind.SMS, "value", _PHONE.fullmatch),
    "email": (Kind.EMAIL, "value", is_email),
}


def factor(item: object) -> Brought | None:
    """Return a factor as `mfa_factors` writes it; None when it is none."""
    if not isinstance(item, Mapping) or len(item) != 1:
        return None
    [(name, inner)] = item.items()
    if name not in _FORMS or not isinstance(inner, Mapping):
        return None
    kind, member, is_good = _FORMS[name]
    value = inner.get(member)
    if set(inner) != {member} or not isinstance(value, str) or not is_good(value):
        return None
    if kind is Kind.TOTP:
        return Brought(kind, seed=Secret(value.rstrip("=")))
    return Brought(kind, target=value)


def factors(items: Sequence[object]) -> list[Brought]:
    """Return the factors of a list."""
    return [one for item in items if (one := factor(item)) is not None]


def kinds(brought: Sequence[Brought]) -> tuple[str, ...]:
    """Return the kinds as they stand with a user."""
    return tuple(sorted({one.kind.value for one in brought}))


def authenticators(
    brought: Sequence[Brought], user_key: int, at: datetime, new_id: Callable[[], str]
) -> list[Authenticator]:
    """Return factors as authenticators; they were proved where they come from.

    Args:
        brought: The factors.
        user_key: Whose they are.
        at: Now.
        new_id: Makes what stands behind `|dev_` in an id.
    """
    return [
        Authenticator(
            id=f"{one.kind.value}|dev_{new_id()}",
            user_key=user_key,
            kind=one.kind,
            created_at=at,
            target=one.target,
            seed=one.seed,
            confirmed_at=at,
        )
        for one in brought
    ]
