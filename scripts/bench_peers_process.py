"""A server in the side-by-side: its processes, when it is ready, idle, frozen."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from scripts.bench_client import HOST
from scripts.bench_server import CPU_FIELDS, Failed, children, end, memory_of, stat_of

_LOOK_EVERY_S: Final = 0.005
_ASK_AGAIN_S: Final = 0.02
_QUIET_S: Final = 0.4
_BUSY_SHARE: Final = 0.06
"""Of one core; a JVM at rest uses less, and two ticks of the clock are less."""

DRAIN_AT_MOST_S: Final = 40.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """How a server is started.

    Attributes:
        arguments: The program and what it is told.
        folder: Where it runs.
        environment: All of it.
        port: Where it will listen.
        probe: A request that it answers 200 as soon as it serves.
        give_up_s: How long a start may take.
    """

    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(repr=False)
    port: int
    probe: bytes = field(repr=False)
    give_up_s: float = 60.0


class Running:
    """A server that answers; `ready_s` is the time from its start to its first token."""

    def __init__(self, command: Command, log: Path) -> None:
        """Start it, and wait until it answers.

        Raises:
            Failed: It ended, or did not answer in time.
        """
        self.port = command.port
        with log.open("ab") as output:
            began = time.perf_counter()
            self._process = subprocess.Popen(
                command.arguments,
                cwd=command.folder,
                env=dict(command.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        while not _answers(command):
            passed_s = time.perf_counter() - began
            if passed_s > command.give_up_s or self._process.poll() is not None:
                self.stop()
                raise Failed(
                    f"{command.arguments[0]} gave no token in {passed_s:.0f} s: {_end(log)}"
                )
            time.sleep(_LOOK_EVERY_S)
        self.ready_s = time.perf_counter() - began

    def cpu_s(self) -> float:
        """Return the processor time of all processes so far."""
        return cpu_of(self._process.pid)

    def memory_mib(self) -> float:
        """Return the memory of all processes: what they share is counted once (PSS)."""
        return sum(memory_of(pid).pss_mib for pid in self._processes())

    def freeze(self) -> None:
        """Let the server use no processor until `thaw`."""
        for pid in self._processes():
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let the server go on; those that supervise others come last."""
        for pid in reversed(self._processes()):
            os.kill(pid, signal.SIGCONT)

    def drain(self) -> bool:
        """Wait until the server does nothing any more, and say whether it came to that."""
        return drained(self.cpu_s, time.sleep)

    def stop(self) -> None:
        """End the server; what does not listen is killed."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGCONT)
        end(self._process)

    def _processes(self) -> list[int]:
        return list(_tree(self._process.pid))


def cpu_of(parent: int) -> float:
    """Return the processor time that a process and all that came of it used so far, in seconds."""
    ticks = 0
    for pid in _tree(parent):
        with suppress(OSError):  # it has just ended
            ticks += sum(map(int, stat_of(Path(f"/proc/{pid}"))[CPU_FIELDS]))
    return ticks / os.sysconf("SC_CLK_TCK")


def drained(cpu_s: Callable[[], float], sleep: Callable[[float], None]) -> bool:
    """Wait until a server's processor time stands still.

    Servers go on hashing for clients that left: what is measured next would be measured beside it.

    Args:
        cpu_s: Tells the processor time so far, in seconds.
        sleep: Waits so many seconds.

    Returns:
        Whether it stood still before DRAIN_AT_MOST_S.
    """
    before = cpu_s()
    for _ in range(round(DRAIN_AT_MOST_S / _QUIET_S)):
        sleep(_QUIET_S)
        now = cpu_s()
        if now - before <= _BUSY_SHARE * _QUIET_S:
            return True
        before = now
    return False


def _tree(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError):  # it has just ended
        for child in children(pid):
            yield from _tree(child)


def _answers(command: Command) -> bool:
    """Say whether the server answers its probe 200."""
    with suppress(OSError), socket.create_connection((HOST, command.port), timeout=5) as connection:
        connection.sendall(command.probe)
        if connection.recv(16) == b"HTTP/1.1 200 OK\r":
            return True
        time.sleep(_ASK_AGAIN_S)
    return False


def _end(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-2000:]
