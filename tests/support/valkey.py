"""A real Valkey, or the Redis that a system has instead: nothing of it outlives the test run."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from valkey import Valkey
from valkey.exceptions import ConnectionError as NotThere

from tests.support import ran_against

PROGRAMS: Final = ("valkey-server", "redis-server")
READY_TIMEOUT_S: Final = 10.0
STOP_TIMEOUT_S: Final = 10.0
LOOK_AGAIN_S: Final = 0.01


class ValkeyProcess:
    """A server that listens on a socket in a private folder only.

    Attributes:
        program: What runs.
        url: What the setting `valkey_url` takes.
    """

    def __init__(self, program: str, folder: Path) -> None:
        self.program = program
        self._socket = folder / "s"
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"unix://{self._socket}"

    @property
    def pid(self) -> int:
        """Process id of the server."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        self._process = subprocess.Popen(
            [
                self.program, "--port", "0", "--unixsocket", str(self._socket),
                "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        give_up_s = time.monotonic() + READY_TIMEOUT_S
        while not self._answers():
            if time.monotonic() > give_up_s:
                raise RuntimeError(f"{self.program} did not answer")
            time.sleep(LOOK_AGAIN_S)

    def stop(self) -> None:
        """Stop it; what it counted is gone."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(STOP_TIMEOUT_S)
            self._process = None

    @contextmanager
    def asked(self) -> Iterator[Any]:
        """Ask it by the driver's own client."""
        with Valkey.from_url(self.url) as client:
            yield client

    def _answers(self) -> bool:
        try:
            with self.asked() as client:
                about = client.info("server")
        except NotThere:
            return False
        kind = "Valkey" if "valkey_version" in about else "Redis"
        version = about.get("valkey_version", about["redis_version"])
        ran_against.note("Valkey", f"{kind} {version}")
        return True


def program() -> str | None:
    """Return the server that this machine has; None when it has none."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


@contextmanager
def running(found: str) -> Iterator[ValkeyProcess]:
    """Start a server in a folder of its own; stop it and remove the folder afterwards."""
    with tempfile.TemporaryDirectory(prefix="gw-vk-") as folder:
        server = ValkeyProcess(found, Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()
