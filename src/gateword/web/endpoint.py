"""What every URL does the same way: methods, tenant, CORS, refusals, faults, headers."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from typing import Final, Protocol
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateword.domain.log_event import LogCode, LogEvent
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.tenant import Tenant
from gateword.values import dataclass, field
from gateword.web import wire
from gateword.web.rate_limit import Taken
from gateword.web.tenancy import Tenancies, Tenancy

_log = logging.getLogger("gateword.web")
_PREFLIGHT_S: Final = "86400"
_EXPOSED: Final = "x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, retry-after"


class Cors(Enum):
    """Who may read an endpoint's answers from a browser."""

    NOBODY = "nobody"
    CLIENTS = "the origins of the tenant's clients"
    EVERYBODY = "any origin, without credentials"


@dataclass(slots=True)
class Visit:
    """One request on its way through an endpoint.

    Attributes:
        origins: Once the client is known, the origins that are its own; None before.
        taken: The rate limit that counted the request.
    """

    request: Request
    tenancy: Tenancy
    origins: frozenset[str] | None = None
    taken: Taken | None = None


Handler = Callable[[Visit], Awaitable[Response]]


class Face(Protocol):
    """Renders a refusal in the shape that the callers of an endpoint know."""

    def __call__(
        self,
        refused: Refused,
        tenant: Tenant | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response: ...


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An ASGI application for one URL; HEAD is answered wherever GET is.

    Attributes:
        names_tenant: Refusals name the tenant: people read them.
    """

    tenancies: Tenancies
    handlers: Mapping[str, Handler] = field(default_factory=dict)
    cors: Cors = Cors.NOBODY
    refusal: Face = wire.refusal
    names_tenant: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self._answer(Request(scope, receive))
        for name, value in wire.COMMON.items():
            response.headers.setdefault(name, value)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            tenancy = await self.tenancies.at(request.headers.get("host", ""))
        except Refused as refused:
            return self.refusal(refused)
        visit = Visit(request, tenancy)
        response = await self._handled(visit)
        await self._allow_origin(visit, response)
        if visit.taken is not None:
            response.headers.update(visit.taken.headers())
        return response

    async def _handled(self, visit: Visit) -> Response:
        method = visit.request.method
        handler = self.handlers.get("GET" if method == "HEAD" else method)
        if handler is not None:
            return await self._guarded(visit, handler)
        allowed = ", ".join([*self.handlers, "OPTIONS"])
        if method == "OPTIONS" and self.handlers:
            return Response(status_code=204, headers={"allow": allowed})
        refused = Refused(Refusal.METHOD_NOT_ALLOWED if self.handlers else Refusal.NOT_FOUND)
        return self.refusal(refused, headers={"allow": allowed} if self.handlers else None)

    async def _guarded(self, visit: Visit, handler: Handler) -> Response:
        try:
            return await handler(visit)
        except Refused as refused:
            return self.refusal(refused, await self._tenant_or_none(visit.tenancy, refused))
        except Exception:  # noqa: BLE001  anything else is a bug: 500 with an id to find it by
            return self.refusal(await _fault(visit))

    async def _tenant_or_none(self, tenancy: Tenancy, refused: Refused) -> Tenant | None:
        if refused.refusal.row.error != "invalid_grant" and not self.names_tenant:
            return None
        try:
            return await tenancy.tenant()
        except Refused:  # the database is away; the refusal goes out without a name
            return None

    async def _allow_origin(self, visit: Visit, response: Response) -> None:
        origin = visit.request.headers.get("origin")
        if origin is None or self.cors is Cors.NOBODY:
            return
        headers = response.headers
        if self.cors is Cors.EVERYBODY:
            headers["access-control-allow-origin"] = "*"
        else:
            headers.add_vary_header("Origin")
            if not await self._may_read(visit, origin):
                return
            headers["access-control-allow-origin"] = origin
        headers["access-control-expose-headers"] = _EXPOSED
        if visit.request.method == "OPTIONS":
            asked = visit.request.headers.get("access-control-request-headers", "content-type")
            headers["access-control-allow-methods"] = ", ".join(self.handlers)
            headers["access-control-allow-headers"] = asked
            headers["access-control-max-age"] = _PREFLIGHT_S

    async def _may_read(self, visit: Visit, origin: str) -> bool:
        if visit.origins is not None:
            return origin in visit.origins
        try:
            return origin in await visit.tenancy.parts.stores.clients.origins()
        except Refused:  # the database is away: the refusal goes out without the header
            return False


def _shown_path(request: Request) -> str:
    """Return a request's path as a log may hold it: a ticket in it opens something."""
    path = request.url.path
    ticket = request.path_params.get("ticket")
    return path.replace(ticket, "…") if isinstance(ticket, str) and ticket else path


async def _fault(visit: Visit) -> Refused:
    error_id = uuid4().hex
    request = visit.request
    where = {"error_id": error_id, "method": request.method, "path": _shown_path(request)}
    _log.exception("fault", extra=where)
    parts = visit.tenancy.parts
    event = LogEvent(
        code=LogCode.F,
        at=parts.clock.now(),
        description=f"A server error occurred. error_id={error_id}",
        hostname=request.headers.get("host", ""),
    )
    try:
        await parts.stores.logs.append([event])
    except Exception:  # noqa: BLE001  the fault may well be the store's own
        _log.warning("fault_not_in_tenant_log", extra={"error_id": error_id})
    return Refused(Refusal.FAULT, body={"error_id": error_id})
