"""The page of one's second factors."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from . import factors, forms, visitors
from .factor_desk import FactorDesk
from .factors import Authenticator
from .guard import COOKIE, FormSeal
from .problem import Failure, Problem
from .second_views import SecondViews
from .sessions import Session
from .visitors import Visitors

_HERE = "/factors"


class FactorPages:
    """The handlers.

    Args:
        desk: What can be done.
        visitors: Who is at the browser.
        seal: Protection of the forms.
        views: The templates.
    """

    def __init__(
        self, desk: FactorDesk, visitors: Visitors, seal: FormSeal, views: SecondViews
    ) -> None:
        self._desk = desk
        self._visitors = visitors
        self._seal = seal
        self._views = views

    def routes(self) -> list[BaseRoute]:
        """Every address, in one place."""
        return [
            Route(_HERE, self.shown),
            Route(f"{_HERE}/unlock", self.unlock, methods=["POST"]),
            Route(f"{_HERE}/add", self.add, methods=["POST"]),
            Route(f"{_HERE}/delete", self.delete, methods=["POST"]),
        ]

    async def shown(self, request: Request) -> Response:
        """What the user has set up; without a key, a form that asks for the password."""
        session = self._visitors.session(request)
        if session is None:
            return RedirectResponse("/login", 303)
        owned: tuple[Authenticator, ...] = ()
        if self._desk.key_of(session) is not None:
            try:
                owned = await self._desk.listed(session, visitors.browser(request))
            except Failure as failure:
                self._told(session, failure)
        seal, key = self._seal.of(request.cookies[COOKIE]), self._desk.key_of(session)
        return self._views.factors(request, session, seal=seal, key=key, owned=owned)

    async def unlock(self, request: Request) -> Response:
        """Ask for the password once more."""
        form = await forms.sealed(request, self._seal)
        session = self._visitors.session(request)
        if session is None:
            return RedirectResponse("/login?notice=timed-out", 303)
        try:
            await self._desk.unlock(
                session,
                forms.text(form, "password"),
                visitors.browser(request),
            )
        except Failure as failure:
            wrong = failure.problem is Problem.WRONG_CREDENTIALS
            session.factor_trouble = Failure(Problem.WRONG_PASSWORD) if wrong else failure
        return RedirectResponse("/second-factor" if session.step else _HERE, 303)

    async def add(self, request: Request) -> Response:
        """Begin to set one more factor up."""
        form = await forms.sealed(request, self._seal)
        session = self._visitors.session(request)
        if session is None:
            return RedirectResponse("/login?notice=timed-out", 303)
        kind, target = factors.named(forms.text(form, "kind")), forms.text(form, "target")
        try:
            await self._desk.add(session, kind, target, visitors.browser(request))
        except Failure as failure:
            self._told(session, failure)
        return RedirectResponse("/second-factor" if session.step else _HERE, 303)

    async def delete(self, request: Request) -> Response:
        """Delete a factor."""
        form = await forms.sealed(request, self._seal)
        session = self._visitors.session(request)
        if session is None:
            return RedirectResponse("/login?notice=timed-out", 303)
        id_ = forms.text(form, "authenticator")
        try:
            await self._desk.delete(session, id_, visitors.browser(request))
        except Failure as failure:
            self._told(session, failure)
        return RedirectResponse(_HERE, 303)

    def _told(self, session: Session, failure: Failure) -> None:
        session.factor_trouble = failure
        if failure.problem is Problem.KEY_EXPIRED:
            session.key = None
