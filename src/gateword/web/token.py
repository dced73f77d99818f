"""`POST /oauth/token`: a body in, tokens or a refusal out."""

import asyncio
from collections.abc import Awaitable
from http import HTTPStatus
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.login import ask
from gateword.policy.token_params import Fields
from gateword.ports.crypto import HashDropped
from gateword.ports.meter import GRANTS, Meter
from gateword.values import dataclass, field
from gateword.web import admission, peer, wire
from gateword.web.endpoint import Visit
from gateword.web.line import Line
from gateword.web.rate_limit import RateLimit

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """The token endpoint (RFC 6749 §3.2)."""

    body_timeout_s: float
    trusted_proxies: tuple[str, ...]
    limit: RateLimit
    meter: Meter
    line: Line = field(default_factory=Line)

    async def post(self, visit: Visit) -> Response:
        """Answer one ask; a client that hangs up while its hash waits is dropped."""
        await self.line.stand()
        request, tenancy = visit.request, visit.tenancy
        tenant = await tenancy.tenant()
        visit.taken = self.limit.take(tenant.domain)
        fields = await wire.read_fields(request, self.body_timeout_s)
        await admission.admit(visit, "token", self.trusted_proxies)
        authorization = request.headers.get("authorization")
        asked = ask.answer(
            tenancy.parts,
            tenancy.grants,
            fields,
            authorization,
            peer.read(request, self.trusted_proxies),
        )
        try:
            # Only a password's hash can wait so long that its client may have gone meanwhile.
            waits = "password" in fields.secrets
            client, tokens = await (_while_wanted(request, asked) if waits else asked)
        except Refused as refused:
            self._count(visit, fields, refused.refusal.name)
            headers = _challenge(refused, authorization, tenant.domain)
            return wire.refusal(refused, tenant, headers)
        self._count(visit, fields, "ok")
        visit.origins = client.origins
        return wire.tokens(tokens)

    def _count(self, visit: Visit, fields: Fields, outcome: str) -> None:
        grant_type = fields.params.get("grant_type", "")
        known = grant_type if grant_type in visit.tenancy.grants else "none"
        self.meter.count(GRANTS, known, outcome)


def _challenge(refused: Refused, authorization: str | None, domain: str) -> dict[str, str]:
    """Return the header for a client that tried the Authorization header (RFC 6749 §5.2)."""
    tried = authorization is not None and authorization.lower().startswith("basic ")
    row = refused.refusal.row
    if (
        tried
        and row.status == HTTPStatus.UNAUTHORIZED
        and row.error in ("access_denied", "invalid_client")
    ):
        return {"www-authenticate": f'Basic realm="{domain}"'}
    return {}


async def _while_wanted(request: Request, work: Awaitable[T]) -> T:
    """Await the work, and cancel it when the client closes the connection meanwhile.

    Nobody listens to the connection before the work first waits: most refusals never do.
    """
    watch = _Watch(request)
    begin = asyncio.get_running_loop().call_soon(watch.begin)
    try:
        async with watch.wanted:
            return await work
    except (TimeoutError, HashDropped):  # older Pythons turn only their own kind into the former
        if watch.wanted.expired():
            raise Refused(Refusal.CLIENT_GONE) from None
        raise
    finally:
        begin.cancel()
        watch.end()


class _Watch:
    """Listens for a client that closes its connection.

    Attributes:
        wanted: Ends what runs within it as soon as the client has gone.
    """

    def __init__(self, request: Request) -> None:
        self.wanted = asyncio.timeout(None)
        self._request = request
        self._listening: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Listen."""
        self._listening = asyncio.ensure_future(self._listen())

    def end(self) -> None:
        """Listen no more."""
        if self._listening is not None:
            self._listening.cancel()

    async def _listen(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        self.wanted.reschedule(asyncio.get_running_loop().time())
