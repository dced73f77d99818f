"""A refresh token for a new access token (RFC 6749 §6; Auth0: "Refresh Token Rotation")."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from gateword.domain.log_event import LogCode, LogFacts
from gateword.domain.login import Login, TokenAsk
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.token import RefreshToken, TokenSet
from gateword.login import audience, scopes, tokens
from gateword.login.story import Story
from gateword.policy.refresh import Decision, Refuse, decide, family_details
from gateword.ports.token_stores import Exchanged

_ROWS: Final[Mapping[str, Refusal]] = {
    "unknown": Refusal.REFRESH_UNKNOWN,
    "other_client": Refusal.REFRESH_OTHER_CLIENT,
    "revoked": Refusal.REFRESH_REVOKED,
    "expired_idle": Refusal.REFRESH_EXPIRED_IDLE,
    "expired_absolute": Refusal.REFRESH_EXPIRED_ABSOLUTE,
    "reused": Refusal.REFRESH_REUSED,
}


@dataclass(frozen=True, slots=True)
class RefreshTokenGrant:
    """Renew a login: the user is looked at again, the password is not."""

    story: Story
    grant_type: ClassVar[str] = "refresh_token"
    success: ClassVar[LogCode] = LogCode.SERTFT
    failure: ClassVar[LogCode] = LogCode.FERTFT
    first_party_only: ClassVar[bool] = False
    is_for_user_at: ClassVar[bool] = False

    async def answer(self, ask: TokenAsk) -> TokenSet:
        """Exchange the token; whatever may refuse does so before the token is used up."""
        presented = ask.secrets.get("refresh_token")
        if presented is None:
            raise Refused(Refusal.PARAMETER_MISSING, name="refresh_token")
        if ask.scope_is_malformed:
            raise Refused(Refusal.SCOPE_MALFORMED)
        parts = self.story.parts
        stored = await parts.stores.tokens.find_refresh(presented)
        decision = decide(stored, ask.client.client_id, ask.client.refresh, ask.at)
        if stored is None or isinstance(decision, Refuse):
            raise await self._worthless(ask, presented, stored, decision)
        login = await self._login(ask, stored)
        login = await scopes.renew(parts, login, stored.grant.scopes)
        login = await self.story.ask_scripts(login)
        return await self._exchanged(login, presented, stored)

    async def _worthless(
        self, ask: TokenAsk, presented: Secret, stored: RefreshToken | None, decision: Decision
    ) -> Refused:
        """Return the refusal; a replayed token's family ends first, whoever else may refuse."""
        reason = decision.reason if isinstance(decision, Refuse) else "unknown"
        if stored is None or reason != "reused":
            return Refused(_ROWS[reason], detail=reason, facts=_facts(stored))
        await self.story.parts.stores.tokens.revoke_refresh(
            presented, ask.client.client_id, ask.at, whole_grant=False
        )
        return Refused(
            Refusal.REFRESH_REUSED, detail=_REUSED, facts=_facts(stored, family_details(stored))
        )

    async def _login(self, ask: TokenAsk, stored: RefreshToken) -> Login:
        parts, grant, facts = self.story.parts, stored.grant, _facts(stored)
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
        )

    async def _exchanged(self, login: Login, presented: Secret, stored: RefreshToken) -> TokenSet:
        parts, ask = self.story.parts, login.ask
        access = await tokens.access_token(parts, login)
        successor = tokens.new_refresh_token(parts)
        exchange = await parts.stores.tokens.exchange(
            presented, ask.client.client_id, successor, tokens.policy(login), access.record, ask.at
        )
        if not isinstance(exchange, Exchanged):
            raise Refused(
                _ROWS[exchange.reason],
                detail=_REUSED if exchange.reason == "reused" else exchange.reason,
                facts=_facts(stored, exchange.details),
            )
        handed = successor if exchange.rotated else None
        openid = "openid" in stored.grant.scopes
        return await tokens.answer(parts, login, access, handed, openid=openid)


_REUSED: Final = "Reused rotating refresh token detected, revoked the family"


def _facts(stored: RefreshToken | None, details: Mapping[str, object] | None = None) -> LogFacts:
    if stored is None:
        return LogFacts()
    return LogFacts(
        user_id=stored.grant.user_id,
        connection=stored.grant.connection,
        audience=stored.grant.audience,
        details=details or {},
    )
