"""Calls of the demo API with a bearer token."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import httpx


@dataclass(frozen=True, slots=True)
class Book:
    """One thing the API offers.

    Attributes:
        name: Last part of the address.
        title: Its heading on the page.
        scope: The scope a token needs for it.
    """

    name: str
    title: str
    scope: str

    @property
    def path(self) -> str:
        """Path at the API."""
        return f"/api/{self.name}"


BOOKS: Final = (
    Book("timesheet", "Timesheet", "read:timesheets"),
    Book("orders", "Orders", "read:orders"),
    Book("reports", "Monthly report", "read:reports"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API said.

    Attributes:
        book: What was asked for.
        status: HTTP status; None when no answer came.
        body: The JSON object it sent.
        challenge: Value of `WWW-Authenticate`, if any.
        took_ms: Milliseconds from asking to answer.
        at: Unix time in seconds.
        old_token: It was asked with an access token that had expired.
    """

    book: Book
    status: int | None
    body: dict[str, Any]
    challenge: str
    took_ms: int
    at: float
    old_token: bool

    @property
    def pretty(self) -> str:
        """The body as indented JSON."""
        return json.dumps(self.body, indent=2, ensure_ascii=False)


class WorkshopApi:
    """A client of the demo API.

    Args:
        url: Where it answers, without trailing slash.
        http: Connection pool.
        now: Unix time in seconds.
    """

    def __init__(self, url: str, http: httpx.AsyncClient, now: Callable[[], float]) -> None:
        self._url = url
        self._http = http
        self._now = now

    async def get(self, book: Book, access_token: str, *, old_token: bool) -> Answer:
        """Ask for a book; every outcome is an answer, also that none came."""
        started = self._now()
        try:
            reply = await self._http.get(
                self._url + book.path, headers={"Authorization": f"Bearer {access_token}"}
            )
        except httpx.HTTPError:
            return Answer(book, None, {}, "", 0, started, old_token)
        try:
            body = reply.json()
        except ValueError:
            body = {}
        return Answer(
            book=book,
            status=reply.status_code,
            body=body if isinstance(body, dict) else {},
            challenge=reply.headers.get("www-authenticate", ""),
            took_ms=round((self._now() - started) * 1000),
            at=started,
            old_token=old_token,
        )
