"""The pages of login, session and rules, and what each of them is told."""

import time
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from . import curl, token_view
from .login_server import SCOPE
from .problem import Failure
from .rendering import Rendering
from .rules_desk import Pretence, ShownRule
from .sessions import Session
from .settings import Settings
from .workshop_api import BOOKS

_NOTICES: Final = {
    "logged-out": "You are logged out, and your refresh token was revoked at the login service.",
    "logged-out-here": "You are logged out here, but the login service could not be told.",
    "timed-out": "You were away for a while. Please log in again.",
}


class Views:
    """Renders pages.

    Args:
        settings: For the addresses the pages name.
        rendering: The templates.
    """

    def __init__(self, settings: Settings, rendering: Rendering) -> None:
        self._settings = settings
        self._rendering = rendering

    def login(
        self,
        request: Request,
        *,
        seal: str,
        notice: str = "",
        failure: Failure | None = None,
        email: str = "",
        realm: str = "",
    ) -> Response:
        """The login form; what was typed is kept, except the password."""
        page = self._rendering.page(
            "login.html",
            request,
            failure.problem.value.status if failure else 200,
            seal=seal,
            notice=_NOTICES.get(notice, ""),
            failure=failure,
            email=email,
            realm=realm or self._settings.realms[0],
            realms=self._settings.realms,
        )
        if failure and failure.retry_after_s is not None:
            page.headers["Retry-After"] = str(failure.retry_after_s)
        return page

    def home(self, request: Request, session: Session, seal: str) -> Response:
        """The page of a logged-in user."""
        access = token_view.decoded(session.tokens.access)
        identity = token_view.decoded(session.tokens.identity)
        return self._rendering.page(
            "home.html",
            request,
            seal=seal,
            session=session,
            name=token_view.display_name(identity.claims) or session.email,
            sub=identity.claims["sub"],
            left_s=max(0.0, session.tokens.expires_at - time.time()),
            access=(token_view.lines(access.header), token_view.lines(access.claims)),
            identity=(token_view.lines(identity.header), token_view.lines(identity.claims)),
            asked=SCOPE.split(),
            books=BOOKS,
            answer=session.answer,
            exchanges=session.record.exchanges,
        )

    def rules(
        self,
        request: Request,
        session: Session | None,
        *,
        seal: str,
        rules: list[ShownRule],
        pretended: list[Pretence],
        changed: bool,
    ) -> Response:
        """The tenant's rules, and the buttons to try them."""
        return self._rendering.page(
            "rules.html",
            request,
            session=session,
            seal=seal,
            rules=rules,
            pretended=pretended,
            changed=changed,
        )

    def about(self, request: Request, session: Session | None) -> Response:
        """The terminal's view of the same login."""
        email = session.email if session else "YOUR E-MAIL"
        realm = session.realm if session else self._settings.realms[0]
        return self._rendering.page(
            "about.html",
            request,
            session=session,
            login_line=curl.login(self._settings, email, realm),
            second_line=curl.second_factor(self._settings),
            api_line=curl.api_call(self._settings, BOOKS[0].path),
            settings=self._settings,
        )

    def problem(self, request: Request, failure: Failure, status: int | None = None) -> Response:
        """A whole page for a problem that belongs to no form."""
        words = failure.problem.value
        return self._rendering.page(
            "problem.html", request, status or words.status, failure=failure
        )
