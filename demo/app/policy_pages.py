"""The pages of the policy and of the post: open to whoever is not logged in, as in a demo."""

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from . import forms, visitors
from .guard import COOKIE, FormSeal, new_handle, set_cookie
from .inbox import Inbox
from .pocket import Pocket
from .policy_desk import PEOPLE, POLICIES, PolicyDesk
from .rendering import Rendering
from .visitors import Visitors

_BACK: Final = "/policy?changed=yes"


class PolicyPages:
    """The handlers.

    Args:
        desk: What can be done with the policy.
        visitors: Who is at the browser.
        seal: Protection of the forms.
        rendering: The templates.
    """

    def __init__(
        self, desk: PolicyDesk, visitors: Visitors, seal: FormSeal, rendering: Rendering
    ) -> None:
        self._desk = desk
        self._visitors = visitors
        self._seal = seal
        self._rendering = rendering

    def routes(self) -> list[BaseRoute]:
        """Every address, in one place."""
        return [
            Route("/policy", self.shown),
            Route("/policy", self.demand, methods=["POST"]),
            Route("/policy/switch", self.switch, methods=["POST"]),
            Route("/policy/start-over", self.start_over, methods=["POST"]),
            Route("/policy/place", self.go, methods=["POST"]),
        ]

    async def shown(self, request: Request) -> Response:
        """The policy and the switches; a browser without a cookie gets one for the seal."""
        handle = request.cookies.get(COOKIE) or new_handle()
        page = self._rendering.page(
            "policy.html",
            request,
            session=self._visitors.session(request),
            seal=self._seal.of(handle),
            policies=POLICIES,
            policy=await self._desk.in_force(),
            switches=await self._desk.switches(),
            people=PEOPLE,
            is_away=visitors.is_away(request),
            changed="changed" in request.query_params,
        )
        set_cookie(page, handle)
        return page

    async def demand(self, request: Request) -> Response:
        """Set the policy."""
        form = await forms.sealed(request, self._seal)
        await self._desk.demand(forms.text(form, "policy"))
        return RedirectResponse(_BACK, 303)

    async def switch(self, request: Request) -> Response:
        """Turn a kind of factor on or off."""
        form = await forms.sealed(request, self._seal)
        await self._desk.switch(forms.text(form, "factor"), on=forms.text(form, "to") == "on")
        return RedirectResponse(_BACK, 303)

    async def start_over(self, request: Request) -> Response:
        """Take every factor off one of the people of the demo."""
        form = await forms.sealed(request, self._seal)
        await self._desk.start_over(forms.text(form, "person"))
        return RedirectResponse(_BACK, 303)

    async def go(self, request: Request) -> Response:
        """Pretend to be somewhere else, in this browser."""
        form = await forms.sealed(request, self._seal)
        answer = RedirectResponse(_BACK, 303)
        visitors.go(answer, away=forms.text(form, "to") == "away")
        return answer


class InboxPage:
    """What the demo's people find in their inbox and on their phones.

    Args:
        inbox: Their letters and messages.
        pocket: Their authenticator app.
        visitors: Who is at the browser.
        rendering: The templates.
        device_url: Where their phone is that is asked; empty when there is none.
    """

    def __init__(
        self,
        inbox: Inbox,
        pocket: Pocket,
        visitors: Visitors,
        rendering: Rendering,
        device_url: str,
    ) -> None:
        self._device_url = device_url
        self._inbox = inbox
        self._pocket = pocket
        self._visitors = visitors
        self._rendering = rendering

    def routes(self) -> list[BaseRoute]:
        """The one address."""
        return [Route("/inbox", self.shown)]

    async def shown(self, request: Request) -> Response:
        """All of it, the newest first."""
        return self._rendering.page(
            "inbox.html",
            request,
            session=self._visitors.session(request),
            letters=self._inbox.letters(),
            codes=self._pocket.shown(),
            device_url=self._device_url,
        )
