"""What tokens and `/userinfo` say.

Rule 1: pure. Rule 2: members without a value are left out. Source: Auth0 "Access token profiles",
"OpenID Connect scopes"; claim order as seen in real tokens.
"""

from collections.abc import Mapping
from typing import Final

from gateword.domain.login import Login
from gateword.domain.resource_server import ResourceServer
from gateword.domain.user import User
from gateword.policy.timestamp import written

MFA: Final = "mfa"
"""In `amr`: a second factor was shown (RFC 8176)."""

_PROFILE: Final = ("name", "nickname", "given_name", "family_name", "middle_name", "picture")


def access_token(login: Login, *, at: int, expires_at: int, jti: str) -> dict[str, object]:
    """Return the payload of a user's JWT access token.

    Args:
        login: A settled login; its API decides the profile.
        at: Issue time, Unix seconds.
        expires_at: End, Unix seconds.
        jti: Used by the RFC 9068 profile only.
    """
    ask, api = login.ask, login.api
    claims: dict[str, object] = {
        **login.access_claims,
        "iss": ask.tenant.issuer,
        "sub": login.user.user_id,
        "aud": audience(login),
        "iat": at,
        "exp": expires_at,
    }
    if login.scopes:
        claims["scope"] = " ".join(login.scopes)
    if api is not None and api.is_rfc9068:
        claims |= {"jti": jti, "client_id": ask.client.client_id}
    else:
        gty = login.gty
        claims |= {"gty": gty if isinstance(gty, str) else list(gty), "azp": ask.client.client_id}
    if login.permissions is not None:
        claims["permissions"] = list(login.permissions)
    if amr := login.amr or _shown(login):
        claims["amr"] = list(amr)
    return claims


def _shown(login: Login) -> tuple[str, ...]:
    """Return what a token for the MFA API says of its login: whether a second factor was shown.

    We are the only ones who read it: without it nothing is set up or deleted beside a factor.
    """
    is_own = login.audience is not None and login.audience == login.ask.tenant.mfa_audience
    return (MFA,) if is_own and login.mfa_at is not None else ()


def audience(login: Login) -> str | list[str]:
    """Return `aud`: with `openid`, and a key that others can check, `/userinfo` is in it too."""
    api, tenant = login.api, login.ask.tenant
    if api is None:
        return tenant.userinfo_audience
    if "openid" in login.scopes and api.signing_alg != "HS256":
        return [api.identifier, tenant.userinfo_audience]
    return api.identifier


def machine_token(
    issuer: str,
    client_id: str,
    api: ResourceServer,
    *,
    at: int,
    jti: str,
    scopes: tuple[str, ...],
    custom: Mapping[str, object],
) -> dict[str, object]:
    """Return the payload of a client_credentials token.

    Args:
        issuer: The tenant's issuer.
        client_id: The machine; `sub` is `{client_id}@clients`.
        api: The API; its lifetime and profile apply.
        at: Issue time, Unix seconds.
        jti: Used by the RFC 9068 profile only.
        scopes: What is granted; listed as `permissions` too where the API wants that claim.
        custom: What scripts have put into it.
    """
    claims: dict[str, object] = {
        **custom,
        "iss": issuer,
        "sub": f"{client_id}@clients",
        "aud": api.identifier,
        "iat": at,
        "exp": at + api.token_lifetime_s,
    }
    if scopes:
        claims["scope"] = " ".join(scopes)
    if api.is_rfc9068:
        claims |= {"jti": jti, "client_id": client_id}
    else:
        claims |= {"gty": "client-credentials", "azp": client_id}
    if api.carries_permissions:
        claims["permissions"] = list(scopes)
    return claims


def id_token(login: Login, *, at: int, expires_at: int) -> dict[str, object]:
    """Return the payload of an ID token."""
    return (
        about(login.described or login.user, login.identity_scopes)
        | dict(login.id_claims)
        | {
            "iss": login.ask.tenant.issuer,
            "aud": login.ask.client.client_id,
            "sub": login.user.user_id,
            "iat": at,
            "exp": expires_at,
        }
        | ({"amr": list(login.amr)} if login.amr else {})
    )


def userinfo(user: User, scopes: tuple[str, ...]) -> dict[str, object]:
    """Return the body of `/userinfo`, `sub` first."""
    return {"sub": user.user_id} | about(user, scopes)


def about(user: User, scopes: tuple[str, ...]) -> dict[str, object]:
    """Return the standard claims that the scopes open."""
    claims: dict[str, object] = {}
    if "profile" in scopes:
        claims |= {name: user.profile.get(name) for name in _PROFILE}
        claims["updated_at"] = written(user.updated_at)
    if "email" in scopes and user.email:
        claims |= {"email": user.email, "email_verified": user.email_verified}
    if "phone" in scopes and user.phone_number:
        claims |= {
            "phone_number": user.phone_number,
            "phone_number_verified": user.phone_verified,
        }
    if "address" in scopes:
        claims["address"] = user.profile.get("address")
    return {name: value for name, value in claims.items() if value not in (None, "")}
