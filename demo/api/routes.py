"""Every address of the API on one page."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import TypeAlias

from auth0_api_python import (  # type: ignore[import-untyped]  # ships no types
    ApiClient,
    ApiClientOptions,
)
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import bearer, ledger
from .settings import Settings

_Book: TypeAlias = Callable[[str, date], dict[str, object]]
_Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


def create(settings: Settings) -> Starlette:
    """Build the API: three books behind three scopes, one of them behind a permission too."""
    verifier = ApiClient(
        ApiClientOptions(domain=settings.domain, audience=settings.audience, dpop_enabled=False)
    )
    return Starlette(
        routes=[
            Route("/api/timesheet", _guarded(verifier, ledger.timesheet, scope="read:timesheets")),
            Route("/api/orders", _guarded(verifier, ledger.orders, scope="read:orders")),
            Route("/api/reports", _guarded(verifier, ledger.reports, permission="read:reports")),
            Route("/health", _health),
        ],
        exception_handlers={bearer.Denied: bearer.denial},
    )


def _guarded(
    verifier: ApiClient, book: _Book, *, scope: str = "", permission: str = ""
) -> _Endpoint:
    async def endpoint(request: Request) -> Response:
        claims = await bearer.claims_of(request, verifier)
        if scope:
            bearer.require_scope(claims, scope)
        if permission:
            bearer.require_permission(claims, permission)
        rows = book(str(claims["sub"]), datetime.now(UTC).date())
        return JSONResponse(rows, headers={"Cache-Control": "no-store"})

    return endpoint


async def _health(_: Request) -> Response:
    return JSONResponse({"status": "ok"})
