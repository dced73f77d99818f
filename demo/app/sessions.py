"""Who is logged in: sessions kept on the server, known to the browser by a random id only."""

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from .login_server import Tokens
from .problem import Failure
from .workshop_api import Answer

_MAX_EVENTS: Final = 12


@dataclass(frozen=True, slots=True)
class Event:
    """Something this server did for the user.

    Attributes:
        at: Unix time in seconds.
        text: What was done.
        kind: `good`, `bad` or `plain`: how the page marks it.
    """

    at: float
    text: str
    kind: str = "plain"


@dataclass(slots=True)
class Session:
    """One login in one browser.

    Attributes:
        email: Address as typed at login.
        realm: Realm that was chosen.
        tokens: The tokens in use.
        started_at: Unix time of the login, seconds.
        seen_at: Unix time of the last request, seconds.
        old_access: The last access token that was replaced, kept to show how an API treats it.
        refreshed: How often the tokens were exchanged.
        revoked: The refresh token was revoked "from elsewhere".
        answer: The API's last answer.
        trouble: Why the last thing the user asked for could not be done.
        events: What happened, newest first.
        news: How many of the newest events belong to the last thing the user did.
        turn: Held while tokens are in use: exchanging a rotating token twice ends the session.
    """

    email: str
    realm: str
    tokens: Tokens = field(repr=False)
    started_at: float
    seen_at: float
    old_access: str | None = field(default=None, repr=False)
    refreshed: int = 0
    revoked: bool = False
    answer: Answer | None = None
    trouble: Failure | None = None
    events: list[Event] = field(default_factory=list)
    news: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def note(self, at: float, text: str, kind: str = "plain") -> None:
        """Remember that something was done; the oldest events are forgotten."""
        self.events.insert(0, Event(at, text, kind))
        del self.events[_MAX_EVENTS:]
        self.news += 1


class Sessions:
    """A bounded store of sessions in memory.

    Keys are SHA-256 hashes of the cookie, so that a dump of the memory's keys opens no session.

    Args:
        now: Unix time in seconds.
        idle_s: A session unused for so long is gone.
        absolute_s: A session older than that is gone, used or not.
        limit: How many may live; past it the least recently used one goes.
    """

    def __init__(
        self,
        now: Callable[[], float],
        *,
        idle_s: float = 30 * 60,
        absolute_s: float = 8 * 3600,
        limit: int = 1000,
    ) -> None:
        self._now = now
        self._idle_s = idle_s
        self._absolute_s = absolute_s
        self._limit = limit
        self._by_hash: OrderedDict[str, Session] = OrderedDict()

    def open(self, email: str, realm: str, tokens: Tokens) -> tuple[str, Session]:
        """Start a session and return the new cookie value with it."""
        now = self._now()
        handle = secrets.token_urlsafe(32)
        session = Session(email, realm, tokens, started_at=now, seen_at=now)
        self._by_hash[_hash(handle)] = session
        while len(self._by_hash) > self._limit:
            self._by_hash.popitem(last=False)
        return handle, session

    def find(self, handle: str) -> Session | None:
        """Return the living session of a cookie, and count this as use."""
        key = _hash(handle)
        session = self._by_hash.get(key)
        if session is None:
            return None
        now = self._now()
        if now - session.seen_at > self._idle_s or now - session.started_at > self._absolute_s:
            del self._by_hash[key]
            return None
        session.seen_at = now
        self._by_hash.move_to_end(key)
        return session

    def close(self, handle: str) -> None:
        """Forget a session; nothing happens when it is gone already."""
        self._by_hash.pop(_hash(handle), None)


def _hash(handle: str) -> str:
    return hashlib.sha256(handle.encode("utf-8", "surrogateescape")).hexdigest()
