"""What the gate does that takes several tries at once."""

import asyncio
import time
from collections import Counter
from typing import Any, Final

import httpx
import pytest

from gateword.login import gate
from gateword.policy import attack_protection, protection_extras
from gateword.ports.attempts import Entry, Lease, Tries
from tests.support.factories import PASSWORD
from tests.support.house import PEER, House
from tests.support.protection import protect
from tests.wire.givens import carry_out
from tests.wire.world import EMPLOYEES, PASSWORDS, VALUES

SHUT: Final = "too_many_attempts"


async def _log_in(house: House, password: str, username: str = "ann") -> httpx.Response:
    return await house.token(
        grant_type=PASSWORD,
        username=username,
        password=password,
        client_id=VALUES["web"],
        client_secret=VALUES["web_secret"],
    )


async def _limit(house: House, **members: Any) -> None:
    now = house.clock.now()
    await protect(house.parts, attack_protection.BRUTE_FORCE, now, **members)
    await protect(house.parts, protection_extras.EXTRAS, now, same_user_per_minute=0)


@pytest.mark.parametrize("limit", [1, 5, 10])
async def test_no_more_guesses_than_the_limit_are_evaluated(house: House, limit: int) -> None:
    """G1: of 200 parallel wrong logins as many are evaluated as may fail, the others are 429."""
    await _limit(house, max_attempts=limit)
    answers = await asyncio.gather(*(_log_in(house, "wrong") for _ in range(200)))

    assert {403: limit, 429: 200 - limit} == Counter(one.status_code for one in answers)
    assert limit == house.engines.hasher.verified


@pytest.mark.parametrize("limit", [1, 5])
async def test_right_logins_wait_for_each_other(house: House, limit: int) -> None:
    """G2: 20 parallel right logins all succeed, however few may be under way at once."""
    await _limit(house, max_attempts=limit)
    answers = await asyncio.gather(*(_log_in(house, PASSWORDS["password"]) for _ in range(20)))

    assert [200] * 20 == [one.status_code for one in answers]


async def test_flood_of_blocked_tries_asks_no_database(house: House) -> None:
    """Once a try was refused, the next second's are answered from memory, and are not logged."""
    await _limit(house, max_attempts=1)
    await _log_in(house, "wrong")
    await _log_in(house, "wrong")
    house.engines.watched.said.clear()
    before = len(await house.log())
    house.engines.watched.said.clear()
    answers = [await _log_in(house, "wrong") for _ in range(50)]
    said = list(house.engines.watched.said)
    house.clock.passed_s += 1
    await _log_in(house, "wrong")
    rows = (await house.log())[before:]

    assert {429} == {one.status_code for one in answers}
    assert [] == said
    assert [("fepft", 50)] == [
        (row.document["type"], row.document["details"]["refused_since_last_row"])  # type: ignore[index]
        for row in rows
    ]


async def test_lifting_a_block_is_seen_at_once(house: House) -> None:
    """What was remembered of a refusal is forgotten with the block."""
    await _limit(house, max_attempts=1)
    await _log_in(house, "wrong")
    assert 429 == (await _log_in(house, "wrong")).status_code
    ann = await house.parts.stores.users.by_id(VALUES["ann"])
    assert ann is not None
    await house.parts.stores.attempts.lift_user(ann.key)

    assert 200 == (await _log_in(house, PASSWORDS["password"])).status_code


async def test_new_password_lifts_the_block_at_once(house: House) -> None:
    """With a new password a user gets in, though the process refused him a moment ago."""
    await _limit(house, max_attempts=1)
    await _log_in(house, "wrong")
    assert 429 == (await _log_in(house, "wrong")).status_code
    await carry_out(house, "ann has the password 7-new-words")

    assert 200 == (await _log_in(house, "7-new-words")).status_code


async def test_try_that_waits_in_vain_is_refused_and_not_counted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TRIES_UNDER_WAY: when every slot stays in flight, the answer is 429, and come again soon."""
    monkeypatch.setattr(gate, "WAIT_S", 0.2)
    await _limit(house, max_attempts=1)
    ann = await house.parts.stores.users.by_id(VALUES["ann"])
    connection = await house.parts.stores.connections.named(EMPLOYEES)
    assert ann is not None
    assert connection is not None
    entry = Entry(
        connection_key=connection.key,
        subject=f"u{ann.key}",
        place=PEER,
        user_key=ann.key,
        tries=(Tries(shield="brute-force", place=PEER, limit=1),),
    )
    held = await house.parts.stores.attempts.reserve(entry, house.clock.now())
    assert isinstance(held, Lease)
    began_s = time.monotonic()
    answer = await _log_in(house, PASSWORDS["password"])
    lasted_s = time.monotonic() - began_s

    assert (429, SHUT, "1") == (
        answer.status_code,
        answer.json()["error"],
        answer.headers["retry-after"],
    )
    assert lasted_s >= 0.2
    assert 0 == house.engines.hasher.verified
    assert [] == await house.parts.stores.attempts.failures_of_user(ann.key)
