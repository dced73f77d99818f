"""Slow, oversized and broken requests harm nobody but their sender (promises I1, I5, I6)."""

import json
import time
from contextlib import ExitStack, suppress

import pytest

from tests.served import wire
from tests.served.asks import KEY_SET, TOKEN, machine
from tests.served.house import STEADY
from tests.support.served import Served

BODY_MAX_BYTES = 64 * 1024
IDLE = 200
POST = b"POST /oauth/token HTTP/1.1\r\nhost: a\r\n"
GARBAGE = {
    "TLS in TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
    "bare newlines": b"GET / HTTP/1.1\nHost: a\n\n\0\0\0",
    "two lengths": POST + b"content-length: 4\r\ncontent-length: 5\r\n\r\nabcd",
    "negative length": POST + b"content-length: -4\r\n\r\n",
    "no chunk": POST + b"transfer-encoding: chunked\r\n\r\nzz\r\n",
    "length and chunked": POST
    + b"transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "endless path": b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nhost: a\r\n\r\n",
    "endless headers": b"GET / HTTP/1.1\r\nhost: a\r\n" + b"x-filler: a\r\n" * 5_000 + b"\r\n",
}


def is_well(served: Served) -> bool:
    """Say whether the instance answers a new connection as it should."""
    with served.client() as client:
        return 200 == client.post(TOKEN, data=machine(STEADY)).status_code


def test_body_when_it_does_not_come_is_timed_out(house: Served) -> None:
    """Who declares a body and does not send it is answered 408."""
    with wire.connected(house) as slow:
        slow.sendall(wire.head(house, "content-length: 20") + b"grant")
        answer = wire.answer(slow)

    assert 408 == answer.status
    assert "invalid_request" == json.loads(answer.body)["error"]


def test_body_when_it_drips_is_timed_out(house: Served) -> None:
    """The time-out is for the whole body: a byte now and then does not buy more of it."""
    with wire.connected(house) as slow:
        slow.sendall(wire.head(house, "content-length: 1000"))
        slow.settimeout(0.1)
        give_up = time.monotonic() + 15
        got = b""
        while not got and time.monotonic() < give_up:
            slow.sendall(b"a")
            try:
                got = slow.recv(1000)
            except TimeoutError:
                continue

        got += wire.until_closed(slow)

    assert got.startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("piece", [b"x: " + b"y" * 1000 + b"\r\n", b"y" * 1000])
def test_trailers_when_endless_are_cut_off(house: Served, piece: bytes) -> None:
    """What follows a chunked body is bounded like a head, before the body's time is up."""
    with wire.connected(house) as endless:
        endless.sendall(wire.head(house, "transfer-encoding: chunked") + b"1\r\na\r\n0\r\nx: ")
        with suppress(OSError):  # cut off already
            endless.sendall(piece * 1000)
        got = wire.until_closed(endless)

    assert not got or got.startswith(b"HTTP/1.1 431 ")
    assert is_well(house)


@pytest.mark.parametrize("excess", [1, 10 * BODY_MAX_BYTES])
def test_body_when_declared_over_64_kib_is_refused_unread(house: Served, excess: int) -> None:
    """A declared length over the limit is answered 413 before any of the body is there."""
    with wire.connected(house) as big:
        big.sendall(wire.head(house, f"content-length: {BODY_MAX_BYTES + excess}"))

        assert 413 == wire.answer(big).status


def test_body_when_chunked_over_64_kib_is_refused(house: Served) -> None:
    """A chunked body is counted as it comes."""
    chunk = b"1000\r\n" + b"a" * 0x1000 + b"\r\n"
    with wire.connected(house) as big:
        big.sendall(wire.head(house, "transfer-encoding: chunked"))
        big.sendall(chunk * 17)

        assert 413 == wire.answer(big).status


def test_body_when_64_kib_is_read(house: Served) -> None:
    """The limit itself is within the limit: what is wrong is what the body says."""
    body = b"grant_type=".ljust(BODY_MAX_BYTES, b"x")
    with wire.connected(house) as big:
        big.sendall(wire.head(house, f"content-length: {len(body)}") + body)

        assert 400 == wire.answer(big).status


def test_connections_when_idle_block_nobody(house: Served) -> None:
    """Two hundred connections that say nothing, or stop in the middle, leave room for others."""
    with ExitStack() as open_wires:
        for number in range(IDLE):
            idle = open_wires.enter_context(wire.connected(house))
            idle.sendall(wire.head(house, "content-length: 9")[: number % 80])

        assert is_well(house)


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
def test_framing_when_broken_closes_that_connection_only(house: Served, garbage: bytes) -> None:
    """What is no HTTP request is answered with an error at most, and its connection is closed."""
    with wire.connected(house) as broken:
        broken.sendall(garbage)
        got = wire.until_closed(broken)

    assert not got or got.startswith(b"HTTP/1.1 4")
    assert is_well(house)


def test_client_when_it_hangs_up_in_the_middle_of_a_body_harms_nobody(house: Served) -> None:
    """Half a request is no request."""
    with wire.connected(house) as gone:
        gone.sendall(wire.head(house, "content-length: 500") + b"grant_type=")

    assert is_well(house)
    assert "fault" not in house.output()


@pytest.mark.parametrize("path", [KEY_SET, "/.well-known/openid-configuration"])
def test_head_is_get_without_the_body(house: Served, path: str) -> None:
    """HEAD has the headers of GET, the length included, and no body."""
    with house.client() as client:
        got, head = client.get(path), client.head(path)

    assert (200, b"") == (head.status_code, head.content)
    assert got.headers["content-length"] == head.headers["content-length"]


def test_options_says_what_is_allowed(house: Served) -> None:
    """OPTIONS is answered without a body, and names the methods."""
    with house.client() as client:
        answer = client.options(TOKEN)

    assert (204, b"", "POST, OPTIONS") == (
        answer.status_code, answer.content, answer.headers["allow"],
    )  # fmt: skip


@pytest.mark.parametrize("path", [KEY_SET, TOKEN, "/health", "/nowhere"])
def test_answers_do_not_name_the_server(house: Served, path: str) -> None:
    """No header tells the software or its version."""
    with house.client() as client:
        names = set(client.get(path).headers)

    assert set() == names & {"server", "x-powered-by", "via"}
