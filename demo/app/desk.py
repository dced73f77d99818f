"""What a user can have done here: log in, call the API, end a session, log out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from .asker import Asker
from .browser import Browser
from .exchange import Record
from .login_server import LoginServer, Tokens, Wanted
from .problem import Failure, Problem
from .sessions import Session, Sessions
from .shelf import Shelf
from .step import Purpose, Step
from .workshop_api import BOOKS, Book, WorkshopApi

_STATUS_WORDS = {200: "200, data", 401: "401, token turned down", 403: "403, not allowed"}


@dataclass(frozen=True, slots=True)
class Credentials:
    """What was typed into the form, and in which browser.

    Attributes:
        realm: Name of the connection.
        browser: It was typed in.
    """

    email: str
    password: str = field(repr=False)
    realm: str
    browser: Browser


@dataclass(frozen=True, slots=True)
class Entry:
    """A password that was right.

    Attributes:
        handle: Cookie value of the session, or of the login that waits.
        waits: A second factor is wanted first.
    """

    handle: str
    waits: bool


class Desk:
    """The application's use cases; HTTP stays in `pages`.

    Args:
        server: The login server.
        api: The API that has the data.
        asker: Asks for second factors.
        sessions: Who is logged in.
        steps: Whose login waits for a second factor.
        now: Unix time in seconds.
    """

    def __init__(
        self,
        *,
        server: LoginServer,
        api: WorkshopApi,
        asker: Asker,
        sessions: Sessions,
        steps: Shelf[Step],
        now: Callable[[], float],
    ) -> None:
        self._server = server
        self._api = api
        self._asker = asker
        self._sessions = sessions
        self._steps = steps
        self._now = now

    async def log_in(self, typed: Credentials) -> Entry:
        """Check the password at the login server, and open a session if that is enough.

        Raises:
            Failure: The login was refused, or nobody answered.
        """
        email, realm = typed.email.strip(), typed.realm
        if not email or not typed.password:
            raise Failure(Problem.EMPTY_FIELDS)
        record = Record()
        got = await self._server.log_in(typed.email, typed.password, realm, typed.browser, record)
        if isinstance(got, Wanted):
            step = Step(Purpose.LOGIN, email, realm, record)
            await self._asker.begun(step, got, typed.browser)
            return Entry(self._steps.put(step), waits=True)
        handle, _ = await self.opened(email, realm, got, record)
        return Entry(handle, waits=False)

    async def opened(
        self, email: str, realm: str, tokens: Tokens, record: Record
    ) -> tuple[str, Session]:
        """Open a session and load the first thing in it; return its cookie value and itself."""
        handle, session = self._sessions.open(email, realm, tokens, record)
        session.note(self._now(), f"Logged in to the realm {realm}; got three tokens.", "good")
        await self._ask(session, _first_book(tokens.scope))
        return handle, session

    async def call(self, session: Session, book: Book, browser: Browser) -> None:
        """Call the API; when the access token has died, exchange the refresh token first.

        The session has a step afterwards when that wants a second factor.

        Raises:
            Failure: `Problem.ENDED` when the login server no longer honours the refresh token.
        """
        async with session.turn:
            session.begin()
            try:
                if not await self._is_fresh(session, browser):
                    return
            except Failure as failure:
                if failure.problem is Problem.ENDED:
                    raise
                session.trouble = failure
                session.note(self._now(), "Could not exchange the refresh token.", "bad")
                return
            await self._ask(session, book)

    async def call_with_old_token(self, session: Session, book: Book) -> None:
        """Call the API with an access token that has died, to see it turned down."""
        async with session.turn:
            session.begin()
            now = self._now()
            old = session.tokens.access if now >= session.tokens.expires_at else session.old_access
            if old is None:
                wait_s = round(session.tokens.expires_at - now)
                session.note(
                    now, f"No token has expired yet; the first one does in {wait_s} s.", "bad"
                )
                return
            session.answer = await self._api.get(book, old, old_token=True)
            self._note_answer(session)

    async def revoke_elsewhere(self, session: Session, browser: Browser) -> None:
        """Revoke the refresh token but keep the session, as another device would."""
        async with session.turn:
            session.begin()
            try:
                await self._server.revoke(session.tokens, browser)
            except Failure as failure:
                session.trouble = failure
                return
            session.revoked = True
            session.note(
                self._now(),
                "The refresh token was revoked. The access token still works until it expires.",
                "bad",
            )

    async def log_out(self, handle: str, session: Session, browser: Browser) -> bool:
        """Forget the session and revoke its tokens; False when the server could not be told."""
        self._sessions.close(handle)
        try:
            await self._server.revoke(session.tokens, browser)
        except Failure:
            return False
        return True

    async def _is_fresh(self, session: Session, browser: Browser) -> bool:
        """Renew what has expired; False when a second factor is wanted for that."""
        if self._now() < session.tokens.expires_at:
            return True
        got = await self._server.refresh(session.tokens, browser, session.record)
        if isinstance(got, Wanted):
            step = Step(Purpose.RENEWAL, session.email, session.realm, session.record)
            session.step = await self._asker.begun(step, got, browser)
            return False
        session.renewed(got, self._now())
        return True

    async def _ask(self, session: Session, book: Book) -> None:
        session.answer = await self._api.get(book, session.tokens.access, old_token=False)
        self._note_answer(session)

    def _note_answer(self, session: Session) -> None:
        answer = session.answer
        if answer is None:
            return
        words = _STATUS_WORDS.get(answer.status or 0, str(answer.status or "no answer"))
        token = "the old token" if answer.old_token else "the access token"
        kind = "good" if answer.status == HTTPStatus.OK else "bad"
        session.note(self._now(), f"GET {answer.book.path} with {token}: {words}.", kind)


def _first_book(scope: tuple[str, ...]) -> Book:
    return next((book for book in BOOKS if book.scope in scope), BOOKS[0])
