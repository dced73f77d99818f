"""A real `gateword serve` in a process of its own, over TLS, with a tenant made for the test."""

import json
import os
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import httpx
from typer.testing import CliRunner

from gateword.cli.main import application
from gateword.storage.cache import LOOK_AGAIN_S
from tests.support import ran_against

READY_TIMEOUT_S: Final = 30
"""Starting takes well under a second; a loaded machine may need more."""

STOP_TIMEOUT_S: Final = 10
LOG_TAIL_CHARS: Final = 20_000

GATEWORD: Final = Path(sys.executable).with_name("gateword")

_RUNNING: "Final[dict[str, Served]]" = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineClient:
    """The machine-to-machine client that `gateword init` made, with every Management scope."""

    client_id: str
    client_secret: str
    audience: str


@dataclass(slots=True, kw_only=True)
class Served:
    """One running instance.

    Attributes:
        domain: `localhost:PORT`, what SDKs call the domain.
        base_url: `https://localhost:PORT`, without a slash.
        issuer: `iss` of its tokens.
        ca_cert: Certificate of its development CA.
        env: What `gateword env` exports, so that children of any language trust the CA.
        management: The client that `gateword init` made.
    """

    data: Path
    port: int
    domain: str
    base_url: str
    issuer: str
    ca_cert: Path
    management: MachineClient
    options: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """The file that receives what the server prints."""
        return self.data / "served.log"

    @property
    def pid(self) -> int:
        """Process id of the server."""
        if self._process is None:
            msg = "The server is not running."
            raise RuntimeError(msg)
        return self._process.pid

    def client(self) -> httpx.Client:
        """Return an HTTP client that trusts only this instance's development CA."""
        trust = ssl.create_default_context(cafile=str(self.ca_cert))
        return httpx.Client(base_url=self.base_url, verify=trust, trust_env=False, timeout=30)

    def start(self) -> None:
        """Start the server and wait until it answers on `/health`."""
        command = [
            str(GATEWORD), "serve", "--data", str(self.data),
            "--port", str(self.port), *self.options,
        ]  # fmt: skip
        with self.log.open("ab") as output:
            self.began(spawn(command, output))

    def began(self, process: subprocess.Popen[bytes]) -> None:
        """Take a process that serves, and wait until it answers."""
        self._process = process
        _RUNNING[self.base_url] = self
        self._wait_until_ready()

    def stop(self) -> None:
        """Ask the server to stop, and wait for it; kill what does not listen."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            msg = f"The server did not stop within {STOP_TIMEOUT_S} s:\n{self.output()}"
            raise RuntimeError(msg) from None
        finally:
            self._process = None
            _RUNNING.pop(self.base_url, None)

    def wait(self) -> int:
        """Wait until the server has ended by itself, and return its exit status."""
        if self._process is None:
            msg = "The server is not running."
            raise RuntimeError(msg)
        return self._process.wait(STOP_TIMEOUT_S)

    def kill(self) -> None:
        """Kill the server and its workers at once, as a power cut would."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(STOP_TIMEOUT_S)
        self._process = None
        _RUNNING.pop(self.base_url, None)

    def gateword(self, *arguments: str, stdin: str = "") -> str:
        """Run a command of this instance (`--data` is added), and return what it printed.

        The server is another process either way, and this one need not be started.
        """
        return gateword(*arguments, "--data", str(self.data), stdin=stdin)

    def apply(self, config: str) -> str:
        """Apply a configuration in the Deploy CLI's YAML, and return what the command printed.

        A server that runs has seen it then.
        """
        path = self.data / "applied.yaml"
        path.write_text(config, encoding="utf-8")
        printed = self.gateword("apply", str(path), "--json")
        if self._process is not None:
            time.sleep(LOOK_AGAIN_S)
        return printed

    def output(self) -> str:
        """Return the end of what the server printed."""
        if not self.log.exists():
            return ""
        return self.log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL_CHARS:]

    def _wait_until_ready(self) -> None:
        give_up = time.monotonic() + READY_TIMEOUT_S
        with self.client() as client:
            while time.monotonic() < give_up:
                if self._process is None or self._process.poll() is not None:
                    break
                with suppress(httpx.TransportError):
                    if client.get("/health").is_success:
                        self._note_engine()
                        return
                time.sleep(0.02)
        msg = f"The server did not become ready:\n{self.output()}"
        self.kill()
        raise RuntimeError(msg)

    def _note_engine(self) -> None:
        if "--database-url" not in self.options:
            ran_against.note("SQLite", sqlite3.sqlite_version)


def spawn(command: Sequence[str], output: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a command that serves."""
    # A session of its own, so that `kill` reaches the workers too.
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def gateword(*arguments: str, stdin: str = "") -> str:
    """Run a `gateword` command in this process, which saves a second, and return its output.

    Raises:
        RuntimeError: It failed; the message holds both of its outputs.
    """
    command = application(arguments[:1])
    with ThreadPoolExecutor(1) as thread:  # this one may have a loop that runs
        done = thread.submit(CliRunner().invoke, command, arguments, input=stdin).result()
    if done.exit_code != 0:
        msg = f"gateword {' '.join(arguments)}: {done.exit_code}\n{done.output}"
        raise RuntimeError(msg) from done.exception
    return done.stdout


def free_port() -> int:
    """Return a port of the loopback interface on which nothing listens at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def logs_of_running() -> list[tuple[str, str]]:
    """Return title and output of each running instance, for the report of a failed test."""
    return [(f"served instance {served.base_url}", served.output()) for served in _RUNNING.values()]


def _exports(text: str) -> dict[str, str]:
    """Read the lines `export NAME=VALUE` of `gateword env`."""
    pairs = (
        line.removeprefix("export ").partition("=")
        for line in text.splitlines()
        if line.startswith("export ")
    )
    return {name: value.strip("'\"") for name, _, value in pairs}


def initialised(data: Path, *options: str) -> Served:
    """Let `gateword init` make an instance for a free port, not yet started.

    Args:
        data: An empty or absent folder.
        options: Further options for `init` and `serve` both (`--database-url`).
    """
    port = free_port()
    domain = f"localhost:{port}"
    data.mkdir(parents=True, exist_ok=True)
    made = json.loads(gateword("init", "--data", str(data), "--domain", domain, "--json", *options))
    served = Served(
        data=data,
        port=port,
        domain=made["domain"],
        base_url=made["base_url"].rstrip("/"),
        issuer=made["issuer"],
        ca_cert=Path(made["ca_cert"]),
        management=MachineClient(**made["management"]),
        options=options,
    )
    served.env = _exports(served.gateword("env"))
    return served


@contextmanager
def running(data: Path, config: str = "", *options: str) -> Iterator[Served]:
    """Initialise an instance, apply `config`, serve it, and stop it afterwards.

    Args:
        data: An empty or absent folder.
        config: Configuration in the Deploy CLI's YAML; empty for a bare tenant.
        options: Further options of `gateword serve` (`--workers`).
    """
    served = initialised(data)
    served.options = options
    if config:
        served.apply(config)
    served.start()
    try:
        yield served
    finally:
        served.stop()
