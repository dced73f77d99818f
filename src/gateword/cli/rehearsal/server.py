"""A server of the rehearsal's own: in a folder that is thrown away, on loopback only."""

import asyncio
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from gateword.cli.rehearsal.loopback import Broken, Loopback, Request
from gateword.settings import PREFIX, Settings
from gateword.values import dataclass

HOST: Final = "127.0.0.1"
_SERVE: Final = "from gateword.cli.rehearsal.child import serve; serve()"
_READY_S: Final = 30.0
_STOP_S: Final = 10.0
_POLL_S: Final = 0.05
_SHOWN_CHARS: Final = 2000
_ENVIRONMENT: Final = {
    # Passwords of nobody: a cheap hash makes thousands of tries a matter of seconds.
    "ARGON2_MEMORY_KIB": "8",
    "ARGON2_PASSES": "1",
    # What is rehearsed are the shields of accounts and addresses, not the limit of requests.
    "TOKEN_RATE_PER_S": "0",
    "OTEL": "off",
}


class ServerFailed(Exception):
    """The rehearsal's server did not start; the message holds the end of what it printed."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a rehearsal takes place.

    Attributes:
        settings: Of its data folder; nothing of the operator's environment is in it.
        port: Of loopback, where its server will listen.
        mark: No other server knows it: hosts of its tenants end in it.
    """

    settings: Settings
    port: int
    mark: str

    @property
    def base(self) -> str:
        """The one URL that is asked."""
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """The file that receives what the server prints."""
        return self.settings.data_dir / "server.log"

    def host(self, tenant: str) -> str:
        """Return the Host that a tenant answers to."""
        return f"{tenant}.{self.mark}.invalid"

    def said(self) -> str:
        """Return the end of what the server printed."""
        with suppress(OSError):
            return self.log.read_text("utf-8", "replace")[-_SHOWN_CHARS:].rstrip()
        return ""


@contextmanager
def ground() -> Iterator[Ground]:
    """Make an empty data folder and find a free port; the folder goes with the context."""
    with TemporaryDirectory(prefix="gateword-attack-", ignore_cleanup_errors=True) as folder:
        settings = Settings(data_dir=Path(folder), argon2_memory_kib=8, argon2_passes=1)
        yield Ground(settings, _free_port(), secrets.token_hex(8))


@contextmanager
def running(where: Ground) -> Iterator[None]:
    """Serve for as long as the context lasts; the tenants are there already."""
    command = [
        sys.executable, "-c", _SERVE, "serve", "--tls", "off", "--workers", "1",
        "--host", HOST, "--port", str(where.port), "--data", str(where.settings.data_dir),
    ]  # fmt: skip
    with where.log.open("wb") as log:
        # Its standard input is our hand on it: it stops when that is closed, even by our death.
        process = subprocess.Popen(
            command,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is ours to answer
        )
    try:
        yield
    finally:
        _stop(process)


async def ready(where: Ground, tenant: str) -> Loopback:
    """Return a client of the server once it answers, and is the one that was started.

    Raises:
        ServerFailed: It did not within half a minute, or another answers in its place.
    """
    client = Loopback(where.base)
    asked = Request(where.host(tenant), "/.well-known/openid-configuration")
    give_up_s = time.monotonic() + _READY_S
    while time.monotonic() < give_up_s:
        with suppress(OSError, Broken):
            answer = await client.ask(asked)
            with suppress(ValueError, TypeError):
                if json.loads(answer.body)["issuer"] == f"https://{where.host(tenant)}/":
                    return client
            raise ServerFailed(f"something else answers at {where.base}; try again")
        await asyncio.sleep(_POLL_S)
    raise ServerFailed(f"the server at {where.base} did not answer:\n{where.said()}")


def _environment() -> dict[str, str]:
    own = {name: text for name, text in os.environ.items() if not name.startswith(PREFIX)}
    return own | {f"{PREFIX}{name}": text for name, text in _ENVIRONMENT.items()}


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
