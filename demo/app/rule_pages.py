"""The page of the rules: open to whoever is not logged in, since a rule may be the reason."""

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from . import forms
from .guard import COOKIE, FormSeal, new_handle, set_cookie
from .rules_desk import RulesDesk
from .sessions import Sessions
from .views import Views

_BACK: Final = "/rules?changed=yes"


class RulePages:
    """The handlers. Nothing but turning rules on and off and two fixed pretences can be posted.

    Args:
        desk: What can be done.
        sessions: Who is logged in.
        seal: Protection of the forms.
        views: The templates.
    """

    def __init__(self, desk: RulesDesk, sessions: Sessions, seal: FormSeal, views: Views) -> None:
        self._desk = desk
        self._sessions = sessions
        self._seal = seal
        self._views = views

    def routes(self) -> list[BaseRoute]:
        """Every address, in one place."""
        return [
            Route("/rules", self.rules),
            Route("/rules/switch", self.switch, methods=["POST"]),
            Route("/rules/pretend", self.pretend, methods=["POST"]),
        ]

    async def rules(self, request: Request) -> Response:
        """All rules; a browser without a cookie gets one for the seal."""
        handle = request.cookies.get(COOKIE) or new_handle()
        page = self._views.rules(
            request,
            self._sessions.find(handle),
            seal=self._seal.of(handle),
            rules=await self._desk.shown(),
            pretended=self._desk.pretended(),
            changed="changed" in request.query_params,
        )
        set_cookie(page, handle)
        return page

    async def switch(self, request: Request) -> Response:
        """Turn a rule on or off."""
        form = await forms.sealed(request, self._seal)
        await self._desk.switch(forms.text(form, "rule"), on=forms.text(form, "to") == "on")
        return RedirectResponse(_BACK, 303)

    async def pretend(self, request: Request) -> Response:
        """Begin or stop pretending."""
        form = await forms.sealed(request, self._seal)
        await self._desk.pretend(forms.text(form, "what"), on=forms.text(form, "to") == "on")
        return RedirectResponse(_BACK, 303)
