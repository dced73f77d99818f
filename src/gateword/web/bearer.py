"""Our own check of a bearer token (RFC 6750), for the endpoints that users' tokens open."""

from collections.abc import Mapping
from typing import Final

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.tenant import SCRIPTS_CLIENT, Tenant
from gateword.policy.token_params import Fields
from gateword.values import dataclass
from gateword.web.tenancy import Tenancy

_JWT_DOTS: Final = 2


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a live access token stands for."""

    user_id: str
    scopes: tuple[str, ...]


def presented(authorization: str | None, fields: Fields | None = None) -> Secret:
    """Return the token of a request: from the header, or from a form's `access_token`.

    Raises:
        Refused: BEARER_MISSING; BEARER_INVALID when both are used (RFC 6750 §2).
    """
    scheme, _, text = (authorization or "").partition(" ")
    in_header = Secret(text.strip()) if scheme.lower() == "bearer" and text.strip() else None
    in_form = fields.secrets.get("access_token") if fields else None
    if in_header and in_form:
        raise Refused(Refusal.BEARER_INVALID, detail="token in header and form")
    token = in_header or in_form
    if token is None:
        raise Refused(Refusal.BEARER_MISSING)
    return token


async def for_userinfo(tenancy: Tenancy, token: Secret) -> Bearer:
    """Return whom a token for `/userinfo` stands for.

    Raises:
        Refused: BEARER_INVALID for whatever is not a live token with `openid` for this audience.
    """
    record = await tenancy.parts.stores.tokens.find_access(token)
    now = tenancy.parts.clock.now()
    if record is not None and (record.revoked or now >= record.expires_at):
        raise Refused(Refusal.BEARER_INVALID)
    if record is not None and record.opaque:
        return _opened(record.user_id, record.scopes)
    claims = await claims_of(tenancy, token)
    tenant = await tenancy.tenant()
    if claims is None or tenant.userinfo_audience not in audiences(claims):
        raise Refused(Refusal.BEARER_INVALID)
    return _opened(str(claims["sub"]), tuple(str(claims.get("scope", "")).split()))


def _opened(user_id: str, scopes: tuple[str, ...]) -> Bearer:
    if "openid" not in scopes:
        raise Refused(Refusal.BEARER_INVALID, detail="openid was not granted")
    return Bearer(user_id, scopes)


async def claims_of(tenancy: Tenancy, token: Secret) -> Mapping[str, object] | None:
    """Return the claims of one of our JWT access tokens, whatever its audience; else None.

    Tokens of a client that was deleted are none any more.
    """
    if token.reveal().count(".") != _JWT_DOTS:
        return None
    tenant = await tenancy.tenant()
    claims = await tenancy.parts.verifier.access_claims(token, tenant.issuer)
    if claims is None:
        return None
    if _is_of_scripts(claims, tenant):
        return claims
    if await tenancy.parts.stores.clients.get(owner(claims)) is None:
        return None  # also ID tokens, which belong to nobody in this sense
    return claims


def _is_of_scripts(claims: Mapping[str, object], tenant: Tenant) -> bool:
    """Say whether it is the token that we gave a script: for one API, and of no client."""
    return (claims.get("azp"), claims.get("sub")) == (
        SCRIPTS_CLIENT,
        f"{SCRIPTS_CLIENT}@clients",
    ) and audiences(claims) == (tenant.management_audience,)


async def audiences_of_another_kind(tenancy: Tenancy, token: Secret) -> tuple[str, ...]:
    """Return what a live token is for that is no JWT access token of a client; empty is unknown.

    An ID token is for its application, an opaque access token for `/userinfo`.
    """
    parts, tenant = tenancy.parts, await tenancy.tenant()
    record = await parts.stores.tokens.find_access(token)
    if record is not None and record.opaque:
        is_live = not record.revoked and parts.clock.now() < record.expires_at
        return (tenant.userinfo_audience,) if is_live else ()
    if token.reveal().count(".") != _JWT_DOTS:
        return ()
    claims = await parts.verifier.access_claims(token, tenant.issuer)
    return () if claims is None else audiences(claims)


def owner(claims: Mapping[str, object]) -> str:
    """Return the client that an access token was issued to, in either profile."""
    return str(claims.get("azp") or claims.get("client_id"))


def audiences(claims: Mapping[str, object]) -> tuple[str, ...]:
    """Return `aud` as a list, whichever of its two forms it has."""
    aud = claims.get("aud")
    return tuple(map(str, aud)) if isinstance(aud, list) else (str(aud),)
