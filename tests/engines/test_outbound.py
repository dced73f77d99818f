"""Requests of scripts against a real HTTP server: what is sent, what comes back, what is not."""

import base64
import json
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from http.server import ThreadingHTTPServer
from typing import Any, Final

import pytest

from gateword.delivery.outbound import HttpOutbound
from gateword.ports.outbound import MOST_BODY_BYTES, HttpAnswer, HttpCall
from gateword.ports.scripts import OperationFailed
from gateword.rules.hashing import ScriptHashes
from gateword.rules.operations import ScriptOperations
from tests.support.echo import Echo

LOOPBACK: Final = ("127.0.0.1",)
DOMAIN: Final = "tenant.example"


@pytest.fixture
def server() -> Iterator[str]:
    """A server of one's own; its address."""
    Echo.peers.clear()
    served = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=served.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    served.server_close()


class _Own:
    """The tenant itself, as scripts ask it."""

    def __init__(self) -> None:
        self.calls: list[HttpCall] = []

    async def ask(self, call: HttpCall) -> HttpAnswer:
        self.calls.append(call)
        return HttpAnswer(status=200, reason="OK", headers=[], body=b"{}")


@pytest.fixture
async def outbound() -> AsyncIterator[HttpOutbound]:
    """Who sends; nobody was asked yet."""
    made = HttpOutbound()
    yield made
    await made.close()


def operations(outbound: HttpOutbound, *allowed: str, own: _Own | None = None) -> ScriptOperations:
    """Return the operations of a tenant with such an allow-list."""
    ask = own.ask if own else None

    async def hosts() -> Sequence[str]:
        return allowed

    return ScriptOperations(outbound, ScriptHashes(1), ask, "default", DOMAIN, hosts)


async def fetched(made: ScriptOperations, url: str, **asked: object) -> tuple[Any, Any]:
    """Return what a request came to, and its body read."""
    given = {"method": "GET", "headers": {}, "body": None, "redirects": 5} | asked
    answer: Any = await made.carry_out("http", {"url": url, **given})
    raw = base64.b64decode(answer["body"])
    return answer, json.loads(raw) if raw else None


async def test_request_arrives_as_it_was_asked(server: str, outbound: HttpOutbound) -> None:
    """Method, path, query, headers and body; the host's own headers are its own."""
    made = operations(outbound, *LOOPBACK)
    headers = {"X-Mine": "1", "Host": "evil.example", "Content-Length": "9", "Expect": "x"}

    answer, told = await fetched(
        made, f"{server}/a%7Cb?q=1", method="POST", headers=headers, body="grüß"
    )

    assert (200, "OK") == (answer["status"], answer["reason"])
    assert ("POST", "/a%7Cb?q=1", "grüß") == (told["method"], told["path"], told["body"])
    assert server.removeprefix("http://") == told["headers"]["host"]
    assert "1" == told["headers"]["x-mine"]
    assert "expect" not in told["headers"]


async def test_bytes_may_be_sent(server: str, outbound: HttpOutbound) -> None:
    """What JSON cannot hold comes in base64."""
    made = operations(outbound, *LOOPBACK)
    raw = base64.b64encode(b"\x00plain").decode()

    _, told = await fetched(made, server, method="PUT", body=raw, is_base64=True)

    assert "\x00plain" == told["body"]


async def test_connection_stays_open_for_the_next_login(
    server: str, outbound: HttpOutbound
) -> None:
    """A handshake for each login would be paid by each login."""
    made = operations(outbound, *LOOPBACK)

    for _ in range(5):
        await fetched(made, server)

    assert 1 == len(Echo.peers)


@pytest.mark.parametrize(
    ("status", "method", "becomes"),
    [
        (301, "GET", "GET"),
        (302, "POST", "GET"),
        (303, "PUT", "GET"),
        (307, "POST", "POST"),
        (308, "DELETE", "DELETE"),
    ],
)
async def test_redirect_is_followed(
    server: str, outbound: HttpOutbound, status: int, method: str, becomes: str
) -> None:
    """As browsers do (RFC 9110 §15.4)."""
    made = operations(outbound, *LOOPBACK)

    answer, told = await fetched(made, f"{server}/{status}", method=method, body="x")

    assert (becomes, "/there", f"{server}/there") == (told["method"], told["path"], answer["url"])


async def test_redirect_to_elsewhere_takes_no_credentials(
    server: str, outbound: HttpOutbound
) -> None:
    """Another host learns nothing that was meant for this one."""
    other = server.replace("127.0.0.1", "localhost")
    made = operations(outbound, *LOOPBACK, "localhost")
    secret = {"Authorization": "Bearer x", "Cookie": "a=b", "X-Mine": "1"}

    _, told = await fetched(made, f"{server}/302/{other}/there", headers=secret)

    assert {"authorization", "cookie"}.isdisjoint(told["headers"])
    assert "1" == told["headers"]["x-mine"]


async def test_redirects_come_to_an_end(server: str, outbound: HttpOutbound) -> None:
    """The last answer is handed over once enough were followed."""
    made = operations(outbound, *LOOPBACK)

    answer, _ = await fetched(made, f"{server}/loop", redirects=3)

    assert 302 == answer["status"]


@pytest.mark.parametrize(
    ("url", "allowed", "code"),
    [
        ("http://127.0.0.1:1/", (), "EACCES"),
        ("http://127.0.0.1:1/", ("*",), "EACCES"),
        ("http://localhost:1/", ("*",), "EACCES"),
        ("http://localhost:1/", ("localhost",), "ECONNREFUSED"),
        ("http://127.0.0.1:1/", ("127.0.0.0/8",), "ECONNREFUSED"),
        ("http://[::1]:1/", ("127.0.0.1",), "EACCES"),
        ("http://[::ffff:127.0.0.1]:1/", ("*",), "EACCES"),
        ("http://0.0.0.0:1/", ("*",), "EACCES"),
        ("http://169.254.169.254/latest/", ("*",), "EACCES"),
        ("http://2130706433/", ("*",), "EACCES"),
        ("http://nowhere.invalid/", ("*",), "ENOTFOUND"),
        ("http://user:pass@127.0.0.1:1/", ("127.0.0.1",), "EINVAL"),
        ("ftp://127.0.0.1/", ("127.0.0.1",), "ERR_INVALID_URL"),
        ("http://127.0.0.1:1/ x", ("127.0.0.1",), "ERR_INVALID_URL"),
        ("http://127.0.0.1:1/\r\nx: y", ("127.0.0.1",), "ERR_INVALID_URL"),
        ("https:///nobody", ("*",), "ERR_INVALID_URL"),
    ],
)
async def test_address_that_is_not_allowed_is_not_reached(
    outbound: HttpOutbound, url: str, allowed: tuple[str, ...], code: str
) -> None:
    """R4: no loopback, link-local or private address unless it is listed itself."""
    made = operations(outbound, *allowed)
    with pytest.raises(OperationFailed) as raised:
        await fetched(made, url)

    assert code == raised.value.code
    assert "allowed_hosts" not in str(raised.value)  # that is for operators
    assert (code == "EACCES") is any("allowed_hosts" in note for note in made.notes)


async def test_redirect_to_a_private_address_is_refused(
    server: str, outbound: HttpOutbound
) -> None:
    """R4: each hop is looked at like the first."""
    made = operations(outbound, *LOOPBACK)

    with pytest.raises(OperationFailed) as raised:
        await fetched(made, f"{server}/302/http://169.254.169.254/latest")

    assert "EACCES" == raised.value.code


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"method": "CONNECT"}, "EINVAL"),
        ({"method": "get"}, "EINVAL"),
        ({"headers": {"a\r\nb": "c"}}, "ERR_INVALID_CHAR"),
        ({"headers": {"a": "b\r\nc: d"}}, "ERR_INVALID_CHAR"),
        ({"headers": {str(number): "x" for number in range(65)}}, "EINVAL"),
        ({"body": "x" * (MOST_BODY_BYTES + 1)}, "EMSGSIZE"),
        ({"body": "no base64!", "is_base64": True}, "EINVAL"),
    ],
)
async def test_request_that_cannot_be_sent_is_refused(
    server: str, outbound: HttpOutbound, asked: dict[str, object], code: str
) -> None:
    """A stranger's arguments: no smuggling, no end of memory."""
    with pytest.raises(OperationFailed) as raised:
        await fetched(operations(outbound, *LOOPBACK), server, **asked)

    assert code == raised.value.code


async def test_long_or_late_answer_is_an_error(server: str, outbound: HttpOutbound) -> None:
    """No script holds the server's memory, or waits without end."""
    made = operations(outbound, *LOOPBACK)

    with pytest.raises(OperationFailed) as long:
        await fetched(made, f"{server}/large")
    with pytest.raises(OperationFailed) as late:
        await fetched(made, f"{server}/slow", timeout_ms=50)

    assert ("EMSGSIZE", "ETIMEDOUT") == (long.value.code, late.value.code)


async def test_tenant_itself_is_asked_in_the_house(outbound: HttpOutbound) -> None:
    """Its own domain needs no entry in the list, and nobody lies about whose request it is."""
    own = _Own()
    made = operations(outbound, own=own)
    headers = {"X-Forwarded-For": "192.0.2.1", "Authorization": "Bearer x"}

    await fetched(made, f"https://{DOMAIN}/api/v2/users", headers=headers)

    assert [f"https://{DOMAIN}/api/v2/users"] == [call.url for call in own.calls]
    assert "x-forwarded-for" not in own.calls[0].headers
    assert "Bearer x" == own.calls[0].headers["authorization"]


@pytest.mark.parametrize("path", ["/metrics", "/health", "/", "/api/v2", "/u/reset"])
async def test_own_server_answers_scripts_its_api_alone(outbound: HttpOutbound, path: str) -> None:
    """What is open to the same machine is not open to what runs on it."""
    own = _Own()

    with pytest.raises(OperationFailed):
        await fetched(operations(outbound, "*", own=own), f"https://{DOMAIN}{path}")

    assert [] == own.calls
