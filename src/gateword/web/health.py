"""`/health`, `/livez` and `/readyz`: does the process live, and should it be sent anything.

They ask no tenant, so that probes may come under any Host.
"""

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.values import dataclass
from gateword.web import standing, wire
from gateword.web.tenancy import Tenancies

_METHODS: Final = ("GET", "HEAD")

Look: TypeAlias = Callable[[Scope], Awaitable[dict[str, bool]]]
"""Returns what a process needs in order to be well, and whether it is there."""


@dataclass(frozen=True, slots=True)
class Health:
    """Answers 200 when everything that is looked at is there, else 503."""

    look: Look

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a probe."""
        response = await self._answer(scope)
        response.headers.update(wire.COMMON)
        await response(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response:
        if scope["method"] not in _METHODS:
            refused = Refused(Refusal.METHOD_NOT_ALLOWED)
            return wire.refusal(refused, headers={"allow": ", ".join(_METHODS)})
        found = await self.look(scope)
        if all(found.values()):
            return wire.answer({"status": "ok", **found}, 200)
        return wire.answer({"status": "unavailable", **found}, 503, {"retry-after": "1"})


def database(tenancies: Tenancies) -> Look:
    """Look whether the database answers (`/health`)."""

    async def look(_: Scope) -> dict[str, bool]:
        return {"database": await tenancies.is_ready()}

    return look


async def alive(_: Scope) -> dict[str, bool]:
    """Look at nothing: whoever answers lives (`/livez`)."""
    return {}


def ready(tenancies: Tenancies) -> Look:
    """Look at all that a grant needs, and whether the process stays (`/readyz`)."""

    async def look(scope: Scope) -> dict[str, bool]:
        is_leaving = standing.of(scope.get("state", {})).is_leaving
        return {"staying": not is_leaving, **await tenancies.readiness()}

    return look
