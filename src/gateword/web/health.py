"""`/health`: is the process up, and does its database answer."""

from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

from gateword.web import wire
from gateword.web.tenancy import Tenancies


@dataclass(frozen=True, slots=True)
class Health:
    """Asks no tenant, so that probes may come under any Host."""

    tenancies: Tenancies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 200 when ready, else 503."""
        ready = await self.tenancies.is_ready()
        body = {"status": "ok" if ready else "unavailable", "database": ready}
        await wire.answer(body, 200 if ready else 503)(scope, receive, send)
