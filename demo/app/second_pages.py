"""The second factor of a login: choose, set up, type a code, wait for the phone."""

from collections.abc import Awaitable
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from . import factors, forms, visitors
from .asker import Asker
from .guard import COOKIE, FormSeal, set_cookie
from .phone import Phone
from .pocket import Pocket
from .problem import Failure, Problem
from .prover import Outcome, Prover
from .second_views import SecondViews
from .step import Purpose, Step
from .views import Views
from .visitors import Visitors

_HERE: Final = "/second-factor"
_ENDS: Final = (Problem.STEP_EXPIRED, Problem.STEP_OVER, Problem.KEY_EXPIRED)
"""Problems that nothing but beginning anew helps against."""

_AFTER: Final = {Purpose.RENEWAL: "/", Purpose.UNLOCK: "/factors", Purpose.ADD: "/factors"}


class SecondPages:
    """The handlers. Reading a page changes nothing; every change is a sealed POST.

    Args:
        asker: Asks for factors, and sets them up.
        prover: Tries what the user shows.
        visitors: Who is at the browser.
        seal: Protection of the forms.
        views: The templates.
        login: The template of the login form, to which a login that ended leads.
        pocket: The demo's own authenticator app.
        phone: The demo's own phone.
    """

    def __init__(
        self,
        *,
        asker: Asker,
        prover: Prover,
        visitors: Visitors,
        seal: FormSeal,
        views: SecondViews,
        login: Views,
        pocket: Pocket,
        phone: Phone,
    ) -> None:
        self._phone = phone
        self._pocket = pocket
        self._login = login
        self._asker = asker
        self._prover = prover
        self._visitors = visitors
        self._seal = seal
        self._views = views

    def routes(self) -> list[BaseRoute]:
        """Every address, in one place."""
        return [
            Route(_HERE, self.shown),
            Route(f"{_HERE}/choose", self.choose, methods=["POST"]),
            Route(f"{_HERE}/set-up", self.set_up, methods=["POST"]),
            Route(f"{_HERE}/code", self.try_code, methods=["POST"]),
            Route(f"{_HERE}/look", self.look, methods=["POST"]),
            Route(f"{_HERE}/back", self.back, methods=["POST"]),
            Route(f"{_HERE}/give-up", self.give_up, methods=["POST"]),
            Route(f"{_HERE}/pocket", self.pocket, methods=["POST"]),
            Route(f"{_HERE}/scan", self.scan, methods=["POST"]),
            Route("/recovery-code", self.recovery_code),
            Route("/recovery-code", self.keep_recovery_code, methods=["POST"]),
        ]

    async def shown(self, request: Request) -> Response:
        """What the user can do now."""
        step = self._visitors.step(request)
        if step is None:
            return RedirectResponse("/", 303)
        session = self._visitors.session(request)
        seal = self._seal.of(request.cookies[COOKIE])
        in_pocket = self._pocket.has(pocket_label(step))
        return self._views.step(request, step, session, seal=seal, in_pocket=in_pocket)

    async def choose(self, request: Request) -> Response:
        """Ask for one of the user's factors, and remember the choice in this browser."""
        form = await forms.sealed(request, self._seal)
        step = self._visitors.step(request)
        if step is None:
            return _too_late()
        id_, where = forms.text(form, "authenticator"), visitors.browser(request)
        try:
            kind = await self._asker.choose(step, id_, where)
        except Failure as failure:
            return self._failed(request, step, failure)
        answer = RedirectResponse(_HERE, 303)
        visitors.remember(answer, kind)
        return answer

    async def set_up(self, request: Request) -> Response:
        """Begin to set a factor up."""
        form = await forms.sealed(request, self._seal)
        step = self._visitors.step(request)
        if step is None:
            return _too_late()
        kind, target = factors.named(forms.text(form, "kind")), forms.text(form, "target")
        try:
            await self._asker.set_up(step, kind, target, visitors.browser(request))
        except Failure as failure:
            return self._failed(request, step, failure)
        return RedirectResponse(_HERE, 303)

    async def try_code(self, request: Request) -> Response:
        """Try a code."""
        form = await forms.sealed(request, self._seal)
        step, session = self._visitors.step(request), self._visitors.session(request)
        if step is None:
            return _too_late()
        code, where = forms.text(form, "code"), visitors.browser(request)
        return await self._tried(request, step, self._prover.try_code(step, session, code, where))

    async def look(self, request: Request) -> Response:
        """Ask whether the phone has said anything."""
        await forms.sealed(request, self._seal)
        step, session = self._visitors.step(request), self._visitors.session(request)
        if step is None:
            return _too_late()
        where = visitors.browser(request)
        return await self._tried(request, step, self._prover.look(step, session, where))

    async def scan(self, request: Request) -> Response:
        """Hold the demo's phone before the picture."""
        await forms.sealed(request, self._seal)
        step = self._visitors.step(request)
        if step is None:
            return _too_late()
        if step.enrollment is not None and step.enrollment.barcode_uri:
            try:
                await self._phone.scan(step.enrollment.barcode_uri)
                step.is_scanned = True
            except Failure as failure:
                return self._failed(request, step, failure)
        return _again()

    async def pocket(self, request: Request) -> Response:
        """Put the app that is being set up into the demo's own, for who has no phone at hand."""
        await forms.sealed(request, self._seal)
        step = self._visitors.step(request)
        if step is None:
            return _too_late()
        if step.enrollment is not None and step.enrollment.secret:
            self._pocket.put(pocket_label(step), step.enrollment.secret)
        return _again()

    async def back(self, request: Request) -> Response:
        """Let the user choose again."""
        await forms.sealed(request, self._seal)
        step = self._visitors.step(request)
        if step is None:
            return _too_late()
        step.back()
        return self._given_up(request) if step.purpose is Purpose.ADD else _again()

    async def give_up(self, request: Request) -> Response:
        """End the login that waits; a session goes on without it."""
        await forms.sealed(request, self._seal)
        return self._given_up(request)

    async def recovery_code(self, request: Request) -> Response:
        """The code that the user must write down; it is shown until they say that they have."""
        session = self._visitors.session(request)
        if session is None or not session.recovery_code:
            return RedirectResponse("/", 303)
        return self._views.recovery_code(request, session, self._seal.of(request.cookies[COOKIE]))

    async def keep_recovery_code(self, request: Request) -> Response:
        """Forget the code: from here on only the user has it."""
        await forms.sealed(request, self._seal)
        session = self._visitors.session(request)
        if session is None:
            return RedirectResponse("/", 303)
        session.recovery_code = ""
        return RedirectResponse("/factors" if session.key else "/", 303)

    async def _tried(self, request: Request, step: Step, trying: Awaitable[Outcome]) -> Response:
        try:
            outcome = await trying
        except Failure as failure:
            return self._failed(request, step, failure)
        if outcome.session is None:
            return _again()
        to = "/recovery-code" if outcome.session.recovery_code else "/"
        answer = RedirectResponse(_AFTER.get(step.purpose, to) if to == "/" else to, 303)
        if step.asked is not None and len(step.can_show) > 1:  # else nothing was chosen
            visitors.remember(answer, step.asked.kind)
        if outcome.handle:
            self._visitors.forget(request)
            set_cookie(answer, outcome.handle)
        return answer

    def _failed(self, request: Request, step: Step, failure: Failure) -> Response:
        """Tell a problem where the user can do something about it."""
        if failure.problem not in _ENDS:
            step.trouble = failure
            if failure.problem in (Problem.PUSH_DENIED, Problem.CODE_TOO_OLD):
                trouble = step.trouble
                step.back()
                step.trouble = trouble
            return _again()
        session = self._visitors.session(request)
        if session is None:
            self._visitors.forget(request)
            seal = self._seal.of(request.cookies[COOKIE])
            return self._login.login(
                request, seal=seal, failure=failure, email=step.email, realm=step.realm
            )
        session.step = None
        if step.purpose is Purpose.RENEWAL:
            session.trouble = failure
        else:
            session.factor_trouble = failure
        return RedirectResponse(_AFTER.get(step.purpose, "/"), 303)

    def _given_up(self, request: Request) -> Response:
        step, session = self._visitors.step(request), self._visitors.session(request)
        if session is None:
            self._visitors.forget(request)
            return RedirectResponse("/login", 303)
        session.step = None
        return RedirectResponse(_AFTER.get(step.purpose, "/") if step else "/", 303)


def pocket_label(step: Step) -> str:
    """Return what the demo's own app calls the account: one address may have one in each realm."""
    return f"{step.email}, {step.realm}"


def _again() -> Response:
    return RedirectResponse(_HERE, 303)


def _too_late() -> Response:
    return RedirectResponse("/login?notice=timed-out", 303)
