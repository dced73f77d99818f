"""A login that a refresh token renews: the user is looked at again, the password is not."""

from collections.abc import Mapping
from typing import Final

from gateword.domain.log_event import LogFacts
from gateword.domain.login import Login, TokenAsk
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.token import RefreshToken, TokenSet
from gateword.login import audience, tokens
from gateword.policy.refresh import Decision, Refuse, decide, family_details
from gateword.ports.parts import Parts
from gateword.ports.token_stores import Exchanged
from gateword.values import replace

_ROWS: Final[Mapping[str, Refusal]] = {
    "unknown": Refusal.REFRESH_UNKNOWN,
    "other_client": Refusal.REFRESH_OTHER_CLIENT,
    "revoked": Refusal.REFRESH_REVOKED,
    "expired_idle": Refusal.REFRESH_EXPIRED_IDLE,
    "expired_absolute": Refusal.REFRESH_EXPIRED_ABSOLUTE,
    "reused": Refusal.REFRESH_REUSED,
}
_REUSED: Final = "Reused rotating refresh token detected, revoked the family"


async def found(parts: Parts, ask: TokenAsk, presented: Secret) -> RefreshToken:
    """Return the refresh token as it is stored; it may be exchanged.

    Raises:
        Refused: The row that says what it is worth; a replayed token's family ends first.
    """
    stored = await parts.stores.tokens.find_refresh(presented)
    decision = decide(stored, ask.client.client_id, ask.client.refresh, ask.at)
    if stored is None or isinstance(decision, Refuse):
        raise await _worthless(parts, ask, presented, stored, decision)
    return stored


async def _worthless(
    parts: Parts,
    ask: TokenAsk,
    presented: Secret,
    stored: RefreshToken | None,
    decision: Decision,
) -> Refused:
    """Return the refusal; a replayed token's family ends first, whoever else may refuse."""
    reason = decision.reason if isinstance(decision, Refuse) else "unknown"
    if stored is None or reason != "reused":
        return Refused(_ROWS[reason], detail=reason, facts=_facts(stored))
    await parts.stores.tokens.revoke_refresh(
        presented, ask.client.client_id, ask.at, whole_grant=False
    )
    return Refused(
        Refusal.REFRESH_REUSED, detail=_REUSED, facts=_facts(stored, family_details(stored))
    )


async def login_of(parts: Parts, ask: TokenAsk, stored: RefreshToken) -> Login:
    """Return the login that a refresh token renews.

    Raises:
        Refused: REFRESH_USER_GONE, REFRESH_REVOKED, REFRESH_USER_BLOCKED, REFRESH_CONNECTION_OFF,
            AUDIENCE_UNKNOWN or AUDIENCE_FORBIDDEN.
    """
    grant, facts = stored.grant, _facts(stored)
    user = await parts.stores.users.by_key(grant.user_key)
    if user is None:
        raise Refused(Refusal.REFRESH_USER_GONE, facts=facts)
    if user.last_password_reset is not None and user.last_password_reset > grant.auth_time:
        # Begun while the password was being replaced, so the replacing did not see it.
        raise Refused(Refusal.REFRESH_REVOKED, detail="password was replaced", facts=facts)
    if user.blocked:
        raise Refused(Refusal.REFRESH_USER_BLOCKED, detail="user is blocked", facts=facts)
    connection = await parts.stores.connections.named(grant.connection)
    if connection is None or not connection.admits(ask.client.client_id):
        raise Refused(
            Refusal.REFRESH_CONNECTION_OFF,
            detail=f"connection {grant.connection} is gone, off, or not enabled for the client",
            facts=facts,
        )
    api = await audience.admitting(parts, ask, grant.audience) if grant.audience else None
    return Login(
        ask=replace(ask, secrets={}),  # who holds the login needs no handle (rule R1)
        connection=connection,
        user=user,
        audience=grant.audience,
        api=api,
        gty=("refresh_token", grant.gty),
        auth_time=grant.auth_time,
        renews=stored,
        mfa_at=grant.mfa_at,
    )


async def exchanged(
    parts: Parts, login: Login, presented: Secret, stored: RefreshToken
) -> TokenSet:
    """Exchange the token; whatever may refuse has done so before.

    Raises:
        Refused: REFRESH_REUSED, REFRESH_REVOKED, … when somebody was faster.
    """
    ask = login.ask
    access = await tokens.access_token(parts, login)
    successor = tokens.new_refresh_token(parts)
    openid = "openid" in stored.grant.scopes
    answer = await tokens.answer(parts, login, access, successor, openid=openid)
    exchange = await parts.stores.tokens.exchange(
        presented,
        ask.client.client_id,
        successor,
        tokens.policy(login),
        access.record,
        ask.at,
        known=stored,
        rows=ask.rows(answer.facts, answer.scopes),
    )
    if not isinstance(exchange, Exchanged):
        raise Refused(
            _ROWS[exchange.reason],
            detail=_REUSED if exchange.reason == "reused" else exchange.reason,
            facts=_facts(stored, exchange.details),
        )
    if login.methods:  # a second factor was shown for it
        await parts.stores.families.note_factor(stored.family_key, ask.at)
    handed = successor if exchange.rotated else None
    return replace(answer, refresh_token=handed, is_logged=True)


def _facts(stored: RefreshToken | None, details: Mapping[str, object] | None = None) -> LogFacts:
    if stored is None:
        return LogFacts()
    return LogFacts(
        user_id=stored.grant.user_id,
        connection=stored.grant.connection,
        audience=stored.grant.audience,
        details=details or {},
    )
