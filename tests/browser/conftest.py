"""One demo and one browser for all tests, a fresh browser profile for each."""

from collections.abc import Iterator
from typing import Final

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.running import Demo, chromium_running, demo_running
from tests.support import ran_against

_LIFETIME_S: Final = 3
"""How long an access token lives here, so that no test waits for a minute."""


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A running demo with short-lived access tokens."""
    with demo_running(tmp_path_factory.mktemp("demo"), _LIFETIME_S) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium.

    Gone with its module: while Playwright's synchronous interface lives, its event loop counts as
    running, and no asynchronous test could run beside it.
    """
    with chromium_running() as chromium:
        ran_against.note("Chromium", chromium.version)
        yield chromium


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
