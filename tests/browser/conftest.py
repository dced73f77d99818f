"""A running demo and a real Chromium."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support import ran_against
from tests.support.served import free_port

LIFETIME_S: Final = 3
"""How long an access token lives here, so that no test waits for a minute."""

_READY_TIMEOUT_S: Final = 60
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
    process: subprocess.Popen[str]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One `gateword demo` for all tests, stopped as a terminal would stop it."""
    data = tmp_path_factory.mktemp("demo")
    server, app, api = free_port(), free_port(), free_port()
    command = [
        str(Path(sys.executable).with_name("gateword")), "demo", "--data", str(data),
        "--port", str(server), "--app-port", str(app), "--api-port", str(api),
        "--token-lifetime", str(LIFETIME_S),
    ]  # fmt: skip
    output = data / "demo-output.txt"
    with output.open("w") as told:
        process = subprocess.Popen(
            command, stdout=told, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
    try:
        _wait_until_told(process, output)
        yield Demo(
            data=data,
            url=f"http://localhost:{app}",
            api_url=f"http://localhost:{api}",
            domain=f"localhost:{server}",
            secrets=_shell_variables(data / "demo.env"),
            process=process,
        )
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _wait_until_told(process: subprocess.Popen[str], output: Path) -> None:
    """Wait until the command has printed its last line, which it does when all three answer."""
    give_up = time.monotonic() + _READY_TIMEOUT_S
    while "Ctrl-C stops everything." not in output.read_text():
        if process.poll() is not None or time.monotonic() > give_up:
            pytest.fail(f"gateword demo did not come up:\n{output.read_text()}")
        time.sleep(0.05)


def _shell_variables(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in shlex.split(file.read_text()))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; absent, the tests fail and say what to install."""
    names = (os.environ.get("GATEWORD_CHROMIUM", ""), *_CHROMIUM_NAMES)
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    if path is None:
        pytest.fail("Chromium is needed and was not found; `scripts/test browser` installs it.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(_CHROMIUM_SWITCHES))
        ran_against.note("Chromium", chromium.version)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, demo: Demo) -> Iterator[Page]:
    """A fresh browser profile; a script error on any page fails the test."""
    context = browser.new_context(base_url=demo.url)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert [] == errors


@pytest.fixture
def visitor(demo: Demo) -> Iterator[httpx.Client]:
    """A client without a browser's manners, for what browsers never send."""
    with httpx.Client(base_url=demo.url, trust_env=False) as client:
        yield client
