import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from gateword.cli.rehearsal.loopback import Answer, Broken, Loopback, NotLoopback, Request


@pytest.mark.parametrize(
    "base",
    [
        "http://192.0.2.1:8080",
        "http://10.0.0.1:8080",
        "http://169.254.169.254:80",
        "http://0.0.0.0:8080",
        "http://[::]:8080",
        "http://[2001:db8::1]:8080",
        "http://[::ffff:192.0.2.1]:8080",
        "http://localhost:8080",
        "http://login.example.com:8080",
        "http://127.0.0.1.example.com:8080",
        "http://example.com@192.0.2.1:8080",
        "http://127.0.0.1@192.0.2.1:8080",
        "http://user@127.0.0.1:8080",
        "http://127.1:8080",
        "http://2130706433:8080",
        "http://0x7f.0.0.1:8080",
        "http://127.0.0.01:8080",
        "https://127.0.0.1:8080",
        "ftp://127.0.0.1:8080",
        "//127.0.0.1:8080",
        "127.0.0.1:8080",
        "http://127.0.0.1",
        "http://127.0.0.1:0",
        "http://127.0.0.1:65536",
        "http://127.0.0.1:port",
        "http://127.0.0.1:8080/oauth",
        "http://127.0.0.1:8080?to=192.0.2.1",
        "http://127.0.0.1:8080#192.0.2.1",
        "http://[fe80::1%lo]:8080",
        "",
    ],
)
def test_address_that_is_not_loopback_is_refused(base: str) -> None:
    """Nothing can be sent, because no client of it can be made."""
    with pytest.raises(NotLoopback):
        Loopback(base)


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:8080", "http://127.9.9.9:8080/", "http://[::1]:8080"]
)
def test_loopback_in_digits_is_taken(base: str) -> None:
    """All of 127.0.0.0/8, and IPv6's one address."""
    assert isinstance(Loopback(base), Loopback)


@asynccontextmanager
async def answering(*parts: bytes) -> AsyncIterator[tuple[Loopback, list[bytes]]]:
    """Serve the same answer to every request, a part at a time; heads are kept in a list."""
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                heads.append(await reader.readuntil(b"\r\n\r\n"))
                for part in parts:
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0)
                if not parts:
                    break
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield Loopback(f"http://127.0.0.1:{port}"), heads


ASKED = Request("tenant.invalid", "/.well-known/jwks.json")


async def test_redirect_is_an_answer_and_is_not_followed() -> None:
    """A server cannot send the rehearsal somewhere else."""
    moved = b"HTTP/1.1 302 Found\r\nlocation: http://192.0.2.1/\r\ncontent-length: 0\r\n\r\n"
    async with answering(moved) as (client, heads):
        answer = await client.ask(ASKED)

    assert Answer(302, (("location", "http://192.0.2.1/"), ("content-length", "0"))) == answer
    assert 1 == len(heads)


@pytest.mark.parametrize(
    "parts",
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nkeys",),
        (b"HTTP/1.1 200 OK\r\ncontent-", b"length: 4\r\n\r\nke", b"ys"),
    ],
)
async def test_answers_come_in_the_order_of_the_requests(parts: Sequence[bytes]) -> None:
    """However many are under way, and in however many pieces they arrive."""
    requests = [Request("tenant.invalid", f"/{number}") for number in range(20)]
    async with answering(*parts) as (client, heads):
        answers = await client.all(requests, at_once=4)

    assert [(200, b"keys")] * 20 == [(answer.status, answer.body) for answer in answers]
    assert {f"GET /{number} HTTP/1.1" for number in range(20)} == {
        head.decode().partition("\r\n")[0] for head in heads
    }


async def test_connection_closed_without_an_answer_is_told() -> None:
    """A server that went away is no answer of any kind."""
    async with answering() as (client, _):
        with pytest.raises(Broken):
            await client.ask(ASKED)


def test_form_is_posted_with_its_length() -> None:
    """A try is one request of a known size."""
    request = Request("t.invalid", "/oauth/token", "a=b", (("auth0-forwarded-for", "192.0.2.1"),))
    assert (
        b"POST /oauth/token HTTP/1.1\r\nHost: t.invalid\r\nauth0-forwarded-for: 192.0.2.1\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=b"
    ) == request.written()
