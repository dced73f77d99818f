"""The pictures of second factors: what is asked, what is set up, what goes wrong."""

import re
import time
from collections.abc import Callable
from typing import Final, Protocol

from playwright.sync_api import Browser, Page, expect

from tests.browser.running import Demo
from tests.browser.test_demo import log_in
from tests.browser.test_demo_factors import (
    ALWAYS,
    ANN,
    APP,
    NEVER,
    PHONE,
    TOVE,
    answer_on_the_phone,
    code_of_the_app,
    code_sent,
    demand,
    keep_recovery_code,
    type_code,
)

_SOON_MS: Final = 12_000


class Taker(Protocol):
    """Writes a picture."""

    def __call__(self, page: Page, name: str, *, whole: bool = False) -> None:
        """Write one, of what a window shows or of the whole page."""
        ...


def of_second_factors(
    browser: Browser, demo: Demo, a_page: Callable[..., Page], take: Taker
) -> None:
    """All of them; everybody is asked meanwhile, and nobody afterwards.

    Args:
        browser: Chromium.
        demo: It runs.
        a_page: Opens a fresh browser profile.
        take: Writes a picture.
    """
    page = a_page(browser, demo)
    demand(page, ALWAYS)
    take(page, "policy", whole=True)
    _by_email(a_page(browser, demo), demo, take)
    _by_app(a_page(browser, demo, phone=True), demo, take)
    _by_phone(page, demo, take)
    demand(page, NEVER)


def _by_email(page: Page, demo: Demo, take: Taker) -> None:
    """A code that was sent, and the inbox; then an app beside it."""
    password = demo.secrets["DEMO_PASSWORD_ANN_AT_WORK"]
    began_s = time.time()
    log_in(page, "Employees", ANN, password)
    code = code_sent(page, ANN, began_s)
    take(page, "factor-email")
    inbox = page.context.new_page()
    inbox.goto("/inbox")
    take(inbox, "inbox")
    inbox.close()
    type_code(page, code)
    expect(page.get_by_role("heading", name="Hello, Ann Hale")).to_be_visible()
    page.goto("/factors")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Open", exact=True).click()
    page.get_by_role("button", name="Set up the app").click()
    take(page, "factor-app")
    page.get_by_role("button", name=APP).click()
    type_code(page, code_of_the_app(page, ANN))
    expect(page.locator("[data-owned=totp]")).to_be_visible()
    take(page, "factors", whole=True)
    page.get_by_role("button", name="Delete: Authenticator app").click()
    expect(page.locator("[data-owned=totp]")).to_have_count(0)


def _by_app(page: Page, demo: Demo, take: Taker) -> None:
    """On a phone: what can be set up, an app, and a wrong code."""
    log_in(page, "Employees", TOVE, demo.secrets["DEMO_PASSWORD_TOVE"])
    take(page, "factor-set-up-phone", whole=True)
    page.get_by_role("button", name="Set up the app").click()
    page.get_by_role("button", name=APP).click()
    take(page, "factor-app-phone", whole=True)
    type_code(page, "000000")
    expect(page.get_by_role("alert")).to_be_visible()
    take(page, "factor-wrong-phone")


def _by_phone(page: Page, demo: Demo, take: Taker) -> None:
    """A phone that is set up, that is asked, and that says no."""
    password = demo.secrets["DEMO_PASSWORD_TOVE"]
    log_in(page, "Employees", TOVE, password)
    page.get_by_role("button", name="Set up the phone").click()
    page.get_by_role("button", name=PHONE).click()
    answer_on_the_phone(page, "Approve")
    expect(page.locator("[data-recovery-code]")).to_be_visible(timeout=_SOON_MS)
    take(page, "recovery-code")
    keep_recovery_code(page)
    page.get_by_role("button", name="Log out").click()
    log_in(page, "Employees", TOVE, password)
    take(page, "factor-choose")
    page.get_by_role("button", name=re.compile("^Your phone asks you")).click()
    take(page, "factor-push")
    where = page.locator("[data-device]").get_attribute("href")
    phone = page.context.new_page()
    phone.goto(str(where))
    expect(phone.get_by_role("button", name="Approve")).to_be_visible(timeout=_SOON_MS)
    take(phone, "device")
    phone.close()
    answer_on_the_phone(page, "Deny")
    expect(page.get_by_role("alert")).to_be_visible(timeout=_SOON_MS)
    take(page, "factor-denied")
