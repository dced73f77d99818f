"""A machine asks for itself (RFC 6749 §4.4; Auth0: "Client Credentials Flow")."""

from typing import ClassVar

from gateword.domain.log_event import LogCode
from gateword.domain.login import TokenAsk
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.resource_server import ResourceServer
from gateword.domain.secret import Secret
from gateword.domain.token import TokenSet
from gateword.login import audience, exchange
from gateword.login.story import Story
from gateword.policy import claims
from gateword.policy.token_params import quoted
from gateword.values import dataclass


@dataclass(frozen=True, slots=True)
class ClientCredentialsGrant:
    """Issue a token to a client that has a client grant for the API."""

    story: Story
    grant_type: ClassVar[str] = "client_credentials"
    success: ClassVar[LogCode] = LogCode.SECCFT
    failure: ClassVar[LogCode] = LogCode.FECCFT
    first_party_only: ClassVar[bool] = False
    is_for_user_at: ClassVar[bool] = False

    async def answer(self, ask: TokenAsk) -> TokenSet:
        """Grant the client's own scopes, or those of them it asked for."""
        if not ask.client.is_confidential:
            raise Refused(Refusal.CLIENT_SECRET_MISSING, detail="a public client has no identity")
        identifier = audience.asked(ask) or ask.client.default_audience
        if identifier is None:
            raise Refused(Refusal.AUDIENCE_MISSING)
        api = await audience.registered(self.story.parts, identifier)
        held = await self._held(ask, api)
        if ask.scope_is_malformed:
            raise Refused(Refusal.SCOPE_MALFORMED)
        scopes = held if ask.scope is None else ask.scope
        beyond = [scope for scope in scopes if scope not in held]
        if beyond:
            raise Refused(Refusal.CLIENT_GRANT_SCOPE, scopes=quoted(" ".join(beyond)))
        settled = await exchange.apply(
            self.story.parts, exchange.Exchange(ask=ask, api=api, scopes=tuple(scopes))
        )
        return TokenSet(
            access_token=await self._signed(settled),
            expires_in_s=api.token_lifetime_s,
            scopes=settled.scopes,
            facts=settled.facts(),
        )

    async def _held(self, ask: TokenAsk, api: ResourceServer) -> tuple[str, ...]:
        grants = self.story.parts.stores.client_grants
        grant = await grants.find(ask.client.client_id, api.identifier)
        # The Management API is never open to all: a grant says what each client may do with it.
        if api.client_policy == "allow_all" and not api.is_system:
            return tuple(api.scopes)
        if grant is None or api.client_policy == "deny_all":
            raise Refused(Refusal.CLIENT_GRANT_MISSING, audience=quoted(api.identifier))
        return grant.scope

    async def _signed(self, settled: exchange.Exchange) -> Secret:
        ask, api = settled.ask, settled.api
        parts, at = self.story.parts, int(ask.at.timestamp())
        payload = claims.machine_token(
            ask.tenant.issuer,
            ask.client.client_id,
            api,
            at=at,
            jti=parts.dice.letters(22),
            scopes=settled.scopes,
            custom=settled.claims,
        )
        typ = "at+jwt" if api.is_rfc9068 else "JWT"
        if api.signing_alg == "HS256" and api.signing_secret is not None:
            return parts.signer.sign_hs256(payload, api.signing_secret, typ=typ)
        return await parts.signer.sign(payload, alg=api.signing_alg, typ=typ)
