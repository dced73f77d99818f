"""SIGTERM: what was accepted is answered, nothing new is accepted, the status is 0 (promise D8)."""

import os
import signal
import socket
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from tests.served import wire
from tests.served.asks import login, wait_until
from tests.served.house import PEOPLE, STEADY, serving
from tests.support.served import Served

LOGINS: Final = 16
SLOW_HASHES: Final = {"argon2_passes": 12, "hash_threads": 1, "hash_max_wait_s": 60.0}
"""One at a time, about a tenth of a second each: logins pile up."""


@pytest.mark.parametrize("workers", ["1", "2"])
def test_stop_when_logins_are_in_flight_answers_them(tmp_path: Path, workers: str) -> None:
    """Each login that was accepted gets a whole answer; new connections are refused meanwhile."""
    with (
        serving(tmp_path / "data", "", "--workers", workers, settings=SLOW_HASHES) as served,
        ThreadPoolExecutor(LOGINS) as threads,
        ExitStack() as open_wires,
    ):
        wires = [open_wires.enter_context(wire.connected(served)) for _ in range(LOGINS)]
        for number, one in enumerate(wires):
            one.sendall(wire.token_request(served, login(STEADY, PEOPLE[number % len(PEOPLE)])))
        answers = [threads.submit(wire.answer, one) for one in wires]
        wait(answers, return_when=FIRST_COMPLETED)

        os.kill(served.pid, signal.SIGTERM)

        wait_until(lambda: _is_refused(served), within_s=10)
        assert _are_outstanding(answers)
        assert [200] * LOGINS == [one.result().status for one in answers]
        assert 0 == served.wait()


def test_workers_when_their_parent_is_killed_end_too(tmp_path: Path) -> None:
    """No worker is left behind that would hold the port against the next start."""
    with serving(tmp_path / "data", "", "--workers", "2") as served:
        os.kill(served.pid, signal.SIGKILL)

        try:
            wait_until(lambda: _is_refused(served), within_s=10)
            assert _is_refused(served)
        finally:
            served.kill()  # the whole group, should this rule be broken


def _is_refused(served: Served) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", served.port), 1):
            return False
    except TimeoutError:  # it still listens, and lets nobody in any more
        return False
    except ConnectionRefusedError:
        return True


def _are_outstanding(answers: list["Future[wire.Answer]"]) -> bool:
    return any(not one.done() for one in answers)
