"""The one place that knows every part of the application."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from .desk import Desk
from .guard import FormSeal, SecurityHeaders
from .login_server import LoginServer
from .management import ManagementApi
from .pages import Pages
from .problem import Failure
from .rule_pages import RulePages
from .rules_desk import RulesDesk
from .sessions import Sessions
from .settings import Settings
from .views import Views
from .workshop_api import WorkshopApi

_TIMEOUT_S = 10.0


def create(settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> Starlette:
    """Build the application; its connection pool is closed when it stops.

    Args:
        settings: What it must be told.
        transport: How it reaches login server and API; None is the network.
    """
    http = httpx.AsyncClient(timeout=_TIMEOUT_S, transport=transport)
    sessions = Sessions(time.time)
    desk = Desk(
        LoginServer(settings, http),
        WorkshopApi(settings.api_url, http, time.time),
        sessions,
        time.time,
    )
    seal, views = FormSeal(settings.origins), Views(settings)
    pages = Pages(desk, sessions, seal, views)
    rules_desk = RulesDesk(ManagementApi(settings, http, time.time), settings, time.time)
    rule_pages = RulePages(rules_desk, sessions, seal, views)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await http.aclose()

    hosts = [urlsplit(origin).hostname or "" for origin in settings.origins]
    return Starlette(
        routes=[
            *pages.routes(),
            *rule_pages.routes(),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        ],
        exception_handlers={Failure: pages.failed, 404: pages.not_found, 405: pages.not_found},
        lifespan=lifespan,
    )
