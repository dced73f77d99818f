"""The demo application's session store."""

from dataclasses import dataclass

import pytest

from demo.app.login_server import Tokens
from demo.app.sessions import Sessions

TOKENS = Tokens("access", "refresh", "identity", ("openid",), expires_at=60.0, lifetime_s=60)


@dataclass
class Clock:
    """A clock that a test sets."""

    now_s: float = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    """Time stands still until a test moves it."""
    return Clock()


def test_session_when_idle_too_long_is_gone(clock: Clock) -> None:
    """A session that nobody used for its idle time cannot be found."""
    sessions = Sessions(clock, idle_s=10, absolute_s=100)
    handle, _ = sessions.open("ann", "Employees", TOKENS)
    clock.now_s = 11

    assert sessions.find(handle) is None


def test_session_when_used_still_ends_at_its_absolute_age(clock: Clock) -> None:
    """Use keeps a session alive, but not beyond its absolute age."""
    sessions = Sessions(clock, idle_s=10, absolute_s=25)
    handle, session = sessions.open("ann", "Employees", TOKENS)
    for clock.now_s in (9, 18):
        assert session is sessions.find(handle)
    clock.now_s = 26

    assert sessions.find(handle) is None


def test_store_when_full_forgets_the_least_recently_used(clock: Clock) -> None:
    """The store never grows past its limit; who was here longest ago goes first."""
    sessions = Sessions(clock, limit=2)
    first, _ = sessions.open("ann", "Employees", TOKENS)
    second, _ = sessions.open("bob", "Employees", TOKENS)
    sessions.find(first)
    third, _ = sessions.open("cid", "Employees", TOKENS)

    assert [True, False, True] == [bool(sessions.find(each)) for each in (first, second, third)]


def test_session_when_shown_hides_its_tokens(clock: Clock) -> None:
    """No token reaches a log by way of a session's text."""
    _, session = Sessions(clock).open("ann", "Employees", TOKENS)

    assert not [word for word in ("'access'", "'refresh'", "'identity'") if word in repr(session)]
