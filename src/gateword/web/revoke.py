"""`POST /oauth/revoke`: end a refresh token (RFC 7009; Auth0: "Revoke refresh tokens")."""

from typing import Final

from starlette.responses import Response

from gateword.domain.client import Client
from gateword.domain.log_event import LogCode, LogEvent
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.token import RefreshGrant
from gateword.policy.caller import caller
from gateword.values import dataclass
from gateword.web import client_door, peer, wire
from gateword.web.endpoint import Visit

REVOKE_GRANT_FLAG: Final = "revoke_refresh_token_grant"


@dataclass(frozen=True, slots=True)
class RevokeEndpoint:
    """Answers 200 also for tokens that are unknown or another client's: nothing to probe."""

    body_timeout_s: float
    trusted_proxies: tuple[str, ...]

    async def post(self, visit: Visit) -> Response:
        """Revoke the presented refresh token's family."""
        tenant = await visit.tenancy.tenant()
        fields = await wire.read_fields(visit.request, self.body_timeout_s)
        try:
            client = await client_door.proved(visit, fields)
        except Refused as refused:
            return wire.refusal(refused, headers=client_door.challenge(refused, tenant.domain))
        token = fields.secrets.get("token")
        if token is None:
            raise Refused(Refusal.PARAMETER_MISSING, name="token")
        parts = visit.tenancy.parts
        revoked = await parts.stores.tokens.revoke_refresh(
            token,
            client.client_id,
            parts.clock.now(),
            whole_grant=tenant.flag(REVOKE_GRANT_FLAG),
        )
        if revoked is not None:
            await parts.stores.logs.append([self._event(visit, client, revoked)])
        return Response(status_code=200, headers=wire.NO_STORE, media_type="application/json")

    def _event(self, visit: Visit, client: Client, revoked: RefreshGrant) -> LogEvent:
        who = caller(peer.read(visit.request, self.trusted_proxies), client)
        return LogEvent(
            code=LogCode.SRRT,
            at=visit.tenancy.parts.clock.now(),
            client_id=client.client_id,
            client_name=client.name,
            ip=who.ip,
            client_ip=who.proxy_ip,
            hostname=who.hostname,
            user_agent=who.user_agent,
            auth0_client=who.auth0_client,
            user_id=revoked.user_id,
            connection=revoked.connection,
            audience=revoked.audience,
        )
