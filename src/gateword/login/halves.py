"""A login that waits for a second factor: from `Login` to what is kept, and back.

Rule: nothing that may have changed is kept: client, user, connection and API are looked up again.
"""

from datetime import timedelta
from typing import Final

from gateword.domain.connection import Connection
from gateword.domain.login import FactorWish, Login, TokenAsk
from gateword.domain.mfa import HalfLogin
from gateword.domain.secret import Secret
from gateword.domain.token import RefreshToken
from gateword.domain.user import User
from gateword.login import audience
from gateword.policy.mfa_demand import Demand
from gateword.ports.parts import Parts
from gateword.values import replace

LIFETIME: Final = timedelta(minutes=10)


def half(
    login: Login, demand: Demand, rest: tuple[FactorWish, ...], presented: Secret | None
) -> HalfLogin:
    """Return what is kept of a login.

    Args:
        login: As the scripts left it.
        demand: What it must prove.
        rest: What Actions want shown after that.
        presented: The refresh token that it renews.
    """
    ask = login.ask
    return HalfLogin(
        client_id=ask.client.client_id,
        user_key=login.user.key,
        user_id=login.user.user_id,
        connection=login.connection.name,
        grant_type=ask.grant_type,
        created_at=ask.at,
        expires_at=ask.at + LIFETIME,
        password_reset=login.user.last_password_reset,
        requires=demand.factors,
        is_enrollment=demand.is_enrollment,
        overrides=demand.overrides,
        refresh_token=presented.reveal() if presented else None,
        params=ask.params,
        scope=ask.scope,
        audience=login.audience,
        gty=login.gty,
        auth_time=login.auth_time,
        scopes=login.scopes,
        permissions=login.permissions,
        granted=login.granted,
        described=login.described,
        access_claims=login.access_claims,
        id_claims=login.id_claims,
        rules_run=login.rules_run,
        has_primary_user=login.has_primary_user,
        wishes=rest,
        actions_run=login.actions_run,
        told=login.told,
        methods=login.methods,
        refresh_expires_at=login.refresh_expires_at,
        refresh_idle_expires_at=login.refresh_idle_expires_at,
        risk=login.risk,
    )


async def whole(
    parts: Parts,
    ask: TokenAsk,
    kept: HalfLogin,
    user: User,
    connection: Connection,
    renews: RefreshToken | None,
) -> Login:
    """Return the login as it was before it had to wait.

    Args:
        parts: The tenant's.
        ask: Of whoever goes on with it; its client is the same.
        kept: What was kept.
        user: As they are now.
        connection: As it is now.
        renews: The refresh token that it renews.

    Raises:
        Refused: AUDIENCE_UNKNOWN or AUDIENCE_FORBIDDEN: the API has gone meanwhile.
    """
    first = replace(ask, grant_type=kept.grant_type, params=kept.params, scope=kept.scope)
    first = replace(first, secrets={})
    api = await audience.admitting(parts, first, kept.audience) if kept.audience else None
    return Login(
        ask=first,
        connection=connection,
        user=user,
        audience=kept.audience,
        api=api,
        gty=kept.gty,
        auth_time=kept.auth_time,
        scopes=kept.scopes,
        permissions=kept.permissions,
        granted=kept.granted,
        described=kept.described,
        access_claims=kept.access_claims,
        id_claims=kept.id_claims,
        rules_run=kept.rules_run,
        renews=renews,
        has_primary_user=kept.has_primary_user,
        factors=kept.wishes,
        actions_run=kept.actions_run,
        told=kept.told,
        refresh_expires_at=kept.refresh_expires_at,
        refresh_idle_expires_at=kept.refresh_idle_expires_at,
        methods=kept.methods,
        risk=kept.risk,
    )


def presented(kept: HalfLogin) -> Secret | None:
    """Return the refresh token that is to be exchanged."""
    return None if kept.refresh_token is None else Secret(kept.refresh_token)
