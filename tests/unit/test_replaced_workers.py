"""SIGHUP again, and workers that do not end: what the process that watches them does."""

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest
import uvicorn
from uvicorn.supervisors.multiprocess import SIGNALS

from gateword.cli.workers import Worker, Workers

GRACE_S = 30
CONFIG = uvicorn.Config(
    "nowhere:nothing", workers=2, log_config=None, timeout_graceful_shutdown=GRACE_S
)


class StandIn(Worker):
    """A worker without a process, that does as it is told.

    Attributes:
        certificate: What lay there when it started.
        can_start: It will be ready.
        hangs: It does not end when it is told to, and its time is over.
        is_running: It has not ended.
    """

    def __init__(self, certificate: str, *, can_start: bool, hangs: bool) -> None:
        self.certificate, self.can_start, self.hangs = certificate, can_start, hangs
        self.is_running = True
        self.was_killed = False
        self.give_up_s = time.monotonic() + 60
        self.process = self

    def is_ready(self, timeout: float = 5) -> bool:
        del timeout
        return self.is_running and self.can_start

    def is_alive(self, timeout: float = 5) -> bool:
        del timeout
        return self.is_running

    def retire(self) -> None:
        self.is_running = self.hangs
        self.give_up_s = time.monotonic() - 1

    def kill(self) -> None:
        self.is_running, self.was_killed = False, True

    def terminate(self) -> None:
        self.is_running = self.hangs

    def join(self, timeout: float | None = None) -> None:
        assert timeout is not None or not self.is_running, "would wait for ever"

    @property
    def exitcode(self) -> int | None:
        return None if self.is_running else 0


class Turns(threading.Event):
    """What happens before each look of the process that watches; at the end it is to exit."""

    def __init__(self, turns: Sequence[Callable[[], object]]) -> None:
        super().__init__()
        self._turns = iter(turns)

    def wait(self, timeout: float | None = None) -> bool:
        """Let the next thing happen, and no time pass."""
        del timeout
        for turn in self._turns:
            turn()
            return False
        return True


class Crew(Workers):
    """Workers of stand-ins.

    Attributes:
        certificate: What lies there now.
        can_start: Whether those that start now will be ready.
        hangs: Whether those that start now will not end.
        begun: All that were started.
    """

    def __init__(self) -> None:
        no_sockets: list[socket.socket] = []
        super().__init__(CONFIG, no_sockets, 0, lambda: None)
        self.certificate, self.can_start, self.hangs = "old", True, False
        self.begun: list[StandIn] = []
        self.serving: list[str] = []

    def _begun(self) -> Worker:
        self.begun.append(StandIn(self.certificate, can_start=self.can_start, hangs=self.hangs))
        return self.begun[-1]

    def hup(self) -> None:
        """Send SIGHUP."""
        self.signal_queue.append(signal.SIGHUP)

    def go(self, *turns: Callable[[], object]) -> None:
        """Look once after each of these and then a few times more, note who serves, and end."""

        def note() -> None:
            self.serving = [one.certificate for one in self.begun if one.is_running]

        self.should_exit = Turns([*turns, *[lambda: None] * 20, note])
        self.run()


@pytest.fixture
def crew() -> Iterator[Crew]:
    """Two workers that serve with the old certificate."""
    former = {number: signal.getsignal(number) for number in SIGNALS}
    yield Crew()
    for number, handler in former.items():
        signal.signal(number, handler)


def lay(crew: Crew, certificate: str, *, can_start: bool = True) -> Callable[[], None]:
    """Return what puts a certificate there and says so."""

    def act() -> None:
        crew.certificate, crew.can_start = certificate, can_start
        crew.hup()

    return act


def test_signal_in_the_middle_of_a_replacement_replaces_all(crew: Crew) -> None:
    """No worker goes on with what was there before the last signal."""
    crew.go(lay(crew, "new"), lay(crew, "newer"))
    assert ["newer", "newer"] == crew.serving


@pytest.mark.parametrize("looks", range(1, 6))
def test_signal_at_any_moment_of_a_replacement_replaces_all(crew: Crew, looks: int) -> None:
    """Whichever worker is being replaced, and whether it is the old one's turn or the new one's."""
    crew.go(lay(crew, "new"), *[lambda: None] * looks, lay(crew, "newer"))
    assert ["newer", "newer"] == crew.serving


def test_signal_after_a_bad_certificate_mends_it_at_once(crew: Crew) -> None:
    """Who sees his mistake need not wait until the worker that made it is given up."""
    crew.go(lay(crew, "bad", can_start=False), lay(crew, "good"))
    assert ["good", "good"] == crew.serving


def test_worker_that_does_not_end_when_retired_is_killed(
    crew: Crew, caplog: pytest.LogCaptureFixture
) -> None:
    """One that hangs does not keep the others from being replaced."""
    crew.hangs = True

    def mend() -> None:
        crew.hangs = False
        lay(crew, "new")()

    crew.go(mend)

    assert ["new", "new"] == crew.serving
    assert [True, True, False, False] == [one.was_killed for one in crew.begun]
    assert "worker_killed" in caplog.messages


def test_worker_that_does_not_end_at_sigterm_is_killed(
    crew: Crew, caplog: pytest.LogCaptureFixture
) -> None:
    """One that hangs does not keep the server from ending."""
    crew.hangs = True

    crew.go()

    assert [True, True] == [one.was_killed for one in crew.begun]
    assert "worker_killed" in caplog.messages


def test_retired_worker_has_its_grace_and_some_more() -> None:
    """Nobody is cut off whom the worker itself would still wait for."""
    worker = Worker(CONFIG, [], 0)
    now_s = time.monotonic()
    worker.retire()
    assert now_s + GRACE_S + 5 < worker.give_up_s < now_s + 60
