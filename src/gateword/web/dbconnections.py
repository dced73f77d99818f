"""`/dbconnections/…`: the users' own doors (Auth0: "Signup", "Change password")."""

import math
from typing import Final

from starlette.responses import Response

from gateword.accounts import diary, forgotten, sign_up, sign_up_limit
from gateword.domain.client import Client
from gateword.domain.log_event import LogCode
from gateword.domain.login import Caller
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.policy import signup, token_params
from gateword.policy.caller import caller, counted
from gateword.policy.identifier import normal
from gateword.ports.crypto import ASKER, Asker
from gateword.values import dataclass
from gateword.web import peer, wire
from gateword.web.endpoint import Visit
from gateword.web.rate_limit import RateLimit, Taken

SENT: Final = "We've just sent you an email to reset your password."
"""The whole answer, whether there is such a user or not."""

_JSON: Final = {"content-type": "application/json; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class SignupEndpoint:
    """`POST /dbconnections/signup`."""

    body_timeout_s: float
    trusted_proxies: tuple[str, ...]

    async def post(self, visit: Visit) -> Response:
        """Answer one sign-up; what cannot be read counts nowhere."""
        who = caller(peer.read(visit.request, self.trusted_proxies), None)
        body = await wire.read_body(visit.request, self.body_timeout_s, token_params.MAX_BODY_BYTES)
        asked = signup.read(visit.request.headers.get("content-type", ""), body)
        full = await sign_up_limit.full(visit.tenancy.parts, who)
        if full is not None:
            visit.taken = Taken(full.most, 0, full.retry_after_s, admitted=False)
            raise Refused(Refusal.RATE_LIMITED, retry_after_s=full.retry_after_s)
        tenant = await visit.tenancy.tenant()
        ASKER.set(Asker(tenant.domain, address=counted(who.ip)))
        client, answer = await sign_up.sign_up(visit.tenancy.parts, asked, who)
        _allow_own_origins(visit, client)
        return wire.answer(answer, headers=_JSON)


@dataclass(frozen=True, slots=True)
class ChangePasswordEndpoint:
    """`POST /dbconnections/change_password`."""

    body_timeout_s: float
    trusted_proxies: tuple[str, ...]
    limit: RateLimit

    async def post(self, visit: Visit) -> Response:
        """Answer one request for a link; a `password` in it is not looked at."""
        who = caller(peer.read(visit.request, self.trusted_proxies), None)
        fields = await wire.read_fields(visit.request, self.body_timeout_s)
        name = normal(fields.params.get("email") or fields.params.get("username") or "")
        await _admit(visit, self.limit, who, f"{counted(who.ip)} {name}")
        client = await forgotten.ask(visit.tenancy.parts, fields, who)
        _allow_own_origins(visit, client)
        return Response(SENT, headers=wire.NO_STORE, media_type="text/html")


def _allow_own_origins(visit: Visit, client: Client | None) -> None:
    if client is not None:
        visit.origins = client.origins


async def _admit(visit: Visit, limit: RateLimit, who: Caller, key: str) -> None:
    """Refuse who comes too often; only the first refusal of a row is logged."""
    tenant, parts = await visit.tenancy.tenant(), visit.tenancy.parts
    taken = visit.taken = limit.take(f"{tenant.key} {key}")
    if taken is None or taken.admitted:
        return
    refused = Refused(Refusal.RATE_LIMITED, retry_after_s=max(1, math.ceil(taken.reset_s)))
    if taken.is_first:
        text = f"Too many requests from {who.ip}"
        row = diary.event(LogCode.LIMIT_MU, parts.clock.now(), who, description=text)
        await parts.stores.logs.append([row])
    raise refused
