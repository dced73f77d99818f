"""Who is at the browser: a session, a login that waits, or nobody yet."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from . import factors
from .browser import Browser
from .factors import Kind
from .guard import COOKIE
from .sessions import Session, Sessions
from .shelf import Shelf
from .step import Step

_CHOICE: Final = "harbour_factor"
"""Cookie with the kind of second factor that was chosen last in this browser: no secret."""

_CHOICE_DAYS: Final = 180
_PLACE: Final = "harbour_place"
"""Cookie of a browser that pretends to be somewhere else."""

_ELSEWHERE: Final = "203.0.113.9"
"""An address that nobody has: RFC 5737 keeps it for examples."""


class Visitors:
    """Finds what belongs to a browser.

    Args:
        sessions: Who is logged in.
        steps: Whose login waits for a second factor.
    """

    def __init__(self, sessions: Sessions, steps: Shelf[Step]) -> None:
        self._sessions = sessions
        self._steps = steps

    def session(self, request: Request) -> Session | None:
        """Return the session of whoever is logged in."""
        handle = request.cookies.get(COOKIE)
        return self._sessions.find(handle) if handle else None

    def step(self, request: Request) -> Step | None:
        """Return the second factor that is wanted, within a session or before it."""
        session = self.session(request)
        if session is not None:
            return session.step
        handle = request.cookies.get(COOKIE)
        return self._steps.find(handle) if handle else None

    def forget(self, request: Request) -> None:
        """Close whatever belongs to the browser."""
        self._sessions.close(request.cookies.get(COOKIE, ""))
        self._steps.close(request.cookies.get(COOKIE, ""))


def browser(request: Request) -> Browser:
    """Return what the login server is told about a browser."""
    kind = factors.named(request.cookies.get(_CHOICE, ""))
    address = request.client.host if request.client else "127.0.0.1"
    return Browser(
        address=_ELSEWHERE if is_away(request) else address,
        user_agent=request.headers.get("user-agent", ""),
        choice=kind.value.id if kind else "",
    )


def is_away(request: Request) -> bool:
    """Say whether the browser pretends to be somewhere else."""
    return request.cookies.get(_PLACE) == "away"


def go(answer: Response, *, away: bool) -> None:
    """Let the browser pretend to be somewhere else, or no longer."""
    if away:
        answer.set_cookie(_PLACE, "away", httponly=True, samesite="lax")
    else:
        answer.delete_cookie(_PLACE)


def remember(answer: Response, kind: Kind) -> None:
    """Remember a choice; a recovery code is for emergencies, and nobody's choice."""
    if kind is not Kind.RECOVERY:
        age_s = _CHOICE_DAYS * 86400
        answer.set_cookie(_CHOICE, kind.value.id, max_age=age_s, httponly=True, samesite="lax")
