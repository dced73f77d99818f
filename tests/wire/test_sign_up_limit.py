"""How many sign-ups come from one address, and how many letters go to one mailbox."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import httpx
import pytest

from gateword.accounts import sign_up_limit
from gateword.domain.login import Caller
from gateword.policy.attack_protection import SUSPICIOUS_IP
from tests.support.house import PEER, House, a_house
from tests.support.letters import Drawer
from tests.support.protection import protect
from tests.wire.doors import ANN, NEW, logged_in
from tests.wire.world import CUSTOMERS, VALUES

RATE: Final = {"max_attempts": 2, "rate": 60_000}


@pytest.fixture
async def unlimited(world: Path, tmp_path: Path) -> AsyncIterator[House]:
    """A house in which an address may ask for links as often as it likes."""
    async with a_house(tmp_path, world, change_password_burst=0) as house:
        yield house


async def test_address_is_throttled(house: House) -> None:
    """Good and bad sign-ups count; what cannot be read does not; a token comes back in time."""
    await _limited(house)
    bodies = [{}, {"connection": "Nowhere"}, *_people(3)]

    statuses = [(await _sent(house, body)).status_code for body in bodies]
    house.clock.passed_s += 60

    assert [400, 400, 200, 429, 429] == statuses
    assert 200 == (await _sent(house, bodies[-1])).status_code


async def test_refusal_is_logged_once(house: House) -> None:
    """One event tells of a row of refusals, and of which stage they are."""
    await _limited(house)
    for body in _people(6):
        await _sent(house, body)

    [row] = [one.document for one in await house.log() if one.document["type"] == "limit_mu"]

    assert ("signup", PEER) == (row["details"]["flow"], row["ip"])


async def test_header_of_a_stranger_changes_no_address(house: House) -> None:
    """Whoever signs up is counted by the peer's address, whatever is sent along."""
    await _limited(house)
    statuses = []
    for number, body in enumerate(_people(3)):
        ip = f"203.0.113.{number}"
        headers = {"auth0-forwarded-for": ip, "x-forwarded-for": ip}
        answer = await house.http.post("/dbconnections/signup", json=body, headers=headers)
        statuses.append(answer.status_code)

    assert [200, 200, 429] == statuses


async def test_listed_address_is_not_counted(house: House) -> None:
    """An allow-list spares addresses and networks."""
    await _limited(house, allowlist=["198.51.100.0/24"])

    assert [200] * 4 == [(await _sent(house, body)).status_code for body in _people(4)]


async def test_throttling_that_is_off_counts_nothing(house: House) -> None:
    """A tenant without suspicious-IP throttling has no limit of sign-ups."""
    await _limited(house, enabled=False)

    assert [200] * 4 == [(await _sent(house, body)).status_code for body in _people(4)]


async def test_addresses_of_one_network_are_one(house: House) -> None:
    """IPv6: whoever has a /64 does not have a new budget with each of its addresses."""
    await _limited(house)
    callers = [f"2001:db8:0:1::{number}" for number in range(1, 4)]

    came = [await sign_up_limit.full(house.parts, Caller(ip=ip)) for ip in callers]

    assert [True, True, False] == [one is None for one in came]
    assert await sign_up_limit.full(house.parts, Caller(ip="2001:db8:0:2::1")) is None


async def test_budgets_of_logins_and_sign_ups_are_apart(house: House) -> None:
    """An address that may not sign up any more may log in."""
    await _limited(house)
    for body in _people(3):
        await _sent(house, body)

    assert 200 == (await logged_in(house, VALUES["customer_password"])).status_code


async def test_mailbox_is_not_flooded(unlimited: House) -> None:
    """Whoever asks, a mailbox gets ten letters, and one more each six minutes; nobody is told."""
    answers = [await _forgotten(unlimited, ANN) for _ in range(12)]
    first = len(await Drawer().emptied(unlimited)) + len(await Drawer().emptied(unlimited))
    unlimited.clock.passed_s += 360
    answers += [await _forgotten(unlimited, ANN) for _ in range(2)]

    assert {(200, "We've just sent you an email to reset your password.")} == set(answers)
    assert (10, 1) == (first, len(await Drawer().emptied(unlimited)))
    codes = [row.document["type"] for row in await unlimited.log()]
    assert ["scpr"] * 10 + ["fcpr"] * 2 + ["scpr", "fcpr"] == codes


async def test_full_mailbox_cannot_be_told_from_nobodys(unlimited: House) -> None:
    """T3: with letters left or without, the same statements run for a user and for nobody."""
    said: dict[str, list[list[str]]] = {ANN: [], "nobody@mail.example": []}
    await _forgotten(unlimited, "warm@mail.example")
    for email, heard in said.items():
        for _ in range(12):
            before = len(unlimited.engines.watched.said)
            await _forgotten(unlimited, email)
            heard.append(unlimited.engines.watched.said[before:])

    assert said[ANN] == said["nobody@mail.example"]
    assert said[ANN][9] != said[ANN][11]


async def _limited(house: House, **members: object) -> None:
    stages = {"pre-login": RATE, "pre-user-registration": RATE}
    await protect(house.parts, SUSPICIOUS_IP, house.clock.now(), stage=stages, **members)
    house.clock.passed_s += 1  # the running server looks for changes twice a second


def _people(count: int) -> list[dict[str, str]]:
    return [
        {"connection": CUSTOMERS, "email": f"{number}@mail.example", "password": NEW}
        for number in range(count)
    ]


async def _sent(house: House, body: dict[str, str]) -> httpx.Response:
    return await house.http.post("/dbconnections/signup", json=body)


async def _forgotten(house: House, email: str) -> tuple[int, str]:
    body = {"connection": CUSTOMERS, "email": email}
    answer = await house.http.post("/dbconnections/change_password", json=body)
    return answer.status_code, answer.text
