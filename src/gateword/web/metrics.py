"""`/metrics`: what the server has measured, for Prometheus and whoever reads its formats.

Numbers of a login server tell strangers when guesses succeed, so by default only the machine
itself may read them.
"""

import hmac
from ipaddress import ip_address
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.ports.meter import Exposes
from gateword.values import dataclass
from gateword.web import wire

_METHODS: Final = ("GET", "HEAD")
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Headers by which a proxy shows that the request is not the machine's own."""

_MAX_ACCEPT_CHARS: Final = 1024


@dataclass(frozen=True, slots=True)
class Metrics:
    """Asks no tenant: it tells of the whole process.

    Attributes:
        exposes: Where the numbers come from.
        readers: `off`, `local` (loopback peers that no proxy stands before) or `open`.
        token: What a reader must send as bearer token; empty asks for none.
    """

    exposes: Exposes
    readers: str
    token: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one scrape."""
        request = Request(scope, receive)
        try:
            self._check(request)
            response = await self._answer(request.headers.get("accept", ""))
        except Refused as refused:
            response = wire.refusal(refused, headers=_headers(refused))
        response.headers.update(wire.COMMON)
        await response(scope, receive, send)

    def _check(self, request: Request) -> None:
        if self.readers == "off":
            raise Refused(Refusal.NOT_FOUND)
        if request.method not in _METHODS:
            raise Refused(Refusal.METHOD_NOT_ALLOWED)
        if self.readers == "local" and not _is_local(request):
            raise Refused(Refusal.METRICS_CLOSED)
        if not self.token:
            return
        scheme, _, sent = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Refused(Refusal.BEARER_MISSING)
        if not hmac.compare_digest(sent.strip().encode(), self.token.encode()):
            raise Refused(Refusal.BEARER_INVALID)

    async def _answer(self, accept: str) -> Response:
        shown = await self.exposes.exposition(accept[:_MAX_ACCEPT_CHARS])
        return Response(shown.text, headers=wire.NO_STORE | {"content-type": shown.media_type})


def _is_local(request: Request) -> bool:
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _headers(refused: Refused) -> dict[str, str]:
    if refused.refusal is Refusal.METHOD_NOT_ALLOWED:
        return {"allow": ", ".join(_METHODS)}
    if refused.refusal in (Refusal.BEARER_MISSING, Refusal.BEARER_INVALID):
        return {"www-authenticate": 'Bearer realm="metrics"'}
    return {}
