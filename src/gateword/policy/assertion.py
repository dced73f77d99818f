"""Is a client's signed assertion good, once its signature is.

Rule 1: pure. Source: Auth0 "Authenticate with Private Key JWT"; RFC 7523 §3.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Final, TypeGuard

MAX_LIFETIME_S: Final = 300
SKEW_S: Final = 10
MAX_ID_CHARS: Final = 64
_END_OF_TIME: Final = 1 << 53


def fault(
    claims: Mapping[str, object], client_id: str, audiences: Collection[str], now: datetime
) -> str | None:
    """Return what is wrong with an assertion, for the log; None when nothing is.

    Args:
        claims: Claims of an assertion whose signature holds.
        client_id: The client whose key signed it.
        audiences: Accepted values of `aud`: the issuer, and the token endpoint.
        now: Aware UTC time.
    """
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        return "iss and sub must both be the client_id"
    if not _names(claims.get("aud"), audiences):
        return "aud is not the issuer"
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= MAX_ID_CHARS or "\0" in jti:
        return "jti is missing, longer than 64 characters or holds NUL"
    return _untimely(claims, now.timestamp())


def expiry(claims: Mapping[str, object]) -> datetime:
    """Return when an assertion without fault ends."""
    end = claims["exp"]
    return datetime.fromtimestamp(end if isinstance(end, int | float) else 0, UTC)


def _names(aud: object, audiences: Collection[str]) -> bool:
    named = aud if isinstance(aud, list) else [aud]
    return any(isinstance(one, str) and one in audiences for one in named)


def _untimely(claims: Mapping[str, object], now: float) -> str | None:
    exp, iat, nbf = (claims.get(name) for name in ("exp", "iat", "nbf"))
    if not _is_time(exp):
        return "exp is missing"
    if now >= exp:
        return "assertion has expired"
    begin = iat if _is_time(iat) else now
    if exp - begin > MAX_LIFETIME_S or exp - now > MAX_LIFETIME_S + SKEW_S:
        return "exp is more than 5 minutes after iat"
    if any(_is_time(start) and start > now + SKEW_S for start in (iat, nbf)):
        return "iat or nbf lies in the future"
    return None


def _is_time(value: object) -> TypeGuard[int | float]:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        # JSON's integers have no end, and arithmetic with the clock's float has one.
        and abs(value) < _END_OF_TIME
    )
