"""What a user can have done here: log in, call the API, end a session, log out."""

from collections.abc import Callable
from http import HTTPStatus

from .login_server import LoginServer
from .problem import Failure, Problem
from .sessions import Session, Sessions
from .workshop_api import BOOKS, Book, WorkshopApi

_STATUS_WORDS = {200: "200, data", 401: "401, token turned down", 403: "403, not allowed"}


class Desk:
    """The application's use cases; HTTP stays in `pages`.

    Args:
        server: The login server.
        api: The API that has the data.
        sessions: Who is logged in.
        now: Unix time in seconds.
    """

    def __init__(
        self, server: LoginServer, api: WorkshopApi, sessions: Sessions, now: Callable[[], float]
    ) -> None:
        self._server = server
        self._api = api
        self._sessions = sessions
        self._now = now

    async def log_in(self, email: str, password: str, realm: str, address: str) -> str:
        """Check the password at the login server, open a session, return its cookie value.

        Raises:
            Failure: The login was refused, or nobody answered.
        """
        if not email.strip() or not password:
            raise Failure(Problem.EMPTY_FIELDS)
        tokens = await self._server.log_in(email, password, realm, address)
        handle, session = self._sessions.open(email.strip(), realm, tokens)
        session.note(self._now(), f"Logged in to the realm {realm}; got three tokens.", "good")
        await self._ask(session, _first_book(tokens.scope))
        return handle

    async def call(self, session: Session, book: Book, address: str) -> None:
        """Call the API; when the access token has died, exchange the refresh token first.

        Raises:
            Failure: `Problem.ENDED` when the login server no longer honours the refresh token.
        """
        async with session.turn:
            _begin(session)
            try:
                await self._refresh_if_expired(session, address)
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
            _begin(session)
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

    async def revoke_elsewhere(self, session: Session, address: str) -> None:
        """Revoke the refresh token but keep the session, as another device would."""
        async with session.turn:
            _begin(session)
            try:
                await self._server.revoke(session.tokens, address)
            except Failure as failure:
                session.trouble = failure
                return
            session.revoked = True
            session.note(
                self._now(),
                "The refresh token was revoked. The access token still works until it expires.",
                "bad",
            )

    async def log_out(self, handle: str, session: Session, address: str) -> bool:
        """Forget the session and revoke its tokens; False when the server could not be told."""
        self._sessions.close(handle)
        try:
            await self._server.revoke(session.tokens, address)
        except Failure:
            return False
        return True

    async def _refresh_if_expired(self, session: Session, address: str) -> None:
        if self._now() < session.tokens.expires_at:
            return
        fresh = await self._server.refresh(session.tokens, address)
        session.old_access = session.tokens.access
        session.tokens = fresh
        session.refreshed += 1
        session.note(
            self._now(),
            "The access token had expired, so the refresh token was exchanged for new tokens.",
            "good",
        )

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


def _begin(session: Session) -> None:
    session.news = 0
    session.trouble = None


def _first_book(scope: tuple[str, ...]) -> Book:
    return next((book for book in BOOKS if book.scope in scope), BOOKS[0])
