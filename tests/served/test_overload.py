"""More logins than the cores can hash are refused soon, and nothing else waits for them (D4)."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

import httpx
import pytest

from gateword.app import opened
from tests.served import wire
from tests.served.asks import KEY_SET, TOKEN, login, many, wait_until
from tests.served.house import PEOPLE, STEADY, serving, settings_of
from tests.support.served import Served

AT_ONCE: Final = 300
LEFT: Final = 24
READ_EVERY_S: Final = 0.02
GONE: Final = "The client closed the connection before the answer."


def test_logins_when_300_come_at_once_are_answered_or_refused(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Each is answered 403 or 503 with a time to come again, and key sets do not wait for them."""
    settings = {"hash_max_wait_s": 0.3}
    with serving(tmp_path_factory.mktemp("overload"), settings=settings) as served:
        began_s = time.monotonic()
        answers, waits_s = asyncio.run(_overload(served))
        lasted_s = time.monotonic() - began_s

    assert {403, 503} == {one.status_code for one in answers}
    refused = [one for one in answers if one.status_code == 503]
    assert {"temporarily_unavailable"} == {one.json()["error"] for one in refused}
    assert all(1 <= int(one.headers["retry-after"]) <= 10 for one in refused)
    # In proportion, so that a slow machine changes nothing.
    assert statistics.median(waits_s) < lasted_s / 10


async def _overload(served: Served) -> tuple[list[httpx.Response], list[float]]:
    """Send the logins over connections that are open, and ask for key sets until they end."""
    waits_s: list[float] = []
    async with many(served, AT_ONCE) as crowd, many(served, 1) as reader:
        await asyncio.gather(*(crowd.get("/health") for _ in range(AT_ONCE)))
        forms = [login(STEADY, PEOPLE[n % len(PEOPLE)], "wrong") for n in range(AT_ONCE)]
        logins = asyncio.gather(*(crowd.post(TOKEN, data=form) for form in forms))
        while not logins.done():
            began_s = time.monotonic()
            assert 200 == (await reader.get(KEY_SET)).status_code
            waits_s.append(time.monotonic() - began_s)
            await asyncio.sleep(READ_EVERY_S)
        return await logins, waits_s


@pytest.fixture
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One hash at a time, each of about a quarter of a second."""
    settings = {"argon2_passes": 30, "hash_threads": 1, "hash_max_wait_s": 60.0}
    with serving(tmp_path_factory.mktemp("slow"), settings=settings) as served:
        yield served


def test_logins_when_clients_hang_up_while_waiting_are_dropped(slow: Served) -> None:
    """Who has gone is logged as gone and not hashed for: the next login does not wait for them."""
    one_s = _login_s(slow)
    with ExitStack() as open_wires:
        for number in range(LEFT):
            left = open_wires.enter_context(wire.connected(slow))
            left.sendall(wire.token_request(slow, login(STEADY, PEOPLE[number % len(PEOPLE)])))

    wait_until(lambda: asyncio.run(_gone(slow)) >= LEFT - 2, within_s=LEFT * one_s / 2)
    assert _login_s(slow) < LEFT * one_s / 2


def _login_s(served: Served) -> float:
    began_s = time.monotonic()
    with served.client() as client:
        assert 200 == client.post(TOKEN, data=login(STEADY)).status_code
    return time.monotonic() - began_s


async def _gone(served: Served) -> int:
    async with opened(settings_of(served)) as house:
        events = await house.parts.stores.logs.latest(2 * LEFT)
    return sum(event.document["description"] == GONE for event in events)
