"""Child processes that live and die together."""

import http.client
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Final, Self, TypeAlias

from gateword.values import dataclass

_READY_TIMEOUT_S: Final = 30.0
_STOP_TIMEOUT_S: Final = 10.0
_POLL_S: Final = 0.05
_SHOWN_LINES: Final = 40
_STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_Handler: TypeAlias = Callable[[int, FrameType | None], Any] | int | None


class ChildFailed(Exception):
    """A child died or did not become ready; the message holds the end of what it printed."""


class Interrupted(Exception):
    """Somebody asked the demo to stop before it had started."""


@dataclass(frozen=True, slots=True)
class _Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def tail(self) -> str:
        text = self.log.read_text("utf-8", "replace").rstrip()
        return "\n".join(text.splitlines()[-_SHOWN_LINES:]) or "(it printed nothing)"


class Children:
    """Processes in this one's group: the first to die, or a signal, ends all of them.

    Args:
        logs: Folder for one file a child with what it prints.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._children: list[_Child] = []
        self._stop = threading.Event()
        self._replaced: list[tuple[signal.Signals, _Handler]] = []

    def __enter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        for number in _STOP_SIGNALS:
            self._replaced.append((number, signal.signal(number, self._on_signal)))
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        for child in reversed(self._children):
            child.process.terminate()
        give_up = time.monotonic() + _STOP_TIMEOUT_S
        for child in self._children:
            try:
                child.process.wait(max(0.0, give_up - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
        for number, handler in self._replaced:
            signal.signal(number, handler)

    def run(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> str:
        """Run a command to its end and return what it printed.

        Raises:
            ChildFailed: It failed.
            Interrupted: A signal came.
        """
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        self._raise_if_interrupted()
        if done.returncode != 0:
            raise ChildFailed(f"{name} failed:\n{(done.stdout + done.stderr).rstrip()}")
        return done.stdout

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a process that stays."""
        log = self._logs / f"{name.replace(' ', '-')}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._children.append(_Child(name, process, log))

    def wait_until_answers(self, port: int, ca_cert: Path | None = None) -> None:
        """Wait until `/health` of a port answers 200, over TLS when a CA is given.

        Raises:
            ChildFailed: A child died meanwhile, or half a minute went by.
            Interrupted: A signal came.
        """
        trust = ssl.create_default_context(cafile=str(ca_cert)) if ca_cert else None
        give_up = time.monotonic() + _READY_TIMEOUT_S
        while time.monotonic() < give_up:
            if _answers(port, trust):
                return
            self._stop.wait(_POLL_S)
            self._raise_if_interrupted()
            self._raise_if_dead()
        raise ChildFailed(f"Port {port} did not answer.\n{self._children[-1].tail()}")

    def first_line(self, name: str) -> str:
        """Wait until a child has printed a line, and return it.

        Raises:
            ChildFailed: A child died meanwhile, or half a minute went by.
            Interrupted: A signal came.
        """
        [child] = [one for one in self._children if one.name == name]
        give_up = time.monotonic() + _READY_TIMEOUT_S
        while time.monotonic() < give_up:
            line, ended, _ = child.log.read_text("utf-8", "replace").partition("\n")
            if ended:
                return line.strip()
            self._stop.wait(_POLL_S)
            self._raise_if_interrupted()
            self._raise_if_dead()
        raise ChildFailed(f"{name} said nothing.\n{child.tail()}")

    def pause(self, seconds: float) -> None:
        """Let some time go by; `Interrupted` when a signal comes, `ChildFailed` when one died."""
        self._stop.wait(seconds)
        self._raise_if_interrupted()
        self._raise_if_dead()

    def wait_until_stopped(self) -> None:
        """Wait for a signal; `ChildFailed` when a child dies first."""
        while not self._stop.wait(_POLL_S * 4):
            self._raise_if_dead()

    def _raise_if_dead(self) -> None:
        for child in self._children:
            # Ctrl-C reaches the children too: dying of it is no failure.
            if child.process.poll() is not None and not self._stop.is_set():
                status = child.process.returncode
                raise ChildFailed(f"{child.name} ended with status {status}:\n{child.tail()}")

    def _raise_if_interrupted(self) -> None:
        if self._stop.is_set():
            raise Interrupted

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()


def is_free(port: int) -> bool:
    """Say whether this machine's loopback address still has the port to give."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _answers(port: int, trust: ssl.SSLContext | None) -> bool:
    connection = (
        http.client.HTTPSConnection("localhost", port, timeout=2, context=trust)
        if trust
        else http.client.HTTPConnection("localhost", port, timeout=2)
    )
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
