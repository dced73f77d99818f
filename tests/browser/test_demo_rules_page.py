"""The page of the rules, with a Management API that behaves as a test wants."""

import json
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field

import httpx
import pytest

from demo.app import script_view
from demo.app.assembly import create
from tests.browser.test_demo_problems import SETTINGS, World, log_in, post, refusal

SCRIPT = """\
/**
 * @overview Says <b>no</b>.
 */
function no(user, context, callback) { // </pre><script>alert(1)</script>
  callback(configuration.WORDS + 'no', configuration.CLOSED_DAYS, configuration.WORDS);
}
"""


@dataclass
class Office:
    """A login server whose Management API has one rule."""

    status: int = 200
    away: bool = False
    tokens: int = 0
    done: list[tuple[str, str, object]] = field(default_factory=list)

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer as the server, and note what was changed."""
        if self.away:
            raise httpx.ConnectError("nobody listens")
        body: dict[str, object] = json.loads(request.content or b"{}")
        if request.url.path == "/oauth/token":
            self.tokens += 1
            assert "client_credentials" == body["grant_type"]
            assert "https://login.example/api/v2/" == body["audience"]
            return httpx.Response(200, json={"access_token": "machine", "expires_in": 3600})
        assert "Bearer machine" == request.headers["authorization"]
        if request.method != "GET":
            self.done.append((request.method, request.url.path, body))
        rule = {"id": "rul_1", "name": "No", "script": SCRIPT, "enabled": True, "order": 1}
        return httpx.Response(self.status, json=[rule])


@pytest.fixture
def office() -> Office:
    """The server that the page asks."""
    return Office()


def browsing(
    server: Callable[[httpx.Request], Coroutine[None, None, httpx.Response]],
) -> httpx.AsyncClient:
    """Return a browser without a window, at an application whose servers answer so."""
    app = create(SETTINGS, httpx.MockTransport(server))
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://localhost:3000", follow_redirects=True
    )


@pytest.fixture
async def person(office: Office) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the application of this office."""
    async with browsing(office.answer) as client:
        yield client


async def test_script_when_hostile_is_only_text(person: httpx.AsyncClient) -> None:
    """A script that tries to end its box and to run in the page is shown, letter by letter."""
    page = (await person.get("/rules")).text

    assert "<script>alert" not in page
    assert "&lt;/pre&gt;&lt;script&gt;alert(1)" in page
    assert "Says &lt;b&gt;no&lt;/b&gt;." in page


async def test_refusal_when_a_rule_speaks_html_shows_its_letters() -> None:
    """A rule's words are text on the login page, whatever they look like."""
    world = World(trouble=refusal(401, "unauthorized", "<img src=x>"))
    async with browsing(world.answer) as somebody:
        answer = await log_in(somebody)

    assert "&lt;img src=x&gt;" in answer.text
    assert "<img src=x>" not in answer.text


async def test_configuration_when_never_set_here_says_so(person: httpx.AsyncClient) -> None:
    """Keys are read from the script; values nobody set here are not known, and not made up."""
    page = (await person.get("/rules")).text

    assert "<code>WORDS</code>" in page
    assert "set elsewhere" in page
    assert "<code>none</code>" in page


async def test_page_never_shows_its_secret_or_token(person: httpx.AsyncClient) -> None:
    """What opens the Management API stays on the server."""
    page = (await person.get("/rules")).text

    assert SETTINGS.office_secret not in page
    assert "machine" not in page


async def test_token_is_asked_for_once(person: httpx.AsyncClient, office: Office) -> None:
    """One token serves as long as it lives."""
    await person.get("/rules")
    await person.get("/rules")

    assert 1 == office.tokens


async def test_token_when_turned_down_is_replaced(
    person: httpx.AsyncClient, office: Office
) -> None:
    """A token that the server no longer takes is not used again."""
    office.status = 401
    assert 502 == (await person.get("/rules")).status_code
    office.status = 200

    assert 200 == (await person.get("/rules")).status_code
    assert 2 == office.tokens


@pytest.mark.parametrize(("status", "told"), [(503, 503), (429, 503), (403, 502), (500, 502)])
async def test_page_when_server_in_trouble_says_so(
    person: httpx.AsyncClient, office: Office, status: int, told: int
) -> None:
    """A trouble of the Management API is told on a page of its own."""
    office.status = status

    assert told == (await person.get("/rules")).status_code


async def test_page_when_server_away_says_so(person: httpx.AsyncClient, office: Office) -> None:
    """Without a login server there are no rules to show, and that is said plainly."""
    office.away = True

    assert "We cannot reach our login service." in (await person.get("/rules")).text


async def test_switch_sends_one_member(person: httpx.AsyncClient, office: Office) -> None:
    """Turning off changes `enabled` and nothing else of the rule."""
    await post(person, "/rules/switch", "/rules", rule="rul_1", to="off")

    assert [("PATCH", "/api/v2/rules/rul_1", {"enabled": False})] == office.done


@pytest.mark.parametrize("rule", ["rul_2", "../clients/x", ""])
async def test_switch_when_rule_unknown_asks_nothing(
    person: httpx.AsyncClient, office: Office, rule: str
) -> None:
    """Only rules that the server listed can be switched, so no other address can be reached."""
    answer = await post(person, "/rules/switch", "/rules", rule=rule, to="off")

    assert 404 == answer.status_code
    assert [] == office.done


async def test_pretence_when_begun_and_stopped_restores_the_value(
    person: httpx.AsyncClient, office: Office
) -> None:
    """The value that was configured at the start comes back."""
    for to in ("on", "off"):
        await post(person, "/rules/pretend", "/rules", what="outside", to=to)

    path = "/api/v2/rules-configs/OFFICE_NETWORKS"
    assert [
        ("PUT", path, {"value": "192.0.2.0/24"}),
        ("PUT", path, {"value": SETTINGS.office_networks}),
    ] == office.done


async def test_pretence_when_refused_is_not_remembered(
    person: httpx.AsyncClient, office: Office
) -> None:
    """The page says what is so: a value that the server did not take is not shown as set."""
    await person.get("/rules")
    seal_page = (await person.get("/rules")).text
    seal = seal_page.partition('name="seal" value="')[2].partition('"')[0]
    office.status = 503
    await person.post(
        "/rules/pretend",
        data={"seal": seal, "what": "weekend", "to": "on"},
        headers={"Origin": "http://localhost:3000"},
    )
    office.status = 200

    assert "You pretend" not in (await person.get("/rules")).text


async def test_pretence_when_unknown_asks_nothing(
    person: httpx.AsyncClient, office: Office
) -> None:
    """No value of a stranger's choice can be set."""
    answer = await post(person, "/rules/pretend", "/rules", what="CLOSED_DAYS", to="on")

    assert 404 == answer.status_code
    assert [] == office.done


@pytest.mark.parametrize("path", ["/rules/switch", "/rules/pretend"])
async def test_change_without_a_seal_is_refused(
    person: httpx.AsyncClient, office: Office, path: str
) -> None:
    """Another site cannot change rules through somebody's browser."""
    form = {"rule": "rul_1", "what": "weekend", "to": "on", "seal": ""}
    answer = await person.post(path, data=form, headers={"Origin": "http://localhost:3000"})

    assert 403 == answer.status_code
    assert [] == office.done


def test_script_when_split_for_colours_loses_nothing() -> None:
    """The page shows every character of a script."""
    parts = script_view.parts(SCRIPT)

    assert "".join(characters for _, characters in parts) == SCRIPT
    assert ("text", "'no'") in parts
    assert ("word", "function") in parts
