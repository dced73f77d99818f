"""Server processes on one socket, and their replacement one after another.

SIGHUP replaces them: a new worker starts, with the program and the certificates that are there
now, and when it serves an old one ends, which leaves new connections to the others. SIGTERM and
SIGINT end them all.
"""

import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from typing import Final

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from gateword.cli.server import Server

START_S: Final = 60.0
"""How long the successor of a worker may take to start before the old one is kept."""

MARGIN_S: Final = 10.0
"""How long a worker may take to end after the last it had begun was given up."""

_ANSWER_S: Final = 0.5
_LOOK_EVERY_S: Final = 0.5
_LOOK_SOON_S: Final = 0.05

_log: Final = logging.getLogger("gateword")


class Worker(Process):
    """A server process.

    Attributes:
        give_up_s: Until when it may take to start, or to end once it is retired.
    """

    def __init__(
        self, config: uvicorn.Config, sockets: list[socket.socket], drain_s: float
    ) -> None:
        super().__init__(config, sockets)
        self._drain_s = drain_s
        self.give_up_s = time.monotonic() + START_S

    def target(self, sockets: list[socket.socket] | None = None) -> None:
        self._server = Server(self.config, self._drain_s, is_worker=True)
        super().target(sockets)

    def retire(self) -> None:
        """Let it finish what it has begun, and end."""
        grace_s = self.config.timeout_graceful_shutdown or 0
        self.give_up_s = time.monotonic() + grace_s + MARGIN_S
        if self.process.is_alive() and self.process.pid is not None:
            os.kill(self.process.pid, signal.SIGHUP)


class Workers(Multiprocess):
    """The process that watches the others.

    Args:
        config: What they serve, and how many they are.
        sockets: Where they listen.
        drain_s: How long they go on listening after SIGTERM, in seconds.
        tell: Called once, when all of them are ready.
    """

    processes: list[Worker]  # type: ignore[assignment]  # of ours alone

    def __init__(
        self,
        config: uvicorn.Config,
        sockets: list[socket.socket],
        drain_s: float,
        tell: Callable[[], None],
    ) -> None:
        super().__init__(config, sockets)
        self._drain_s = drain_s
        self._tell: Callable[[], None] | None = tell
        self._old: list[Worker] = []
        self._successor: Worker | None = None
        self._retired: Worker | None = None

    def init_processes(self) -> None:
        self.processes = [self._begun() for _ in range(self.processes_num)]

    def run(self) -> None:
        self.init_processes()
        while not self.should_exit.wait(_LOOK_SOON_S if self._is_busy() else _LOOK_EVERY_S):
            self.handle_signals()
            if self.should_exit.is_set():
                break
            self._say_ready()
            self._replace()
            self.keep_subprocess_alive()
        self.terminate_all()
        self.join_all()

    def terminate_all(self) -> None:
        # While we hold the socket too, the system goes on taking connections nobody will answer.
        for held in self.sockets:
            held.close()
        self.processes += filter(None, (self._successor, self._retired))
        super().terminate_all()

    def join_all(self) -> None:
        grace_s = self._drain_s + (self.config.timeout_graceful_shutdown or 0)
        give_up_s = time.monotonic() + grace_s + MARGIN_S
        for worker in self.processes:
            worker.process.join(max(0.0, give_up_s - time.monotonic()))
            if worker.process.is_alive():
                _log.error("worker_killed", extra={"reason": "it did not end when it was told to"})
                worker.kill()
            worker.join()

    def handle_hup(self) -> None:
        self._old = list(self.processes)
        if self._successor:  # it may have read what was there before this signal
            self._successor.retire()
            self._successor, self._retired = None, self._successor

    def handle_ttin(self) -> None:
        """Do nothing: how many workers there are is a setting."""

    handle_ttou = handle_ttin

    def keep_subprocess_alive(self) -> None:
        for place, worker in enumerate(self.processes):
            if worker.is_alive(timeout=self.config.timeout_worker_healthcheck):
                continue
            worker.kill()  # it may hang
            worker.join()
            if worker.exitcode == STARTUP_FAILURE:  # the next one would fail likewise
                self.should_exit.set()
                return
            self.processes[place] = self._begun()

    def have_failed(self) -> bool:
        """Say whether it ended because a worker could not start."""
        return any(worker.exitcode == STARTUP_FAILURE for worker in self.processes)

    def _begun(self) -> Worker:
        worker = Worker(self.config, self.sockets, self._drain_s)
        worker.start()
        return worker

    def _is_busy(self) -> bool:
        return bool(self._tell or self._old or self._retired)

    def _say_ready(self) -> None:
        if self._tell and all(worker.is_ready(_ANSWER_S) for worker in self.processes):
            self._tell()
            self._tell = None

    def _replace(self) -> None:
        """Take the next step of replacing the old workers, one at a time."""
        if self._retired and self._has_ended(self._retired):
            self._retired = None
        if self._retired or not self._old:
            return
        if self._successor is None:
            self._successor = self._begun()
        elif self._successor.is_ready(_ANSWER_S):
            self._succeed(self._old.pop(0), self._successor)
            self._successor = None
        elif not self._successor.process.is_alive() or time.monotonic() > self._successor.give_up_s:
            self._keep_the_old(self._successor)

    def _has_ended(self, retired: Worker) -> bool:
        """Say whether a worker is gone; one that hangs is killed."""
        if retired.process.is_alive():
            if time.monotonic() <= retired.give_up_s:
                return False
            _log.error("worker_killed", extra={"reason": "it did not end when it was replaced"})
            retired.kill()
        retired.join()
        return True

    def _succeed(self, old: Worker, new: Worker) -> None:
        leaving = new
        if old in self.processes:  # else it died meanwhile, and has a successor already
            self.processes[self.processes.index(old)] = new
            leaving = old
        leaving.retire()
        self._retired = leaving

    def _keep_the_old(self, failed: Worker) -> None:
        failed.kill()
        failed.join()
        self._successor = None
        self._old.clear()
        _log.error("restart_failed", extra={"reason": "a new worker did not start"})
