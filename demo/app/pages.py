"""HTTP in, HTML out: every address of the application."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from . import forms, visitors
from .desk import Credentials, Desk
from .guard import COOKIE, FormSeal, new_handle, set_cookie
from .problem import Failure, Problem
from .views import Views
from .visitors import Visitors
from .workshop_api import BOOKS, Book


class Pages:
    """The handlers. Reading a page changes nothing; every change is a sealed POST.

    Args:
        desk: What can be done.
        visitors: Who is at the browser.
        seal: Protection of the forms.
        views: The templates.
    """

    def __init__(self, desk: Desk, visitors: Visitors, seal: FormSeal, views: Views) -> None:
        self._desk = desk
        self._visitors = visitors
        self._seal = seal
        self._views = views

    def routes(self) -> list[BaseRoute]:
        """Every address, in one place."""
        return [
            Route("/", self.home),
            Route("/login", self.login_form),
            Route("/login", self.log_in, methods=["POST"]),
            Route("/call", self.call, methods=["POST"]),
            Route("/revoke", self.revoke, methods=["POST"]),
            Route("/logout", self.log_out, methods=["POST"]),
            Route("/session-ended", self.session_ended),
            Route("/about", self.about),
            Route("/health", _health),
        ]

    async def home(self, request: Request) -> Response:
        """Who is logged in, the tokens, and the API's last answer."""
        session = self._visitors.session(request)
        if session is None:
            return RedirectResponse("/login", 303)
        return self._views.home(request, session, self._seal.of(request.cookies[COOKIE]))

    async def login_form(self, request: Request) -> Response:
        """The empty form; a browser without a cookie gets one for the seal."""
        if self._visitors.session(request) is not None:
            return RedirectResponse("/", 303)
        handle = request.cookies.get(COOKIE) or new_handle()
        page = self._views.login(
            request, seal=self._seal.of(handle), notice=request.query_params.get("notice", "")
        )
        set_cookie(page, handle)
        return page

    async def log_in(self, request: Request) -> Response:
        """Check the password; what follows always gets a new cookie value."""
        form = await forms.sealed(request, self._seal)
        typed = Credentials(
            email=forms.text(form, "email"),
            password=forms.text(form, "password"),
            realm=forms.text(form, "realm"),
            browser=visitors.browser(request),
        )
        try:
            entry = await self._desk.log_in(typed)
        except Failure as failure:
            seal = self._seal.of(request.cookies[COOKIE])
            return self._views.login(
                request, seal=seal, failure=failure, email=typed.email, realm=typed.realm
            )
        self._visitors.forget(request)
        answer = RedirectResponse("/second-factor" if entry.waits else "/", 303)
        set_cookie(answer, entry.handle)
        return answer

    async def call(self, request: Request) -> Response:
        """Call the API with the current token, or with an expired one on demand."""
        form = await forms.sealed(request, self._seal)
        session = self._visitors.session(request)
        if session is None:
            return RedirectResponse("/login?notice=timed-out", 303)
        book = _book(forms.text(form, "book"))
        if forms.text(form, "token") == "old":
            await self._desk.call_with_old_token(session, book)
            return RedirectResponse("/", 303)
        try:
            await self._desk.call(session, book, visitors.browser(request))
        except Failure:
            self._visitors.forget(request)
            answer = RedirectResponse("/session-ended", 303)
            answer.delete_cookie(COOKIE)
            return answer
        return RedirectResponse("/second-factor" if session.step else "/", 303)

    async def revoke(self, request: Request) -> Response:
        """End the session at the server only, as another device would."""
        await forms.sealed(request, self._seal)
        session = self._visitors.session(request)
        if session is None:
            return RedirectResponse("/login?notice=timed-out", 303)
        await self._desk.revoke_elsewhere(session, visitors.browser(request))
        return RedirectResponse("/", 303)

    async def log_out(self, request: Request) -> Response:
        """End the session here and at the server."""
        await forms.sealed(request, self._seal)
        session = self._visitors.session(request)
        notice = "logged-out"
        if session is not None:
            told = await self._desk.log_out(
                request.cookies[COOKIE], session, visitors.browser(request)
            )
            notice = "logged-out" if told else "logged-out-here"
        answer = RedirectResponse(f"/login?notice={notice}", 303)
        answer.delete_cookie(COOKIE)
        return answer

    async def session_ended(self, request: Request) -> Response:
        """Where a browser lands when the login server no longer honours its session."""
        return self._views.problem(request, Failure(Problem.ENDED))

    async def about(self, request: Request) -> Response:
        """The same login for the terminal."""
        return self._views.about(request, self._visitors.session(request))

    def failed(self, request: Request, failure: Exception) -> Response:
        """Tell a failure no handler caught, on a page of its own."""
        if not isinstance(failure, Failure):
            raise failure
        return self._views.problem(request, failure)

    def not_found(self, request: Request, error: Exception) -> Response:
        """Tell an unknown address or a wrong method in the same words."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        return self._views.problem(request, Failure(Problem.NOT_FOUND), status)


async def _health(_: Request) -> Response:
    return Response("ok")


def _book(name: str) -> Book:
    return next((book for book in BOOKS if book.name == name), BOOKS[0])
