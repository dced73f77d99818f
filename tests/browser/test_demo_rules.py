"""The demo's rules, read and tried as a person does."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.running import Demo
from tests.browser.test_demo import JONAS, log_in, log_in_ann, wait_for_expiry

ANN = "ann.hale@pine.example"
RULES = ("Add the department", "Closed at weekends", "Second factor outside the office")
WEEKEND, OUTSIDE = "Pretend it is the weekend", "Pretend you are outside the office"


@pytest.fixture
def rules(page: Page) -> Iterator[Page]:
    """The page of the rules; afterwards nothing is pretended and all of them run."""
    page.goto("/rules")
    yield page
    page.goto("/rules")
    for name in ("Stop pretending", "Turn on"):
        while page.get_by_role("button", name=name).count():
            page.get_by_role("button", name=name).first.click()
            expect(page.locator("[data-changed]")).to_be_visible()


def press(page: Page, button: str) -> None:
    """Press a button of the page of the rules, and wait until it was obeyed."""
    page.get_by_role("button", name=button).click()
    expect(page.locator("[data-changed]")).to_contain_text("obeys within a second")


def ask_for_ann(page: Page, demo: Demo) -> None:
    """Send the employee Ann's right password."""
    log_in(page, "Employees", ANN, demo.secrets["DEMO_PASSWORD_ANN_AT_WORK"])


def test_rules_page_lists_them_in_order(rules: Page) -> None:
    """All three are listed in the order in which they run, each with its script, and each on."""
    expect(rules.locator("[data-rule] h2")).to_have_text(list(RULES))
    expect(rules.locator(".script").nth(1)).to_contain_text("new UnauthorizedError(message)")
    expect(rules.get_by_role("button", name="Turn off")).to_have_count(3)
    expect(rules.locator("[data-rule]").nth(2)).to_contain_text("127.0.0.0/8, ::1")


def test_rules_page_can_be_reached_from_both_sides_of_the_login(page: Page, demo: Demo) -> None:
    """The login page links to the rules, and so do the page behind it and the claim they made."""
    page.goto("/login")
    page.get_by_role("link", name="read and try them").click()
    expect(page.get_by_role("heading", name="The rules of this login")).to_be_visible()
    log_in_ann(page, demo)
    expect(page.get_by_role("link", name="Rules")).to_have_attribute("href", "/rules")
    page.get_by_role("link", name="Put there by a rule").first.click()
    expect(page.get_by_role("heading", name="The rules of this login")).to_be_visible()


def test_claim_of_a_rule_is_in_both_tokens_and_marked(page: Page, demo: Demo) -> None:
    """The department stands in access and ID token, told apart from what the server put there."""
    log_in_ann(page, demo)
    page.get_by_text("The ID token, decoded").click()

    claims = page.locator("[data-by-rule]")
    expect(claims).to_have_count(2)
    for claim in claims.all():
        expect(claim).to_contain_text("https://pine.example/department")
        expect(claim).to_contain_text("Joinery")
        expect(claim).to_contain_text("Put there by a rule")


def test_claim_of_a_customer_names_who_looks_after_them(page: Page, demo: Demo) -> None:
    """The rule reads the realm too: a customer belongs to customer care."""
    log_in(page, "Customers", JONAS, demo.secrets["DEMO_PASSWORD_JONAS"])

    expect(page.locator("[data-by-rule]").first).to_contain_text("Customer care")


def test_rule_when_turned_off_runs_no_more(rules: Page, demo: Demo) -> None:
    """Without the first rule the tokens have no department."""
    rules.locator("[data-rule='Add the department']").get_by_role("button").click()
    expect(rules.locator("[data-rule='Add the department']")).to_contain_text("Off")
    log_in_ann(rules, demo)

    expect(rules.locator("[data-by-rule]")).to_have_count(0)


def test_weekend_when_pretended_turns_employees_away(rules: Page, demo: Demo) -> None:
    """A right password is answered with the rule's own words, and with the way to the rules."""
    press(rules, WEEKEND)
    expect(rules.locator("[data-pretended=weekend]")).to_be_visible()
    ask_for_ann(rules, demo)

    expect(rules.get_by_role("alert")).to_contain_text("A rule of the house says no.")
    expect(rules.get_by_role("alert")).to_contain_text(
        re.compile(r"The workshop is closed on \w+day\. Enjoy your day off!")
    )
    rules.get_by_role("link", name="See the rules of this login").click()
    press(rules, "Stop pretending")
    log_in_ann(rules, demo)


def test_weekend_when_pretended_lets_customers_in(rules: Page, demo: Demo) -> None:
    """The rule is for employees only."""
    press(rules, WEEKEND)
    log_in(rules, "Customers", JONAS, demo.secrets["DEMO_PASSWORD_JONAS"])

    expect(rules.locator("[data-realm]")).to_have_text("Customers")


def test_weekend_when_a_session_is_renewed_keeps_it_for_later(rules: Page, demo: Demo) -> None:
    """A renewal is turned away too, in the same words; the session goes on after the weekend."""
    log_in_ann(rules, demo)
    rules.goto("/rules")
    press(rules, WEEKEND)
    rules.goto("/")
    wait_for_expiry(rules)
    rules.get_by_role("button", name="Call the API", exact=True).click()
    expect(rules.get_by_role("alert")).to_contain_text("The workshop is closed on")
    rules.goto("/rules")
    press(rules, "Stop pretending")
    rules.goto("/")
    rules.get_by_role("button", name="Call the API", exact=True).click()

    expect(rules.locator("[data-status]")).to_have_attribute("data-status", "200")
    expect(rules.locator("[data-refreshes]")).to_have_text("1")


def test_outside_when_pretended_wants_a_second_factor(rules: Page, demo: Demo) -> None:
    """A password is not enough there: the demo asks for a code, and shows what it was answered."""
    press(rules, OUTSIDE)
    ask_for_ann(rules, demo)

    expect(rules.get_by_role("heading", name="One more step")).to_be_visible()
    rules.get_by_text("What our server and the login service said").click()
    expect(rules.locator(".wire-log")).to_contain_text('"error": "mfa_required"')
    rules.goto("/rules")
    press(rules, "Stop pretending")
    log_in_ann(rules, demo)


def test_outside_when_a_session_is_renewed_asks_for_nothing(rules: Page, demo: Demo) -> None:
    """Nobody sits in front of a renewal: the rule lets it pass."""
    log_in_ann(rules, demo)
    rules.goto("/rules")
    press(rules, OUTSIDE)
    rules.goto("/")
    wait_for_expiry(rules)
    rules.get_by_role("button", name="Call the API", exact=True).click()

    expect(rules.locator("[data-refreshed]")).to_be_visible()


def test_rules_page_when_logged_in_leads_to_another_login(rules: Page, demo: Demo) -> None:
    """One button logs out and shows the form, since only a new login shows what was changed."""
    log_in_ann(rules, demo)
    rules.goto("/rules")
    rules.get_by_role("button", name="Log out, and in again").click()

    expect(rules.get_by_role("button", name="Log in")).to_be_visible()


def test_rules_page_without_javascript_works(rules: Page, demo: Demo) -> None:
    """The switches are plain forms."""
    context = rules.context.browser
    assert context is not None
    plain = context.new_context(base_url=demo.url, java_script_enabled=False).new_page()
    plain.goto("/rules")
    press(plain, WEEKEND)
    press(plain, "Stop pretending")

    expect(plain.get_by_role("button", name=WEEKEND)).to_be_visible()
    plain.context.close()
