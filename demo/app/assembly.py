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
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from .asker import Asker
from .desk import Desk
from .factor_desk import FactorDesk
from .factor_pages import FactorPages
from .guard import FormSeal, SecurityHeaders
from .inbox import Inbox
from .login_server import LoginServer
from .management import ManagementApi
from .mfa_api import MfaApi
from .pages import Pages
from .phone import Phone
from .pocket import Pocket
from .policy_desk import PolicyDesk
from .policy_pages import InboxPage, PolicyPages
from .post_office import PhoneHook, mail_server
from .problem import Failure
from .prover import Prover
from .rendering import Rendering
from .rule_pages import RulePages
from .rules_desk import RulesDesk
from .second_pages import SecondPages
from .second_views import SecondViews
from .server_line import ServerLine
from .sessions import Sessions
from .settings import Settings
from .shelf import Shelf
from .step import Step
from .views import Views
from .visitors import Visitors
from .workshop_api import WorkshopApi

_TIMEOUT_S = 10.0
_STEP_S = 30 * 60
_STEPS = 1000


def create(settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> Starlette:
    """Build the application; its connection pool is closed when it stops.

    Args:
        settings: What it must be told.
        transport: How it reaches login server and API; None is the network.
    """
    http = httpx.AsyncClient(timeout=_TIMEOUT_S, transport=transport)
    inbox = Inbox(time.time)
    house = _House(settings, http)
    pages = house.pages()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with mail_server(inbox, settings.host, settings.mail_port):
            yield
        await http.aclose()

    hosts = [urlsplit(origin).hostname or "" for origin in settings.origins]
    return Starlette(
        routes=[
            *pages.routes(),
            *house.second_factors(),
            *house.office(),
            *house.post(inbox),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        ],
        exception_handlers={Failure: pages.failed, 404: pages.not_found, 405: pages.not_found},
        lifespan=lifespan,
    )


class _House:
    """Makes the pages, which share who is at the browser."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self._settings = settings
        self._http = http
        line = ServerLine(settings, http)
        self._server = LoginServer(settings, line)
        self._mfa = MfaApi(settings, line)
        self._asker = Asker(self._mfa)
        self._sessions = Sessions(time.time)
        steps: Shelf[Step] = Shelf(time.time, idle_s=_STEP_S, absolute_s=_STEP_S, limit=_STEPS)
        self._visitors = Visitors(self._sessions, steps)
        self._desk = Desk(
            server=self._server,
            api=WorkshopApi(settings.api_url, http, time.time),
            asker=self._asker,
            sessions=self._sessions,
            steps=steps,
            now=time.time,
        )
        self._seal, self._rendering = FormSeal(settings.origins), Rendering()
        self._views = Views(settings, self._rendering)
        self._second_views = SecondViews(self._rendering, settings.device_url)
        self._management = ManagementApi(settings, http, time.time)
        self._pocket = Pocket(time.time)
        for label, seed in settings.app_seeds:
            self._pocket.put(label, seed)

    def pages(self) -> Pages:
        return Pages(self._desk, self._visitors, self._seal, self._views)

    def second_factors(self) -> list[BaseRoute]:
        prover = Prover(self._mfa, self._server, self._asker, self._desk, time.time)
        second = SecondPages(
            asker=self._asker,
            prover=prover,
            visitors=self._visitors,
            seal=self._seal,
            views=self._second_views,
            login=self._views,
            pocket=self._pocket,
            phone=Phone(self._settings.device_url, self._http),
        )
        desk = FactorDesk(self._mfa, self._server, self._asker, time.time)
        factors = FactorPages(desk, self._visitors, self._seal, self._second_views)
        return [*second.routes(), *factors.routes()]

    def office(self) -> list[BaseRoute]:
        rules = RulesDesk(self._management, self._settings, time.time)
        rule_pages = RulePages(rules, self._sessions, self._seal, self._views)
        policy = PolicyPages(
            PolicyDesk(self._management), self._visitors, self._seal, self._rendering
        )
        return [*rule_pages.routes(), *policy.routes()]

    def post(self, inbox: Inbox) -> list[BaseRoute]:
        page = InboxPage(
            inbox, self._pocket, self._visitors, self._rendering, self._settings.device_url
        )
        hook = PhoneHook(inbox, self._settings.phone_secret)
        return [*page.routes(), *hook.routes()]
