"""Takes the pictures of docs/images/ from a running demo in a real Chromium."""

import contextlib
import tempfile
import time
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Error, Page, expect

from scripts.screenshots_factors import of_second_factors
from tests.browser.running import Demo, chromium_running, demo_running

IMAGES: Final = Path(__file__).parents[1] / "docs" / "images"
LIFETIME_S: Final = 60
ANN: Final = "ann.hale@pine.example"
TRIES: Final = 5
RULES_HEIGHT: Final = 1290
"""Pixels that show the first two rules whole."""


def main() -> None:
    """Take every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        demo_running(Path(data), LIFETIME_S) as demo,
        chromium_running() as browser,
    ):
        # The two that wait for the same minute come first, and the others are taken meanwhile.
        refreshed, ended = a_page(browser, demo), a_page(browser, demo)
        as_employee(refreshed, demo)
        as_employee(ended, demo)
        ended.get_by_role("button", name="End this session from elsewhere").click()
        expect(ended.get_by_text("has been revoked.")).to_be_visible()
        of_the_login(browser, demo)
        of_the_home_page(browser, demo)
        of_the_rules(browser, demo)
        of_second_factors(browser, demo, a_page, take)
        after_expiry(refreshed, ended)


def of_the_login(browser: Browser, demo: Demo) -> None:
    """The form: empty, refused, on a phone."""
    page = a_page(browser, demo)
    page.goto("/login")
    take(page, "login")
    as_employee(page, demo, password="not her password")
    expect(page.get_by_role("alert")).to_be_visible()
    take(page, "wrong-password")
    phone = a_page(browser, demo, phone=True)
    phone.goto("/login")
    take(phone, "login-phone")


def of_the_home_page(browser: Browser, demo: Demo) -> None:
    """The page behind the login: an employee's, a refused call, a customer's in the dark."""
    page = a_page(browser, demo)
    as_employee(page, demo)
    take(page, "home", whole=True)
    page.get_by_role("button", name="Orders").click()
    expect(page.get_by_role("alert")).to_be_visible()
    take(page, "forbidden")
    dark = a_page(browser, demo, dark=True)
    log_in(dark, "Customers", ANN, demo.secrets["DEMO_PASSWORD_ANN_AT_HOME"])
    expect(dark.locator("[data-realm]")).to_have_text("Customers")
    take(dark, "home-dark")
    phone = a_page(browser, demo, phone=True)
    as_employee(phone, demo)
    take(phone, "home-phone")


def of_the_rules(browser: Browser, demo: Demo) -> None:
    """The page of the rules, and what the two of them do that can be pretended there."""
    page = a_page(browser, demo)
    for offer, name in (
        ("Pretend you are outside the office", "rule-second-factor"),
        ("Pretend it is the weekend", "rule-denied"),
    ):
        page.goto("/rules")
        page.get_by_role("button", name=offer).click()
        expect(page.locator("[data-changed]")).to_be_visible()
        if name == "rule-denied":
            page.set_viewport_size({"width": 1280, "height": RULES_HEIGHT})
            take(page, "rules")
            page.set_viewport_size({"width": 1280, "height": 860})
        log_in(page, "Employees", ANN, demo.secrets["DEMO_PASSWORD_ANN_AT_WORK"])
        expect(page.locator("#problem, #code")).to_be_visible()
        take(page, name)
        page.goto("/rules")
        page.get_by_role("button", name="Stop pretending").click()
        expect(page.locator("[data-changed]")).to_be_visible()


def after_expiry(refreshed: Page, ended: Page) -> None:
    """What the next call does once the access token has expired."""
    expect(refreshed.locator(".count.is-over")).to_be_visible(timeout=LIFETIME_S * 2000)
    take(refreshed, "expired")
    refreshed.get_by_role("button", name="Call the API", exact=True).click()
    expect(refreshed.locator("[data-refreshed]")).to_be_visible()
    take(refreshed, "refreshed")
    refreshed.get_by_role("button", name="Call the API with the old token").click()
    expect(refreshed.get_by_role("alert")).to_be_visible()
    take(refreshed, "old-token")
    expect(ended.locator(".count.is-over")).to_be_visible(timeout=LIFETIME_S * 2000)
    ended.get_by_role("button", name="Call the API", exact=True).click()
    expect(ended.get_by_role("heading", name="Your session was ended.")).to_be_visible()
    take(ended, "session-ended")


def a_page(browser: Browser, demo: Demo, *, dark: bool = False, phone: bool = False) -> Page:
    """Open a fresh browser profile."""
    return browser.new_context(
        base_url=demo.url,
        color_scheme="dark" if dark else "light",
        viewport={"width": 390, "height": 800} if phone else {"width": 1280, "height": 860},
        device_scale_factor=2 if phone else 1,
        is_mobile=phone,
        reduced_motion="reduce",
    ).new_page()


def log_in(page: Page, realm: str, email: str, password: str) -> None:
    """Fill in the form and send it."""
    page.goto("/login")
    page.get_by_label("Account type").select_option(realm)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def as_employee(page: Page, demo: Demo, *, password: str = "") -> None:
    """Log in as Ann, or try to."""
    right = demo.secrets["DEMO_PASSWORD_ANN_AT_WORK"]
    log_in(page, "Employees", ANN, password or right)
    if not password:
        expect(page.locator("[data-realm]")).to_have_text("Employees")


def take(page: Page, name: str, *, whole: bool = False) -> None:
    """Write one picture, of what a window shows or of the whole page."""
    page.wait_for_load_state("load")
    window = page.viewport_size
    if whole and window:
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": window["width"], "height": height})
    for _ in range(TRIES):
        # Chromium refuses now and then while a page is still being painted.
        with contextlib.suppress(Error):
            page.screenshot(path=IMAGES / f"{name}.png")
            print(f"docs/images/{name}.png")
            break
        time.sleep(0.3)
    else:
        raise RuntimeError(f"Chromium took no picture of {name}.")
    if whole and window:
        page.set_viewport_size(window)


if __name__ == "__main__":
    main()
