"""`POST /oauth/introspect`: is a token alive (RFC 7662). Auth0 has no such endpoint; ours."""

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from gateword.domain.client import Client
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.token import AccessRecord
from gateword.policy.refresh import Refuse, decide
from gateword.values import dataclass
from gateword.web import bearer, client_door, wire
from gateword.web.endpoint import Visit

_INACTIVE: Final[Mapping[str, object]] = {"active": False}
_CLAIMS: Final = (
    "scope", "sub", "aud", "iss", "exp", "iat", "gty", "permissions",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class IntrospectEndpoint:
    """For confidential clients: their own tokens, and tokens for APIs they hold a grant on."""

    body_timeout_s: float

    async def post(self, visit: Visit) -> Response:
        """Describe a token; whatever is not alive, or not the caller's business, is inactive."""
        tenant = await visit.tenancy.tenant()
        fields = await wire.read_fields(visit.request, self.body_timeout_s)
        try:
            client = await client_door.proved(visit, fields, confidential=True)
        except Refused as refused:
            return wire.refusal(refused, headers=client_door.challenge(refused, tenant.domain))
        token = fields.secrets.get("token")
        if token is None:
            raise Refused(Refusal.PARAMETER_MISSING, name="token")
        return wire.answer(await self._describe(visit, client, token))

    async def _describe(self, visit: Visit, client: Client, token: Secret) -> Mapping[str, object]:
        found = await self._found(visit, client, token)
        if found is None:
            return _INACTIVE
        subject = str(found["sub"])
        if subject == f"{found['client_id']}@clients":
            return {"active": True, **found}
        user = await visit.tenancy.parts.stores.users.by_id(subject)
        if user is None or user.blocked:
            return _INACTIVE
        return {"active": True, "username": user.email or user.username or "", **found}

    async def _found(
        self, visit: Visit, client: Client, token: Secret
    ) -> Mapping[str, object] | None:
        """Return what a live token that is the caller's business says; else None."""
        parts = visit.tenancy.parts
        record = await parts.stores.tokens.find_access(token)
        now = parts.clock.now()
        if record is not None and (record.revoked or now >= record.expires_at):
            return None
        if record is not None and record.opaque:
            return await self._opaque(visit, client, record)
        claims = await bearer.claims_of(visit.tenancy, token)
        if claims is None:
            return await self._refresh(visit, client, token)
        owner = bearer.owner(claims)
        if owner != client.client_id and not await self._holds_grant(visit, client, claims):
            return None
        found = {name: claims[name] for name in _CLAIMS if name in claims}
        return {"client_id": owner, "token_type": "Bearer", **found}

    async def _opaque(
        self, visit: Visit, client: Client, record: AccessRecord
    ) -> Mapping[str, object] | None:
        tenant = await visit.tenancy.tenant()
        if record.client_id != client.client_id:
            return None
        return {
            "client_id": record.client_id,
            "token_type": "Bearer",
            "scope": " ".join(record.scopes),
            "sub": record.user_id,
            "aud": tenant.userinfo_audience,
            "iss": tenant.issuer,
            "exp": int(record.expires_at.timestamp()),
            "iat": int(record.issued_at.timestamp()),
        }

    async def _refresh(
        self, visit: Visit, client: Client, token: Secret
    ) -> Mapping[str, object] | None:
        parts, tenant = visit.tenancy.parts, await visit.tenancy.tenant()
        stored = await parts.stores.tokens.find_refresh(token)
        decision = decide(stored, client.client_id, client.refresh, parts.clock.now())
        if stored is None or isinstance(decision, Refuse):
            return None
        grant = stored.grant
        ends = [end for end in (grant.expires_at, stored.idle_expires_at) if end is not None]
        return {
            "client_id": grant.client_id,
            "token_type": "refresh_token",
            "scope": " ".join(grant.scopes),
            "sub": grant.user_id,
            "iss": tenant.issuer,
            "iat": int(grant.created_at.timestamp()),
            **({"exp": int(min(ends).timestamp())} if ends else {}),
        }

    async def _holds_grant(
        self, visit: Visit, client: Client, claims: Mapping[str, object]
    ) -> bool:
        grants = visit.tenancy.parts.stores.client_grants
        for audience in bearer.audiences(claims):
            if await grants.find(client.client_id, audience) is not None:
                return True
        return False
