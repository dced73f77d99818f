"""`/health`: is the process up, and does its database answer."""

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.web import wire
from gateword.web.tenancy import Tenancies

_METHODS: Final = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Health:
    """Asks no tenant, so that probes may come under any Host."""

    tenancies: Tenancies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 200 when ready, else 503."""
        response = await self._answer(scope["method"])
        response.headers.update(wire.COMMON)
        await response(scope, receive, send)

    async def _answer(self, method: str) -> Response:
        if method not in _METHODS:
            refused = Refused(Refusal.METHOD_NOT_ALLOWED)
            return wire.refusal(refused, headers={"allow": ", ".join(_METHODS)})
        ready = await self.tenancies.is_ready()
        body = {"status": "ok" if ready else "unavailable", "database": ready}
        return wire.answer(body, 200) if ready else wire.answer(body, 503, {"retry-after": "1"})
