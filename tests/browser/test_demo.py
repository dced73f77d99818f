"""The demo, used as a person uses it."""

import re

from playwright.sync_api import Page, expect

from tests.browser.running import Demo

ANN = "ann.hale@pine.example"
MARCUS = "marcus.oye@pine.example"
VICTOR = "victor.lund@pine.example"
JONAS = "jonas.berg@mail.example"
WRONG = "That e-mail address and password do not match."


def log_in(page: Page, realm: str, email: str, password: str) -> None:
    """Fill in the form and send it."""
    page.goto("/login")
    page.get_by_label("Account type").select_option(realm)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def log_in_ann(page: Page, demo: Demo) -> None:
    """Log in as the employee Ann and wait for her page."""
    log_in(page, "Employees", ANN, demo.secrets["DEMO_PASSWORD_ANN_AT_WORK"])
    expect(page.get_by_role("heading", name="Hello, Ann Hale")).to_be_visible()


def wait_for_expiry(page: Page) -> None:
    """Wait until the page itself says that the access token has expired."""
    expect(page.locator(".count")).to_have_class(re.compile("is-over"), timeout=10_000)


def test_login_when_employee_shows_the_timesheet(page: Page, demo: Demo) -> None:
    """An employee sees who is logged in, the token's claims and the API's data."""
    log_in_ann(page, demo)

    expect(page.locator("[data-realm]")).to_have_text("Employees")
    expect(page.locator("[data-email]")).to_have_text(ANN)
    expect(page.locator("[data-status]")).to_have_attribute("data-status", "200")
    expect(page.get_by_role("cell", name=re.compile("^Mon "))).to_be_visible()
    expect(page.locator(".token").first).to_contain_text(f"https://{demo.domain}/")
    expect(page.locator(".token").first).to_contain_text("https://api.harbourpine.example")


def test_login_when_customer_shows_the_orders(page: Page, demo: Demo) -> None:
    """A customer logs in with another realm's password and sees orders."""
    log_in(page, "Customers", JONAS, demo.secrets["DEMO_PASSWORD_JONAS"])

    expect(page.locator("[data-realm]")).to_have_text("Customers")
    expect(page.get_by_role("cell", name=re.compile("^HP-")).first).to_be_visible()


def test_login_when_one_email_in_two_realms_is_two_people(page: Page, demo: Demo) -> None:
    """The same address in two realms has two passwords and two `sub`s."""
    log_in_ann(page, demo)
    at_work = page.locator("[data-sub]").inner_text()
    page.get_by_role("button", name="Log out").click()
    log_in(page, "Customers", ANN, demo.secrets["DEMO_PASSWORD_ANN_AT_HOME"])
    expect(page.locator("[data-realm]")).to_have_text("Customers")

    assert at_work != page.locator("[data-sub]").inner_text()


def test_login_when_password_of_other_realm_is_refused(page: Page, demo: Demo) -> None:
    """A password is good in its own realm only."""
    log_in(page, "Customers", ANN, demo.secrets["DEMO_PASSWORD_ANN_AT_WORK"])

    expect(page.get_by_role("alert")).to_contain_text(WRONG)


def test_login_when_user_unknown_reads_as_wrong_password(page: Page) -> None:
    """Unknown user and wrong password are told in exactly the same words."""
    log_in(page, "Employees", ANN, "not her password")
    wrong_password = page.get_by_role("alert").inner_text()
    log_in(page, "Employees", "nobody@pine.example", "not her password")

    assert wrong_password == page.get_by_role("alert").inner_text()
    assert WRONG in wrong_password


def test_login_when_refused_keeps_the_email_and_not_the_password(page: Page) -> None:
    """After a refusal only the password must be typed again, and the cursor waits there."""
    log_in(page, "Customers", ANN, "not her password")

    expect(page.get_by_label("E-mail address")).to_have_value(ANN)
    expect(page.get_by_label("Account type")).to_have_value("Customers")
    expect(page.get_by_label("Password")).to_have_value("")
    expect(page.get_by_label("Password")).to_be_focused()


def test_login_when_user_blocked_says_so(page: Page, demo: Demo) -> None:
    """A blocked user with the right password learns that the account is blocked."""
    log_in(page, "Employees", VICTOR, demo.secrets["DEMO_PASSWORD_VICTOR"])

    expect(page.get_by_role("alert")).to_contain_text("This account is blocked.")


def test_login_when_realm_unknown_names_the_list(page: Page) -> None:
    """A realm that does not exist is told as a kind of account that cannot log in."""
    page.goto("/login")
    page.locator("option").first.evaluate("option => option.value = 'Suppliers'")
    page.get_by_label("E-mail address").fill(ANN)
    page.get_by_label("Password").fill("whatever")
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_role("alert")).to_contain_text("This kind of account cannot log in here.")
    expect(page.get_by_role("alert")).to_contain_text("Unknown realm Suppliers.")


def test_api_when_scope_not_granted_is_forbidden(page: Page, demo: Demo) -> None:
    """An employee's token is good, but not for orders: 403 with the scope in the challenge."""
    log_in_ann(page, demo)
    page.get_by_role("button", name="Orders").click()

    expect(page.locator("[data-status]")).to_have_attribute("data-status", "403")
    expect(page.get_by_role("alert")).to_contain_text("Your account may not see this.")
    expect(page.locator("#answer pre").first).to_contain_text('error="insufficient_scope"')
    expect(page.locator("#answer pre").first).to_contain_text('scope="read:orders"')


def test_api_when_only_a_manager_may_lets_the_manager(page: Page, demo: Demo) -> None:
    """The report needs a permission that one role brings."""
    log_in(page, "Employees", MARCUS, demo.secrets["DEMO_PASSWORD_MARCUS"])
    page.get_by_role("button", name="Monthly report").click()

    expect(page.locator("[data-status]")).to_have_attribute("data-status", "200")
    expect(page.get_by_role("cell", name="Quay Street")).to_be_visible()


def test_access_token_when_expired_is_refreshed_visibly(page: Page, demo: Demo) -> None:
    """The next call after expiry exchanges the refresh token, says so, and gets data."""
    log_in_ann(page, demo)
    expect(page.locator("[data-refreshes]")).to_have_text("0")
    wait_for_expiry(page)
    page.get_by_role("button", name="Call the API", exact=True).click()

    expect(page.locator("[data-refreshed]")).to_contain_text("refresh token was exchanged")
    expect(page.locator("[data-refreshes]")).to_have_text("1")
    expect(page.locator("[data-status]")).to_have_attribute("data-status", "200")


def test_refresh_when_repeated_rotates_each_time(page: Page, demo: Demo) -> None:
    """Each exchange brings the next refresh token, so a session outlives many access tokens."""
    log_in_ann(page, demo)
    for exchange in ("1", "2"):
        wait_for_expiry(page)
        page.get_by_role("button", name="Call the API", exact=True).click()
        expect(page.locator("[data-refreshes]")).to_have_text(exchange)


def test_api_when_token_old_is_unauthorized(page: Page, demo: Demo) -> None:
    """An expired access token gets 401 `invalid_token`, and the session goes on."""
    log_in_ann(page, demo)
    wait_for_expiry(page)
    page.get_by_role("button", name="Call the API with the old token").click()

    expect(page.locator("[data-status]")).to_have_attribute("data-status", "401")
    expect(page.get_by_role("alert")).to_contain_text("The API turned the old token down.")
    expect(page.locator("#answer pre").first).to_contain_text('error="invalid_token"')
    page.get_by_role("button", name="Call the API", exact=True).click()
    expect(page.locator("[data-status]")).to_have_attribute("data-status", "200")


def test_session_when_revoked_elsewhere_ends_at_expiry(page: Page, demo: Demo) -> None:
    """A revoked session is told as ended, once its last access token has expired."""
    log_in_ann(page, demo)
    page.get_by_role("button", name="End this session from elsewhere").click()
    expect(page.get_by_text("The refresh token of this session has been revoked.")).to_be_visible()
    wait_for_expiry(page)
    page.get_by_role("button", name="Call the API", exact=True).click()

    expect(page.get_by_role("heading", name="Your session was ended.")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("button", name="Log in")).to_be_visible()


def test_logout_ends_the_session(page: Page, demo: Demo) -> None:
    """After logging out the page behind the login is closed, also to the old cookie."""
    log_in_ann(page, demo)
    cookie = page.context.cookies()[0]
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("status")).to_contain_text("your refresh token was revoked")
    page.context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": demo.url}])
    page.goto("/")

    expect(page.get_by_role("button", name="Log in")).to_be_visible()


def test_login_without_javascript_works(page: Page, demo: Demo) -> None:
    """Only the countdown needs a script."""
    context = page.context.browser
    assert context is not None
    plain = context.new_context(base_url=demo.url, java_script_enabled=False).new_page()
    log_in_ann(plain, demo)

    expect(plain.get_by_text("Expires at")).to_be_visible()
    plain.context.close()
