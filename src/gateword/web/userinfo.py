"""`/userinfo`: the user behind an access token (OpenID Connect Core §5.3)."""

from starlette.responses import Response

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.policy import claims
from gateword.policy.token_params import Fields
from gateword.values import dataclass
from gateword.web import admission, bearer, wire
from gateword.web.endpoint import Visit
from gateword.web.rate_limit import RateLimit


@dataclass(frozen=True, slots=True)
class UserinfoEndpoint:
    """Standard claims, read from the profile as it is now."""

    body_timeout_s: float
    trusted_proxies: tuple[str, ...]
    limit: RateLimit

    async def get(self, visit: Visit) -> Response:
        """Answer a token in the Authorization header."""
        return await self._answer(visit, form=False)

    async def post(self, visit: Visit) -> Response:
        """Answer a token in the header or in a form."""
        return await self._answer(visit, form=True)

    async def _answer(self, visit: Visit, *, form: bool) -> Response:
        fields = await wire.read_fields(visit.request, self.body_timeout_s) if form else None
        try:
            body = await self._about(visit, fields)
        except Refused as refused:
            return wire.refusal(refused, headers=_challenge(refused))
        return wire.answer(body, headers={"content-type": "application/json; charset=utf-8"})

    async def _about(self, visit: Visit, fields: Fields | None) -> dict[str, object]:
        tenancy = visit.tenancy
        token = bearer.presented(visit.request.headers.get("authorization"), fields)
        who = await bearer.for_userinfo(tenancy, token)
        tenant = await tenancy.tenant()
        visit.taken = self.limit.take(f"{tenant.key}:{who.user_id}")
        await admission.admit(visit, "userinfo", self.trusted_proxies)
        user = await tenancy.parts.stores.users.by_id(who.user_id)
        if user is None or user.blocked:
            raise Refused(Refusal.BEARER_INVALID)
        return claims.userinfo(user, who.scopes)


def _challenge(refused: Refused) -> dict[str, str]:
    """Return the challenge of RFC 6750 §3; without a token it says nothing of errors."""
    if refused.refusal is Refusal.BEARER_MISSING:
        return {"www-authenticate": 'Bearer realm="Users"'}
    if refused.refusal is Refusal.BEARER_INVALID:
        row = refused.refusal.row
        text = f'error="{row.error}", error_description="{row.description}"'
        return {"www-authenticate": f'Bearer realm="Users", {text}'}
    return {}
