"""Second factors in the demo, used as a person does: each way in, each way out."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.running import Demo
from tests.browser.test_demo import JONAS, log_in, wait_for_expiry

TOVE, MARCUS = "tove.lind@pine.example", "marcus.oye@pine.example"
ANN, NORA = "ann.hale@pine.example", "nora.quist@mail.example"
NEVER, ALWAYS = "Never", "Always"
APP, PHONE = re.compile("Use the demo.s app"), re.compile("Use the demo.s phone")
SOON_S = 20
"""A letter, or the next look at the phone, is here by then."""


@pytest.fixture
def always(page: Page) -> Iterator[Page]:
    """A browser of which everybody is asked for a second factor; nobody is afterwards."""
    demand(page, ALWAYS)
    yield page
    demand(page, NEVER)


def demand(page: Page, policy: str) -> None:
    """Set the policy on its page, and wait until it is obeyed."""
    page.goto("/policy")
    page.get_by_role("button", name=re.compile(f"^{policy}")).click()
    expect(page.locator("[data-changed]")).to_contain_text("obeys within a second")


def start_over(page: Page, person: str) -> None:
    """Take every factor off somebody."""
    page.goto("/policy")
    page.locator(f"[data-person={person}]").get_by_role("button").click()
    expect(page.locator("[data-changed]")).to_be_visible()


def ask_as_tove(page: Page, demo: Demo) -> None:
    """Send Tove's right password."""
    log_in(page, "Employees", TOVE, demo.secrets["DEMO_PASSWORD_TOVE"])
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()


def code_sent(page: Page, to: str, since_s: float) -> str:
    """Return the code of a letter or message that came after a Unix time, from a new window."""
    inbox = page.context.new_page()
    inbox.goto("/inbox")
    newest = inbox.locator(f"[data-to='{to}']").first
    while not newest.count() or float(str(newest.get_attribute("data-at"))) < since_s:
        assert time.time() < since_s + SOON_S, "no letter came"
        inbox.wait_for_timeout(200)
        inbox.reload()
    code = newest.locator("[data-code]").inner_text()
    inbox.close()
    return code


def code_of_the_app(page: Page, account: str) -> str:
    """Return what the demo's own app shows for an account, from a new window."""
    app = page.context.new_page()
    app.goto("/inbox")
    code = app.locator(f"[data-app^='{account}'] [data-code]").inner_text()
    app.close()
    return code


def type_code(page: Page, code: str) -> None:
    """Type a code and send it."""
    page.locator("#code").fill(code)
    page.locator("form:has(#code) button").click()


def keep_recovery_code(page: Page) -> str:
    """Return the recovery code that is shown, and say that it was written down."""
    expect(page.get_by_role("heading", name="Write this code down")).to_be_visible(
        timeout=SOON_S * 1000
    )
    code = page.locator("[data-recovery-code]").inner_text()
    page.get_by_role("button", name="I have written it down").click()
    return code


def answer_on_the_phone(page: Page, answer: str) -> None:
    """Open the demo's phone in a new window and say yes or no there."""
    where = page.locator("[data-device]").get_attribute("href")
    phone = page.context.new_page()
    phone.goto(str(where))
    phone.get_by_role("button", name=answer).click(timeout=SOON_S * 1000)
    expect(phone.locator(".said")).to_be_visible()
    phone.close()


def test_app_when_set_up_at_login_opens_the_session(always: Page, demo: Demo) -> None:
    """A picture, its secret as text, a wrong code that says so, and the recovery code."""
    start_over(always, "tove")
    ask_as_tove(always, demo)
    always.get_by_role("button", name="Set up the app").click()
    expect(always.locator("svg.qr")).to_be_visible()
    expect(always.locator("[data-secret]")).to_have_text(re.compile("^([A-Z2-7]{4} ?){8}$"))
    always.get_by_role("button", name=APP).click()
    type_code(always, "000000")
    expect(always.get_by_role("alert")).to_contain_text("That code is not right.")
    type_code(always, code_of_the_app(always, TOVE))

    assert re.fullmatch("([A-Z0-9]{4} ?){6}", keep_recovery_code(always))
    expect(always.get_by_role("heading", name="Hello, Tove Lind")).to_be_visible()
    always.goto("/recovery-code")
    expect(always.get_by_role("heading", name="Hello, Tove Lind")).to_be_visible()


def test_app_when_set_up_before_is_asked_for(always: Page, demo: Demo) -> None:
    """Who has an app types its code; this browser remembers the choice and offers it at once."""
    log_in(always, "Customers", NORA, demo.secrets["DEMO_PASSWORD_NORA"])
    always.get_by_role("button", name="Authenticator app").click()
    type_code(always, code_of_the_app(always, NORA))
    expect(always.locator("[data-realm]")).to_have_text("Customers")
    expect(always.get_by_text("A second factor was wanted, and it was right.")).to_be_visible()
    always.get_by_role("button", name="Log out").click()
    log_in(always, "Customers", NORA, demo.secrets["DEMO_PASSWORD_NORA"])

    expect(always.locator("[data-remembered]")).to_be_visible()
    always.get_by_role("button", name="Use another way").click()
    expect(always.get_by_role("button", name="E-mail")).to_be_visible()


def test_email_code_when_read_in_the_inbox_opens_the_session(always: Page, demo: Demo) -> None:
    """The code goes to the verified address, which the page shows masked."""
    began_s = time.time()
    log_in(always, "Employees", ANN, demo.secrets["DEMO_PASSWORD_ANN_AT_WORK"])
    expect(always.locator("[data-sent-to]")).to_have_text(re.compile(r"ann\.\*+@pine\*+"))
    type_code(always, code_sent(always, ANN, began_s))

    expect(always.get_by_role("heading", name="Hello, Ann Hale")).to_be_visible()


def test_text_message_when_set_up_at_login_opens_the_session(always: Page, demo: Demo) -> None:
    """A number that is none is told; the code comes by the signed webhook of the phone courier."""
    start_over(always, "tove")
    ask_as_tove(always, demo)
    always.get_by_label("Phone number").fill("no number")
    always.get_by_role("button", name="Send me a code").click()
    expect(always.get_by_role("alert")).to_contain_text("no phone number we can reach")
    began_s = time.time()
    always.get_by_label("Phone number").fill("+44 7700 900123")
    always.get_by_role("button", name="Send me a code").click()
    type_code(always, code_sent(always, "+447700900123", began_s))

    keep_recovery_code(always)
    expect(always.get_by_role("heading", name="Hello, Tove Lind")).to_be_visible()


def test_push_when_approved_opens_and_when_denied_says_so(always: Page, demo: Demo) -> None:
    """The page goes on by itself; after a no the recovery code still opens, and is replaced."""
    start_over(always, "tove")
    ask_as_tove(always, demo)
    always.get_by_role("button", name="Set up the phone").click()
    always.get_by_role("button", name=PHONE).click()
    answer_on_the_phone(always, "Approve")
    recovery_code = keep_recovery_code(always)
    always.get_by_role("button", name="Log out").click()

    ask_as_tove(always, demo)
    always.get_by_role("button", name="Your phone asks you").click()
    always.get_by_role("button", name="Ask again now").click()
    expect(always.locator("[data-waiting]")).to_contain_text("no answer yet")
    answer_on_the_phone(always, "Deny")
    alert = always.get_by_role("alert")
    expect(alert).to_contain_text("Somebody said no on your phone.", timeout=SOON_S * 1000)

    always.get_by_role("button", name="Recovery code").click()
    type_code(always, "WRONG CODE OF NOBODY")
    expect(alert).to_contain_text("That is not your recovery code.")
    type_code(always, recovery_code)
    assert recovery_code != keep_recovery_code(always)
    expect(always.get_by_role("heading", name="Hello, Tove Lind")).to_be_visible()


def test_login_when_five_codes_are_wrong_begins_anew(always: Page, demo: Demo) -> None:
    """The login that waited has ended, which the login page says; the address is kept there."""
    log_in(always, "Employees", MARCUS, demo.secrets["DEMO_PASSWORD_MARCUS"])
    for _ in range(5):
        type_code(always, "000000")
        expect(always.get_by_role("alert")).to_contain_text("That code is not right.")
    type_code(always, "000000")

    expect(always.get_by_role("alert")).to_contain_text("This login cannot go on.")
    expect(always.get_by_label("E-mail address")).to_have_value(MARCUS)


def test_renewal_when_everybody_is_asked_wants_a_factor_too(always: Page, demo: Demo) -> None:
    """A session is renewed with a second factor, as at Auth0, and goes on."""
    began_s = time.time()
    log_in(always, "Employees", ANN, demo.secrets["DEMO_PASSWORD_ANN_AT_WORK"])
    type_code(always, code_sent(always, ANN, began_s))
    wait_for_expiry(always)
    began_s = time.time()
    always.get_by_role("button", name="Call the API", exact=True).click()
    expect(always.get_by_role("heading", name="One more step to go on")).to_be_visible()
    type_code(always, code_sent(always, ANN, began_s))

    expect(always.locator("[data-refreshes]")).to_have_text("1")


def test_unusual_login_alone_is_asked_when_the_policy_says_so(page: Page, demo: Demo) -> None:
    """A browser is asked once, not again, and once more when it comes from elsewhere."""
    password = demo.secrets["DEMO_PASSWORD_JONAS"]
    demand(page, "When a login looks unusual")
    for _ in range(2):
        began_s = time.time()
        log_in(page, "Customers", JONAS, password)
        type_code(page, code_sent(page, JONAS, began_s))
        page.get_by_role("button", name="Log out").click()
        log_in(page, "Customers", JONAS, password)
        expect(page.get_by_role("heading", name="Hello, Jonas Berg")).to_be_visible()
        page.get_by_role("button", name="Log out").click()
        page.goto("/policy")
        page.get_by_role("button", name="Pretend to be elsewhere").or_(
            page.get_by_role("button", name="Come back")
        ).click()
        expect(page.locator("[data-changed]")).to_be_visible()
    demand(page, NEVER)


def test_own_factors_when_unlocked_can_be_added_and_deleted(page: Page, demo: Demo) -> None:
    """The password opens the page; an app is set up, listed, and deleted again."""
    log_in(page, "Employees", MARCUS, demo.secrets["DEMO_PASSWORD_MARCUS"])
    page.get_by_role("link", name="Your second factors").click()
    page.get_by_label("Password").fill("not his password")
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("That is not your password.")
    page.get_by_label("Password").fill(demo.secrets["DEMO_PASSWORD_MARCUS"])
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.locator("[data-owned]")).to_have_count(1)
    page.get_by_role("button", name="Set up the app").click()
    page.get_by_role("button", name=APP).click()
    type_code(page, code_of_the_app(page, MARCUS))
    keep_recovery_code(page)

    expect(page.locator("[data-owned=totp]")).to_be_visible()
    for name in ("Authenticator app", "Recovery code"):
        page.get_by_role("button", name=f"Delete: {name}").click()
    expect(page.locator("[data-owned]")).to_have_count(1)
    page.get_by_role("button", name="Delete: E-mail").click()
    expect(page.get_by_role("alert")).to_contain_text("the verified address of your account")


def test_policy_page_when_a_factor_is_off_offers_it_no_more(always: Page, demo: Demo) -> None:
    """Without text messages somebody who has nothing sets up an app or a phone."""
    start_over(always, "tove")
    always.get_by_role("button", name="Turn off: Text message").click()
    expect(always.locator("[data-factor=sms]")).to_contain_text("Off")
    ask_as_tove(always, demo)

    expect(always.locator("[data-kind]")).to_have_count(2)
    always.goto("/policy")
    always.get_by_role("button", name="Turn on: Text message").click()
    expect(always.locator("[data-factor=sms]")).to_contain_text("On")


def test_step_without_javascript_works(always: Page, demo: Demo) -> None:
    """Only the look at the phone needs a button then."""
    start_over(always, "tove")
    context = always.context.browser
    assert context is not None
    plain = context.new_context(base_url=demo.url, java_script_enabled=False).new_page()
    ask_as_tove(plain, demo)
    plain.get_by_role("button", name="Set up the phone").click()
    plain.get_by_role("button", name=PHONE).click()
    answer_on_the_phone(plain, "Approve")
    plain.get_by_role("button", name="Ask again now").click()

    keep_recovery_code(plain)
    plain.context.close()
