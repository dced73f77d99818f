"""A running demo and a real Chromium, for the tests and for the screenshots."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from tests.support.served import free_port

_READY_TIMEOUT_S: Final = 120
_STOP_TIMEOUT_S: Final = 30
_CHROMIUM_NAMES: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_CHROMIUM_SWITCHES: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that runs: where, and with which secrets."""

    data: Path
    url: str
    api_url: str
    domain: str
    secrets: dict[str, str]


@contextmanager
def demo_running(data: Path, lifetime_s: int) -> Iterator[Demo]:
    """Run `gateword demo` and stop it as a terminal would.

    Args:
        data: An existing empty folder.
        lifetime_s: How long its access tokens live, in seconds.
    """
    server, app, api, mail = free_port(), free_port(), free_port(), free_port()
    command = [
        str(Path(sys.executable).with_name("gateword")), "demo", "--data", str(data),
        "--port", str(server), "--app-port", str(app), "--api-port", str(api),
        "--mail-port", str(mail),
        "--token-lifetime", str(lifetime_s),
    ]  # fmt: skip
    output = data / "demo-output.txt"
    with output.open("w") as told:
        process = subprocess.Popen(
            command, stdout=told, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _wait_until_told(process, output)
        yield Demo(
            data=data,
            url=f"http://localhost:{app}",
            api_url=f"http://localhost:{api}",
            domain=f"localhost:{server}",
            secrets=_shell_variables(data / "demo.env"),
        )
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(_STOP_TIMEOUT_S)


@contextmanager
def chromium_running() -> Iterator[Browser]:
    """Run the system's Chromium; absent, the error says how to install it."""
    names = (os.environ.get("GATEWORD_CHROMIUM", ""), *_CHROMIUM_NAMES)
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    if path is None:
        msg = "Chromium is needed and was not found; `scripts/test browser` installs it."
        raise RuntimeError(msg)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(_CHROMIUM_SWITCHES))
        yield chromium
        chromium.close()


def _wait_until_told(process: subprocess.Popen[bytes], output: Path) -> None:
    """Wait until the command has printed its last line, which it does when all three answer."""
    give_up = time.monotonic() + _READY_TIMEOUT_S
    while "Ctrl-C stops everything." not in output.read_text():
        if process.poll() is not None or time.monotonic() > give_up:
            msg = f"gateword demo did not come up:\n{output.read_text()}"
            raise RuntimeError(msg)
        time.sleep(0.05)


def _shell_variables(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in shlex.split(file.read_text()))
