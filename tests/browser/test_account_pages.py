"""Sign up, verify, forget, be shut out: in a real browser without scripts, by real mail."""

import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.support.mailbox import Mailbox, mailbox_beside
from tests.support.served import Served, initialised

OLD: Final = "First-pass-word-1"
NEW: Final = "Second-pass-word-2"
REALM: Final = "Guests"
GRANT: Final = "http://auth0.com/oauth/grant-type/password-realm"
CONFIG: Final = """
tenant:
  friendly_name: Harbour & Pine
  support_url: https://harbour.example/help
  picture_url: https://127.0.0.1:9/logo.png
databases:
  - name: Guests
    strategy: auth0
    enabled_clients: [Shop]
    options:
      passwordPolicy: excellent
      password_history: {enable: true, size: 3}
      password_dictionary: {enable: true}
      password_no_personal_info: {enable: true}
clients:
  - name: Shop
    client_id: shop
    initiate_login_uri: https://shop.harbour.example/login
    token_endpoint_auth_method: none
    grant_types: ["http://auth0.com/oauth/grant-type/password-realm"]
"""


@dataclass(frozen=True, slots=True)
class Inn:
    """A served tenant whose letters go to a mailbox."""

    served: Served
    mailbox: Mailbox

    def post(self, path: str, **body: object) -> httpx.Response:
        """Post JSON to a door."""
        trust = ssl.create_default_context(cafile=str(self.served.ca_cert))
        url = f"{self.served.base_url}{path}"
        return httpx.post(url, json=body, verify=trust, trust_env=False, timeout=30)

    def sign_up(self, email: str) -> str:
        """Sign somebody up, and return the link of the letter."""
        number = len(self.mailbox.received) + 1
        answer = self.post(
            "/dbconnections/signup",
            client_id="shop", connection=REALM, email=email, password=OLD,
        )  # fmt: skip
        assert 200 == answer.status_code, answer.text
        return self.mailbox.wait(number).link

    def forget(self, email: str) -> str:
        """Ask for a new password, and return the link of the letter."""
        number = len(self.mailbox.received) + 1
        answer = self.post("/dbconnections/change_password", connection=REALM, email=email)
        assert 200 == answer.status_code, answer.text
        return self.mailbox.wait(number).link

    def log_in(self, email: str, password: str) -> int:
        """Return the status of a login."""
        return self.post(
            "/oauth/token",
            grant_type=GRANT, realm=REALM, username=email, password=password, client_id="shop",
        ).status_code  # fmt: skip


@pytest.fixture(scope="module")
def inn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inn]:
    """A served tenant and its mail server."""
    with mailbox_beside() as mailbox:
        served = initialised(tmp_path_factory.mktemp("inn"))
        settings = {"smtp_url": mailbox.url, "mail_from": "Harbour <inn@harbour.example>"}
        lines = "".join(f"{name} = {json.dumps(text)}\n" for name, text in settings.items())
        Path(served.data / "gateword.toml").write_text(lines, encoding="utf-8")
        served.apply(CONFIG)
        served.start()
        try:
            yield Inn(served, mailbox)
        finally:
            served.stop()


@pytest.fixture
def reader(browser: Browser) -> Iterator[Page]:
    """A browser profile in which no script runs, and the development certificate is accepted."""
    context = browser.new_context(java_script_enabled=False, ignore_https_errors=True)
    yield context.new_page()
    context.close()


def test_address_is_verified_by_the_button(inn: Inn, reader: Page) -> None:
    """The letter's link opens a page; its button verifies the address; the link is used up."""
    link = inn.sign_up("una@guest.example")

    reader.goto(link)
    assert "una@guest.example" in reader.inner_text("main")
    reader.get_by_role("button", name="Yes, it is mine").click()

    assert "Your e-mail address is verified" == reader.inner_text("h1")
    assert 410 == (reader.goto(link, wait_until="load") or pytest.fail("no answer")).status
    letter = inn.mailbox.received[-1]
    assert ("una@guest.example",) == letter.recipients
    assert "Harbour & Pine" in letter.text
    assert "inn@harbour.example" == letter.sender


def test_forgotten_password_is_chosen_anew(inn: Inn, reader: Page) -> None:
    """A weak password is refused beside the field, a good one is taken; the old one is over."""
    email = "ben@guest.example"
    inn.sign_up(email)
    assert 200 == inn.log_in(email, OLD)

    reader.goto(inn.forget(email))
    assert email in reader.inner_text("main")
    reader.get_by_label("New password").fill("weak")
    reader.get_by_label("The same once more").fill("weak")
    reader.get_by_role("button", name="Set the new password").click()
    assert "Password is too weak." == reader.inner_text("#password-wrong")
    assert "true" == reader.get_by_label("New password").get_attribute("aria-invalid")
    assert 2 == len(reader.query_selector_all(".rules[open] > ul > .broken"))

    reader.get_by_label("New password").fill(OLD)
    reader.get_by_label("The same once more").fill(OLD)
    reader.get_by_role("button", name="Set the new password").click()
    assert "You may not reuse any of the last 3 passwords." in reader.inner_text("#password-wrong")

    reader.get_by_label("New password").fill(NEW)
    reader.get_by_label("The same once more").fill(NEW)
    reader.get_by_role("button", name="Set the new password").click()

    assert "Your password is changed" == reader.inner_text("h1")
    assert (403, 200) == (inn.log_in(email, OLD), inn.log_in(email, NEW))


def test_block_is_lifted_by_the_button(inn: Inn, reader: Page) -> None:
    """Ten wrong passwords bring a letter; opening its link lifts nothing, the button does, once."""
    email = "dora@guest.example"
    inn.sign_up(email)
    number = len(inn.mailbox.received) + 1
    assert [403] * 10 + [429] == [inn.log_in(email, f"wrong {tries}") for tries in range(11)]
    letter = inn.mailbox.wait(number)
    assert (email,) == letter.recipients
    assert "127.0.0.1" in letter.text

    reader.goto(letter.link)
    assert email in reader.inner_text("main")
    assert 429 == inn.log_in(email, OLD)
    reader.get_by_role("button", name="Lift the block").click()

    assert "The block is lifted" == reader.inner_text("h1")
    back = reader.get_by_role("link", name="Go on to Shop")
    assert "https://shop.harbour.example/login" == back.get_attribute("href")
    assert 200 == inn.log_in(email, OLD)
    assert 410 == (reader.goto(letter.link) or pytest.fail("no answer")).status


def test_result_url_of_a_ticket_is_where_the_form_leads(inn: Inn, reader: Page) -> None:
    """The form of a ticket redirects to its application, although forms may lead nowhere else."""
    email = "eve@guest.example"
    inn.sign_up(email)
    goal = f"https://127.0.0.1:{inn.served.port}/health"
    management = inn.served.management
    token = inn.post(
        "/oauth/token",
        grant_type="client_credentials", client_id=management.client_id,
        client_secret=management.client_secret, audience=management.audience,
    ).json()["access_token"]  # fmt: skip
    trust = ssl.create_default_context(cafile=str(inn.served.ca_cert))
    with httpx.Client(
        base_url=inn.served.base_url, verify=trust, trust_env=False,
        headers={"authorization": f"Bearer {token}"},
    ) as api:  # fmt: skip
        users = api.get("/api/v2/users-by-email", params={"email": email}).json()
        ticket = api.post(
            "/api/v2/tickets/password-change",
            json={"user_id": users[0]["user_id"], "result_url": goal, "ttl_sec": 60},
        ).json()["ticket"]

    reader.goto(ticket)
    reader.get_by_label("New password").fill(NEW)
    reader.get_by_label("The same once more").fill(NEW)
    reader.get_by_role("button", name="Set the new password").click()

    assert reader.url.startswith(f"{goal}?success=true&message=")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_page_fits_the_window(inn: Inn, browser: Browser, scheme: str, width: int) -> None:
    """Nothing has to be scrolled sideways, on a telephone and on a desk, in light and dark."""
    email = f"page-{scheme}-{width}@guest.example"
    inn.sign_up(email)
    context = browser.new_context(
        ignore_https_errors=True,
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 800},
    )
    page = context.new_page()
    page.goto(inn.forget(email))

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


@pytest.mark.parametrize("size", [(1200, 800), (360, 740)])
def test_button_is_in_sight_whatever_was_wrong(
    inn: Inn, browser: Browser, size: tuple[int, int]
) -> None:
    """Nobody scrolls for the button; what was wrong stands under the field that has the focus."""
    email = f"sight-{size[0]}@guest.example"
    inn.sign_up(email)
    width, height = size
    context = browser.new_context(
        ignore_https_errors=True, viewport={"width": width, "height": height}
    )
    page = context.new_page()
    page.goto(inn.forget(email))
    said = [""]
    for first, second in ((OLD, NEW), ("weak", "weak"), (f"{email}X1", f"{email}X1")):
        assert _bottom(page) <= height
        assert "password" == page.evaluate("document.activeElement.id")
        page.get_by_label("New password").fill(first)
        page.get_by_label("The same once more").fill(second)
        page.get_by_role("button", name="Set the new password").click()
        said.append(page.inner_text("#password + .wrong"))
    assert _bottom(page) <= height

    assert [
        "",
        "The two passwords differ. Type the new one twice.",
        "Password is too weak.",
        "This password holds your name, your address or something else about you.",
    ] == said
    context.close()


def _bottom(page: Page) -> float:
    box = page.get_by_role("button", name="Set the new password").bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def test_picture_that_does_not_load_leaves_the_mark(inn: Inn, reader: Page) -> None:
    """Where a picture is missing our own mark is seen, and no hole; help is offered in words."""
    reader.goto(inn.sign_up("pia@guest.example"))
    picture = reader.locator(".mark img").bounding_box()

    assert picture is not None
    assert 0 == picture["width"]
    assert "Need help? Contact support" == reader.inner_text("footer")


def test_front_page_says_what_is_there(inn: Inn, reader: Page) -> None:
    """Who opens the printed address in a browser sees whose server runs, and where to read on."""
    reader.goto(inn.served.base_url)

    assert "Gateword is running" == reader.inner_text("h1")
    assert "Harbour & Pine" == reader.inner_text(".brand")
    assert ["/.well-known/openid-configuration", "/api/v2/openapi.json"] == [
        link.get_attribute("href") for link in reader.query_selector_all("dl a")
    ]
