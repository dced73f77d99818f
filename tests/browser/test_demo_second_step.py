"""The second factor in the demo, with a login server that answers as a test wants."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import httpx
import pytest

from demo.app.assembly import create
from tests.browser.test_demo_problems import SETTINGS, World, log_in, no_answer, post, refusal

MFA_TOKEN = "Fe26.2**a-login-that-waits-for-more-than-a-password"
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
RECOVERY = "ABCDEFGHJKLMNPQRSTUVWXYZ"
OOB = "Fe26.2**a-code-that-is-on-its-way-to-somebody-who-waits"
OWNED = [
    {"id": "totp|dev_1", "authenticator_type": "otp", "active": True},
    {"id": "push|dev_2", "authenticator_type": "oob", "active": True, "oob_channel": "auth0"},
    {"id": "totp|dev_3", "authenticator_type": "otp", "active": False},
]
NOW = {
    "enroll": [{"type": "otp"}, {"type": "push-notification"}],
    "challenge": [{"type": "otp"}, {"type": "push-notification"}],
}


@dataclass
class Server(World):
    """A login server that wants a second factor.

    Attributes:
        needs: Whether one is to be set up or shown.
        code_trouble: What it says to a code, to an enrolment, or to a challenge.
    """

    needs: str = "challenge"
    code_trouble: Callable[[], httpx.Response] | None = None
    paths: list[str] = field(default_factory=list)

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer as the server."""
        if request.url.host == "api.example":
            return await super().answer(request)
        self.paths.append(f"{request.method} {request.url.path}")
        if request.url.path == "/mfa/authenticators":
            assert f"Bearer {MFA_TOKEN}" == request.headers["authorization"]
            return httpx.Response(200, json=OWNED)
        if request.url.path.startswith("/mfa/"):
            return self.code_trouble() if self.code_trouble else self.began(request)
        form = dict(httpx.QueryParams(request.content.decode()))
        self.asked.append(form)
        if "mfa_token" not in form:
            body = {"error": "mfa_required", "mfa_token": MFA_TOKEN}
            return httpx.Response(
                403, json={**body, "mfa_requirements": {self.needs: NOW[self.needs]}}
            )
        return self.code_trouble() if self.code_trouble else httpx.Response(200, json=self.tokens())

    def began(self, request: httpx.Request) -> httpx.Response:
        """Answer an enrolment or a challenge."""
        body = json.loads(request.content)
        if request.url.path == "/mfa/challenge":
            is_app = body["authenticator_id"].startswith("totp")
            made = {"challenge_type": "otp"} if is_app else {"oob_code": OOB}
            return httpx.Response(200, json=made)
        uri = f"otpauth://totp/Pine:ann?secret={SEED}"
        made = {"secret": SEED, "barcode_uri": uri, "recovery_codes": [RECOVERY]}
        return httpx.Response(200, json=made)


@pytest.fixture
def server() -> Server:
    """The server that the application asks."""
    return Server()


@pytest.fixture
async def person(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a window."""
    app = create(SETTINGS, httpx.MockTransport(server.answer))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://localhost:3000", follow_redirects=True
    ) as client:
        yield client


async def choose(person: httpx.AsyncClient, authenticator: str = "totp|dev_1") -> httpx.Response:
    """Log in, and choose a factor."""
    await log_in(person)
    return await act(person, "choose", authenticator=authenticator)


async def act(person: httpx.AsyncClient, what: str, **form: str) -> httpx.Response:
    """Do something on the page of the second factor."""
    return await post(person, f"/second-factor/{what}", "/second-factor", **form)


EXPIRED = refusal(401, "expired_token", "mfa_token is expired")
TOO_MANY = refusal(429, "too_many_attempts", "Too many failed codes.", **{"Retry-After": "360"})


@pytest.mark.parametrize(
    ("trouble", "status", "words"),
    [
        (refusal(403, "invalid_grant", "Invalid otp_code."), 403, "That code is not right."),
        (refusal(403, "invalid_grant", "Malformed oob_code"), 403, "That code is no longer good."),
        (TOO_MANY, 429, "Please try again in <strong>6 minutes</strong>"),
        (EXPIRED, 401, "That took longer than ten minutes."),
        (refusal(403, "invalid_grant", "Malformed mfa_token"), 403, "This login cannot go on."),
        (refusal(503, "temporarily_unavailable"), 503, "very busy right now"),
        (no_answer, 503, "We cannot reach our login service."),
        (lambda: httpx.Response(200, text="<html>"), 502, "Something is wrong on our side."),
    ],
    ids=["wrong", "old", "too many", "expired", "over", "busy", "away", "broken"],
)
async def test_code_when_refused_says_why_in_plain_words(
    person: httpx.AsyncClient,
    server: Server,
    trouble: Callable[[], httpx.Response],
    status: int,
    words: str,
) -> None:
    """Each refusal of a code has its own words, and an alert that screen readers announce."""
    await choose(person)
    server.code_trouble = trouble

    page = await act(person, "code", code="123456")

    assert status == page.status_code
    assert words in page.text
    assert 'role="alert"' in page.text


@pytest.mark.parametrize("trouble", [EXPIRED, refusal(403, "invalid_grant", "Malformed mfa_token")])
async def test_login_when_ended_begins_with_the_password(
    person: httpx.AsyncClient, server: Server, trouble: Callable[[], httpx.Response]
) -> None:
    """What cannot go on leads to the login form, which keeps the address."""
    await choose(person)
    server.code_trouble = trouble

    page = await act(person, "code", code="123456")

    assert "Welcome back" in page.text
    assert 'value="ann@pine.example"' in page.text
    assert "Welcome back" in (await person.get("/second-factor")).text


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (refusal(400, "authorization_pending"), "Asked 1 time: no answer yet."),
        (refusal(429, "slow_down"), "One moment: that was too often."),
        (refusal(400, "access_denied", "MFA Authorization rejected."), "Somebody said no"),
    ],
    ids=["pending", "too fast", "denied"],
)
async def test_phone_when_it_has_not_said_yes_is_told(
    person: httpx.AsyncClient, server: Server, trouble: Callable[[], httpx.Response], words: str
) -> None:
    """Waiting, asking too fast and a no are three things; none of them ends the login."""
    await choose(person, "push|dev_2")
    server.code_trouble = trouble

    page = await act(person, "look")

    assert words in page.text
    assert "One more step" in page.text


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (refusal(429, "too_many_attempts"), "We have sent you enough for now."),
        (refusal(401, "unsupported_challenge_type"), "You cannot use that here."),
        (EXPIRED, "That took longer than ten minutes."),
    ],
    ids=["too many", "off", "expired"],
)
async def test_challenge_when_refused_says_why(
    person: httpx.AsyncClient, server: Server, trouble: Callable[[], httpx.Response], words: str
) -> None:
    """A code that was not sent is told where one can choose again."""
    await log_in(person)
    server.code_trouble = trouble

    assert words in (await act(person, "choose", authenticator="push|dev_2")).text


async def test_choice_lists_what_is_proved_and_asks_nobody(
    person: httpx.AsyncClient, server: Server
) -> None:
    """An authenticator that was never proved is no choice; one of somebody else is none either."""
    page = await log_in(person)

    assert 'value="totp|dev_1"' in page.text
    assert 'value="totp|dev_3"' not in page.text
    answer = await act(person, "choose", authenticator="sms|dev_9")
    assert "You cannot use that here." in answer.text
    assert "POST /mfa/challenge" not in server.paths


async def test_choice_when_remembered_is_asked_for_at_once(
    person: httpx.AsyncClient, server: Server
) -> None:
    """The next login in this browser skips the choice, and offers the other ways."""
    await choose(person)
    await act(person, "code", code="123456")
    await post(person, "/logout", "/")
    page = await log_in(person)

    assert "You chose this in this browser before." in page.text
    assert "Use another way" in page.text
    assert 2 == server.paths.count("POST /mfa/challenge")


async def test_app_when_set_up_shows_its_secret_once(
    person: httpx.AsyncClient, server: Server
) -> None:
    """Picture and text while it is set up; afterwards nobody here knows the secret."""
    server.needs = "enroll"
    await log_in(person)
    page = await act(person, "set-up", kind="totp")
    assert "<svg" in page.text
    assert "JBSW Y3DP" in page.text
    page = await act(person, "code", code="123456")
    assert "ABCD EFGH JKLM NPQR STUV WXYZ" in page.text
    home = await post(person, "/recovery-code", "/recovery-code")

    assert "Hello" in home.text
    for secret in (SEED, "JBSW Y3DP", RECOVERY, "ABCD EFGH", MFA_TOKEN, "123456"):
        assert secret not in home.text


async def test_pages_show_what_was_said_without_secrets(
    person: httpx.AsyncClient, server: Server
) -> None:
    """The record names each request and each answer, and holds nothing that opens anything."""
    server.needs = "enroll"
    await log_in(person)
    page = await act(person, "set-up", kind="totp")
    record = page.text[page.text.index("What our server and the login service said") :]

    assert "POST /mfa/associate" in record
    assert "mfa_required" in record
    for secret in (SEED, RECOVERY, MFA_TOKEN, SETTINGS.client_secret, "correct horse"):
        assert secret not in record


async def test_step_when_a_stranger_posts_is_refused(
    person: httpx.AsyncClient, server: Server
) -> None:
    """No other site can send a code through somebody's browser, nor end the login."""
    await choose(person)
    for what in ("choose", "set-up", "code", "look", "pocket", "scan", "back", "give-up"):
        answer = await person.post(
            f"/second-factor/{what}", data={"seal": ""}, headers={"Origin": "http://evil.example"}
        )
        assert 403 == answer.status_code
    assert 1 == len(server.asked)


async def test_login_when_a_step_waits_opens_no_session(person: httpx.AsyncClient) -> None:
    """Before the second factor nothing behind the login can be reached."""
    await log_in(person)

    for path in ("/", "/factors", "/recovery-code"):
        assert "Welcome back" in (await person.get(path)).text


async def test_cookie_when_the_factor_was_right_is_a_new_one(person: httpx.AsyncClient) -> None:
    """The cookie of the login that waited opens nothing: it may be known to somebody."""
    await choose(person)
    waiting = person.cookies["harbour_session"]
    await act(person, "code", code="123456")

    assert waiting != person.cookies["harbour_session"]
