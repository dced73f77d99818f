"""Problems the demo application must tell well, made by a login server that has them."""

import asyncio
import base64
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import httpx
import pytest

from demo.app.assembly import create
from demo.app.settings import Settings

SETTINGS = Settings(
    domain="login.example",
    client_id="demo",
    client_secret="s3cret",
    office_id="office",
    office_secret="0ffice",
    closed_days="none",
    office_networks="127.0.0.0/8",
    audience="https://api.example",
    api_url="http://api.example",
    realms=("Employees", "Customers"),
    ca_cert="/ca.pem",
    secret_file="/demo.env",
)
PASSWORD = "correct horse"
NO_FACTOR = "A second factor is required, and there is none that could be used."


def a_jwt(**claims: object) -> str:
    """Return a token with these claims; the application reads tokens, the API verifies them."""
    parts = ({"alg": "RS256"}, claims)
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts)
    return ".".join([*(part.rstrip("=") for part in encoded), "signature"])


@dataclass
class World:
    """A login server and an API behind one transport, each with the trouble a test gives it."""

    lifetime_s: int = 60
    audience_of_id_token: str = "demo"
    trouble: Callable[[], httpx.Response] | None = None
    api_trouble: Callable[[], httpx.Response] | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer as the server whose address was asked."""
        await asyncio.sleep(0)
        if request.url.host == "api.example":
            ok = httpx.Response(200, json={"rows": [], "week_of": "2026-11-16", "total_hours": 0})
            return self.api_trouble() if self.api_trouble else ok
        self.asked.append(dict(httpx.QueryParams(request.content.decode())))
        self.addresses.append(request.headers["auth0-forwarded-for"])
        return self.trouble() if self.trouble else httpx.Response(200, json=self.tokens())

    def tokens(self) -> dict[str, object]:
        """Return a good answer of the token endpoint."""
        now = int(time.time())
        return {
            "access_token": a_jwt(iat=now, exp=now + self.lifetime_s),
            "id_token": a_jwt(
                iss=SETTINGS.issuer, aud=self.audience_of_id_token, sub="auth0|1", exp=now + 3600
            ),
            "refresh_token": f"refresh-{len(self.asked)}",
            "scope": "openid read:timesheets",
        }


@pytest.fixture
def world() -> World:
    """Everything the application talks to."""
    return World()


@pytest.fixture
async def person(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a window."""
    app = create(SETTINGS, httpx.MockTransport(world.answer))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://localhost:3000", follow_redirects=True
    ) as client:
        yield client


async def post(person: httpx.AsyncClient, path: str, page: str, **form: str) -> httpx.Response:
    """Post a form of the given page, with the seal that page carries."""
    seal = re.search(r'name="seal" value="([^"]+)"', (await person.get(page)).text)
    assert seal is not None
    sealed = {"seal": seal[1], **form}
    return await person.post(path, data=sealed, headers={"Origin": "http://localhost:3000"})


async def log_in(person: httpx.AsyncClient, password: str = PASSWORD) -> httpx.Response:
    """Send the login form."""
    form = {"email": "ann@pine.example", "password": password, "realm": "Employees"}
    return await post(person, "/login", "/login", **form)


def refusal(
    status: int, error: str, /, why: str = "the reason", **headers: str
) -> Callable[[], httpx.Response]:
    """Return a maker of the login server's refusal."""
    body = {"error": error, "error_description": why}
    return lambda: httpx.Response(status, json=body, headers=headers)


def no_answer() -> httpx.Response:
    """Behave as a server that is not there."""
    raise httpx.ConnectError("nobody listens")


@pytest.mark.parametrize(
    ("trouble", "status", "words"),
    [
        (refusal(403, "invalid_grant"), 403, "password do not match"),
        (refusal(401, "unauthorized", "user is blocked"), 403, "This account is blocked."),
        (refusal(401, "unauthorized", "We are closed."), 403, "<p>We are closed.</p>"),
        (refusal(403, "access_denied", NO_FACTOR), 403, "there is none you could show"),
        (refusal(400, "invalid_request"), 400, "This kind of account cannot log in here."),
        (refusal(429, "too_many_attempts"), 429, "Too many attempts."),
        (
            refusal(429, "too_many_attempts", **{"Retry-After": "2592000"}),
            429,
            "Too many wrong passwords.",
        ),
        (refusal(401, "password_leaked"), 401, "This password is not safe any more."),
        (refusal(401, "requires_verification"), 401, "not sure that you are a person"),
        (refusal(503, "temporarily_unavailable"), 503, "very busy right now"),
        (refusal(403, "access_denied"), 403, "turned this login down"),
        (refusal(401, "access_denied"), 502, "Something is wrong on our side."),
        (refusal(403, "unauthorized_client"), 502, "Something is wrong on our side."),
        (refusal(500, "server_error"), 502, "Something is wrong on our side."),
        (lambda: httpx.Response(200, text="<html>"), 502, "Something is wrong on our side."),
        (no_answer, 503, "We cannot reach our login service."),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_login_when_refused_says_why_in_plain_words(
    person: httpx.AsyncClient,
    world: World,
    trouble: Callable[[], httpx.Response],
    status: int,
    words: str,
) -> None:
    """Each kind of refusal has its own words, and an alert that screen readers announce."""
    world.trouble = trouble

    answer = await log_in(person)

    assert status == answer.status_code
    assert words in answer.text
    assert 'role="alert"' in answer.text
    assert PASSWORD not in answer.text


@pytest.mark.parametrize("status", [429, 503])
async def test_login_when_told_to_wait_says_how_long(
    person: httpx.AsyncClient, world: World, status: int
) -> None:
    """`Retry-After` reaches the reader, in words and as a header."""
    world.trouble = refusal(status, "too_many_attempts", **{"Retry-After": "42"})

    answer = await log_in(person)

    assert "42" == answer.headers["retry-after"]
    assert "42 seconds" in answer.text


async def test_login_when_shut_for_days_names_no_time(
    person: httpx.AsyncClient, world: World
) -> None:
    """Nobody waits thirty days in front of a page: it says what opens the account instead."""
    world.trouble = refusal(429, "too_many_attempts", **{"Retry-After": "2592000"})

    answer = await log_in(person)

    assert "a link that" in answer.text
    assert "Please try again in" not in answer.text
    assert "retry-after" not in answer.headers


async def test_login_when_password_empty_asks_nobody(
    person: httpx.AsyncClient, world: World
) -> None:
    """An empty field is told without asking the login server."""
    answer = await log_in(person, password="")

    assert "Please fill in" in answer.text
    assert [] == world.asked


async def test_login_sends_realm_and_the_browsers_address(
    person: httpx.AsyncClient, world: World
) -> None:
    """The server learns the realm that was chosen and the address to count guesses against."""
    await log_in(person)

    assert "http://auth0.com/oauth/grant-type/password-realm" == world.asked[0]["grant_type"]
    assert "Employees" == world.asked[0]["realm"]
    assert ["127.0.0.1"] == world.addresses


async def test_login_when_id_token_is_for_another_client_is_refused(
    person: httpx.AsyncClient, world: World
) -> None:
    """An ID token with a foreign audience logs nobody in (OpenID Connect Core §3.1.3.7)."""
    world.audience_of_id_token = "another application"

    answer = await log_in(person)

    assert 502 == answer.status_code


async def test_page_never_shows_the_refresh_token(person: httpx.AsyncClient) -> None:
    """The refresh token and the client secret stay on the server."""
    page = await log_in(person)

    assert "Hello" in page.text
    assert "refresh-1" not in page.text
    assert SETTINGS.client_secret not in page.text


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (no_answer, "API is not answering."),
        (lambda: httpx.Response(500, text="oops"), "API has a problem of its own."),
        (refusal(403, "insufficient_scope"), "Your account may not see this."),
    ],
    ids=["away", "broken", "forbidden"],
)
async def test_api_when_in_trouble_leaves_the_session(
    person: httpx.AsyncClient, world: World, trouble: Callable[[], httpx.Response], words: str
) -> None:
    """Whatever the API says, the user stays logged in and reads what happened."""
    world.api_trouble = trouble

    page = await log_in(person)

    assert "Hello" in page.text
    assert words in page.text


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (refusal(503, "temporarily_unavailable"), "very busy right now"),
        (no_answer, "We cannot reach our login service."),
    ],
    ids=["busy", "away"],
)
async def test_refresh_when_server_in_trouble_keeps_the_session(
    person: httpx.AsyncClient, world: World, trouble: Callable[[], httpx.Response], words: str
) -> None:
    """Only a refused refresh token ends a session; a server in trouble does not."""
    world.lifetime_s = 0
    await log_in(person)
    world.trouble = trouble

    page = await post(person, "/call", "/", book="timesheet")

    assert "Hello" in page.text
    assert words in page.text


async def test_refresh_when_two_calls_come_at_once_exchanges_each_token_once(
    person: httpx.AsyncClient, world: World
) -> None:
    """Two tabs never present one rotating token twice: that would retire the whole family."""
    world.lifetime_s = 0
    await log_in(person)

    await asyncio.gather(*(post(person, "/call", "/", book="timesheet") for _ in range(5)))

    presented = [form["refresh_token"] for form in world.asked[1:]]
    assert 5 == len(presented)
    assert len(presented) == len(set(presented))


async def test_logout_when_server_away_says_so(person: httpx.AsyncClient, world: World) -> None:
    """The user is logged out here in any case, and is told what could not be done."""
    await log_in(person)
    world.trouble = no_answer

    page = await post(person, "/logout", "/")

    assert "the login service could not be told" in page.text
    assert "Welcome back" in (await person.get("/")).text
