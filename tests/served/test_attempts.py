"""However many processes there are, no more guesses are evaluated than may fail (G1, G2)."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest

from gateword.app import opened
from gateword.policy import attack_protection
from tests.served.asks import TOKEN, login, many
from tests.served.house import PASSWORD, PEOPLE, STEADY, settings_of, two_processes
from tests.support.protection import protect
from tests.support.served import Served

GUESSES: Final = 200
RIGHT: Final = 20
SHUT: Final = (
    "Your account has been blocked after multiple consecutive login attempts. We've sent you a"
    " notification via your preferred contact method with instructions on how to unblock it."
)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def guarded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """Two workers on SQLite, then two nodes, protected as a new tenant is."""
    with two_processes(request, tmp_path_factory.mktemp("guarded"), protected=True) as served:
        yield served


GUESSED: Final = {PEOPLE[0]: 10, "nobody@example.com": 5}


@pytest.mark.parametrize("username", GUESSED)
def test_guesses_at_two_processes_are_evaluated_as_often_as_they_may_fail(
    guarded: Served, username: str
) -> None:
    """G1: of 200 parallel wrong logins ten, or five, are evaluated, as the tenant's log shows."""
    limit = GUESSED[username]
    asyncio.run(_limit(guarded, limit))
    answers = asyncio.run(_at_once(guarded, GUESSES, username, "wrong"))

    assert {403: limit, 429: GUESSES - limit} == Counter(one.status_code for one in answers)
    assert limit == asyncio.run(_evaluated(guarded, username))
    _is_shut(answers)


@pytest.mark.parametrize(("limit", "username"), [(10, PEOPLE[2]), (5, PEOPLE[3])])
def test_right_logins_at_two_processes_wait_for_each_other(
    guarded: Served, limit: int, username: str
) -> None:
    """G2: 20 parallel right logins all succeed, however few may be under way at once."""
    asyncio.run(_limit(guarded, limit))
    answers = asyncio.run(_at_once(guarded, RIGHT, username, PASSWORD))

    assert [200] * RIGHT == [one.status_code for one in answers]


async def _at_once(
    served: Served, count: int, username: str, password: str
) -> list[httpx.Response]:
    """Log in over as many connections at once, all of them opened before."""
    form = login(STEADY, username, password)
    async with many(served, count) as client:
        await asyncio.gather(*(client.get("/health") for _ in range(count)))
        return await asyncio.gather(*(client.post(TOKEN, data=form) for _ in range(count)))


def _is_shut(answers: list[httpx.Response]) -> None:
    """Require one body of all refusals, and a time to come again of each."""
    refused = [one for one in answers if one.status_code == 429]
    assert {"too_many_attempts"} == {one.json()["error"] for one in refused}
    assert {SHUT} == {one.json()["error_description"] for one in refused}
    assert all(1 <= int(one.headers["retry-after"]) <= 30 * 24 * 3600 for one in refused)


async def _evaluated(served: Served, username: str) -> int:
    """Return how many passwords were held against somebody's, or nobody's, and did not fit."""
    async with opened(settings_of(served)) as house:
        logs = house.parts.stores.logs
        rows: list[Any] = [*await logs.read(after=0, limit=1000)]
    seen = [row.document["type"] for row in rows if row.document["user_name"] == username]
    return seen.count("fp") + seen.count("fu")


async def _limit(served: Served, limit: int) -> None:
    """Let so many be wrong in a row; both workers see it within a second."""
    async with opened(settings_of(served)) as house:
        at = house.parts.clock.now()
        await protect(house.parts, attack_protection.BRUTE_FORCE, at, max_attempts=limit)
    await asyncio.sleep(1)
