"""Access, refresh and ID tokens for a login whose scopes are settled."""

from datetime import datetime, timedelta
from typing import Final

from gateword.domain.client import RefreshPolicy
from gateword.domain.log_event import LogCode, LogEvent
from gateword.domain.login import Login
from gateword.domain.secret import Secret
from gateword.domain.token import RefreshGrant, TokenSet
from gateword.login import facts
from gateword.policy import claims
from gateword.policy.refresh import FAMILIES_PER_USER_AND_CLIENT, ends_at, sooner
from gateword.policy.scopes import OFFLINE_ACCESS
from gateword.ports.parts import Parts
from gateword.ports.token_stores import NewAccess
from gateword.values import dataclass, replace

OPAQUE_LIFETIME_S: Final = 86400
_OPAQUE_CHARS: Final = 32
_REFRESH_CHARS: Final = 61


@dataclass(frozen=True, slots=True)
class Issued:
    """An access token with the record that is kept of it."""

    token: Secret
    lifetime_s: int
    record: NewAccess


async def mint(parts: Parts, login: Login) -> TokenSet:
    """Issue the tokens of a fresh login, durable before they are answered."""
    access = await access_token(parts, login)
    refresh = new_refresh_token(parts) if OFFLINE_ACCESS in login.scopes else None
    openid = "openid" in login.identity_scopes
    tokens = await answer(parts, login, access, refresh, openid=openid)
    rows = login.ask.rows(tokens.facts, tokens.scopes)
    if refresh is not None:
        gone = await parts.stores.tokens.begin_family(
            family(login), refresh, policy(login), access.record, rows
        )
        if gone:
            await _log_cleanup(parts, login, gone)
    elif access.record.opaque:
        await parts.stores.tokens.add_access(access.record, rows)
    else:
        return tokens
    return replace(tokens, is_logged=True)


async def _log_cleanup(parts: Parts, login: Login, gone: int) -> None:
    """Log that old refresh tokens had to go (Auth0: "Refresh tokens", limits)."""
    event = LogEvent(
        code=LogCode.RESOURCE_CLEANUP,
        at=login.ask.at,
        description=f"{gone} refresh tokens removed: the user held more than "
        f"{FAMILIES_PER_USER_AND_CLIENT} at this client",
        client_id=login.ask.client.client_id,
        client_name=login.ask.client.name,
        user_id=login.user.user_id,
        connection=login.connection.name,
        connection_id=login.connection.id,
    )
    await parts.stores.logs.append([event])


async def answer(
    parts: Parts,
    login: Login,
    access: Issued,
    refresh: Secret | None,
    *,
    openid: bool,
) -> TokenSet:
    """Put an answer together; the ID token is signed here.

    Args:
        parts: Of the tenant.
        login: The settled login.
        access: Its access token.
        refresh: The refresh token to be handed over, if any.
        openid: An ID token belongs to it; a refresh goes by the original grant, not by what the
            access token was narrowed to (Auth0: "Refresh tokens").
    """
    return TokenSet(
        access_token=access.token,
        expires_in_s=access.lifetime_s,
        scopes=login.scopes,
        id_token=await _id_token(parts, login) if openid else None,
        refresh_token=refresh,
        facts=facts.of_login(login),
    )


def new_refresh_token(parts: Parts) -> Secret:
    """Return a fresh refresh token: a handle that means nothing by itself."""
    return Secret(f"v1.{parts.dice.handle(_REFRESH_CHARS)}")


def family(login: Login) -> RefreshGrant:
    """Return what a refresh token of this login stands for."""
    at = login.ask.at
    return RefreshGrant(
        user_key=login.user.key,
        user_id=login.user.user_id,
        client_id=login.ask.client.client_id,
        connection=login.connection.name,
        audience=login.audience,
        scopes=login.identity_scopes,
        gty="password",
        auth_time=login.auth_time,
        created_at=at,
        expires_at=sooner(
            ends_at(at, login.ask.client.refresh.absolute_s), login.refresh_expires_at
        ),
        mfa_at=login.mfa_at,
    )


def policy(login: Login) -> RefreshPolicy:
    """Return how the refresh tokens live: as the client's, or shorter if an Action says so."""
    kept, until = login.ask.client.refresh, login.refresh_idle_expires_at
    if until is None:
        return kept
    wanted_s = max(0, int((until - login.ask.at).total_seconds()))
    return replace(kept, idle_s=wanted_s if kept.idle_s is None else min(kept.idle_s, wanted_s))


async def access_token(parts: Parts, login: Login) -> Issued:
    """Return an access token: a JWT for an API, else an opaque handle for `/userinfo`."""
    at, api = login.ask.at, login.api
    if api is None:
        handle = Secret(parts.dice.handle(_OPAQUE_CHARS))
        return _issued(login, handle, at, OPAQUE_LIFETIME_S, opaque=True)
    issued_at = int(at.timestamp())
    payload = claims.access_token(
        login,
        at=issued_at,
        expires_at=issued_at + api.token_lifetime_s,
        jti=parts.dice.letters(22),
    )
    typ = "at+jwt" if api.is_rfc9068 else "JWT"
    if api.signing_alg == "HS256" and api.signing_secret is not None:
        token = parts.signer.sign_hs256(payload, api.signing_secret, typ=typ)
    else:
        token = await parts.signer.sign(payload, alg=api.signing_alg, typ=typ)
    return _issued(login, token, at, api.token_lifetime_s, opaque=False)


def _issued(login: Login, token: Secret, at: datetime, lifetime_s: int, *, opaque: bool) -> Issued:
    record = NewAccess(
        token=token,
        opaque=opaque,
        user_id=login.user.user_id,
        client_id=login.ask.client.client_id,
        scopes=login.scopes,
        issued_at=at,
        expires_at=at + timedelta(seconds=lifetime_s),
    )
    return Issued(token, lifetime_s, record)


async def _id_token(parts: Parts, login: Login) -> Secret:
    client, at = login.ask.client, int(login.ask.at.timestamp())
    payload = claims.id_token(login, at=at, expires_at=at + client.id_token_lifetime_s)
    if client.id_token_alg == "HS256" and client.is_confidential and client.secret is not None:
        return parts.signer.sign_hs256(payload, client.secret)
    # Public clients hold no secret, so HS256 falls back to the tenant's key (Auth0: "Signing
    # algorithms").
    alg = "RS256" if client.id_token_alg == "HS256" else client.id_token_alg
    return await parts.signer.sign(payload, alg=alg)
