"""Who is logged in."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from .exchange import Record
from .login_server import Key, Tokens
from .problem import Failure
from .shelf import Shelf
from .step import Step
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
        record: What we and the login server said to each other.
        old_access: The last access token that was replaced, kept to show how an API treats it.
        refreshed: How often the tokens were exchanged.
        revoked: The refresh token was revoked "from elsewhere".
        answer: The API's last answer.
        trouble: Why the last thing the user asked for could not be done.
        events: What happened, newest first.
        news: How many of the newest events belong to the last thing the user did.
        step: A second factor that is wanted, or set up, within the session.
        key: What the user's factors can be changed with; None unless the password was just typed.
        factor_trouble: Why the user's factors could not be changed.
        recovery_code: One that must be shown once; empty when there is none.
        turn: Held while tokens are in use: exchanging a rotating token twice ends the session.
    """

    email: str
    realm: str
    tokens: Tokens = field(repr=False)
    record: Record = field(default_factory=Record)
    old_access: str | None = field(default=None, repr=False)
    refreshed: int = 0
    revoked: bool = False
    answer: Answer | None = None
    trouble: Failure | None = None
    events: list[Event] = field(default_factory=list)
    news: int = 0
    step: Step | None = None
    key: Key | None = None
    factor_trouble: Failure | None = None
    recovery_code: str = field(default="", repr=False)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def note(self, at: float, text: str, kind: str = "plain") -> None:
        """Remember that something was done; the oldest events are forgotten."""
        self.events.insert(0, Event(at, text, kind))
        del self.events[_MAX_EVENTS:]
        self.news += 1

    def begin(self) -> None:
        """Begin the next thing the user asked for: what came of the last one is no news."""
        self.news = 0
        self.trouble = self.factor_trouble = None

    def renewed(self, tokens: Tokens, at: float) -> None:
        """Take the tokens that the refresh token was exchanged for."""
        self.old_access = self.tokens.access
        self.tokens = tokens
        self.refreshed += 1
        self.note(
            at,
            "The access token had expired, so the refresh token was exchanged for new tokens.",
            "good",
        )


class Sessions:
    """A bounded store of sessions in memory.

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
        self._shelf: Shelf[Session] = Shelf(now, idle_s=idle_s, absolute_s=absolute_s, limit=limit)

    def open(
        self, email: str, realm: str, tokens: Tokens, record: Record | None = None
    ) -> tuple[str, Session]:
        """Start a session; return its cookie value and the session."""
        session = Session(email, realm, tokens, record or Record())
        return self._shelf.put(session), session

    def find(self, handle: str) -> Session | None:
        """Return the living session of a cookie, and count this as use."""
        return self._shelf.find(handle)

    def close(self, handle: str) -> None:
        """Forget a session; nothing happens when it is gone already."""
        self._shelf.close(handle)
