"""What the gate does that takes several tries at once."""

import asyncio
import time
from collections import Counter
from typing import Any, Final

import httpx
import pytest

from gateword.login import admission
from gateword.policy import attack_protection, protection_extras
from gateword.ports.attempts import Entry, Lease, Outcome, Tries
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
    monkeypatch.setattr(admission, "WAIT_S", 0.2)
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


async def test_name_that_nobody_has_and_one_that_somebody_has_fill_an_address_alike(
    house: House,
) -> None:
    """T1: whether the bound of names is reached does not tell who exists."""
    extras = protection_extras.EXTRAS
    await protect(house.parts, extras, house.clock.now(), distinct_identifiers=3)
    answers = []
    for name in ("ann@example.com", "ghost@example.com"):
        for filler in ("name0", "name1", name):
            await _log_in(house, "wrong", filler)
        answers.append(await _log_in(house, "wrong", f"probe of {name}"))
        house.clock.passed_s += 601

    assert [429, 429] == [one.status_code for one in answers]
    assert answers[0].content == answers[1].content
    assert answers[0].headers["retry-after"] == answers[1].headers["retry-after"]


async def test_block_that_nobody_heard_of_is_told_by_the_next_refusal(house: House) -> None:
    """A guesser who hangs up shuts an account as loudly as one who stays: log row and letter."""
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
    attempts, now = house.parts.stores.attempts, house.clock.now()
    lease = await attempts.reserve(entry, now)
    assert isinstance(lease, Lease)
    await attempts.settle(lease, Outcome.LOST, now)
    quiet = await house.log()
    for _ in range(2):
        assert 429 == (await _log_in(house, PASSWORDS["password"])).status_code
        house.clock.passed_s += 2
    letters = await house.parts.stores.outbox.claim(house.clock.now(), house.clock.now(), 9)

    assert [] == quiet
    codes = [row.document["type"] for row in await house.log()]
    assert ["limit_wc", "fepft", "fepft"] == codes
    assert ["blocked_account"] == [one.letter.kind for one in letters]


async def test_place_of_a_refused_login_is_not_remembered(house: House) -> None:
    """Whoever has a blocked user's password gains no address that is spared later."""
    bob = await house.parts.stores.users.with_email("bob@example.com")
    assert 401 == (await _log_in(house, PASSWORDS["password"], "bob@example.com")).status_code
    assert {} == await house.parts.stores.attempts.known_places(bob[0].key)


async def test_new_password_forgets_known_places(house: House) -> None:
    """Whoever had the old password was known by address too."""
    ann = await house.parts.stores.users.by_id(VALUES["ann"])
    assert ann is not None
    await _log_in(house, PASSWORDS["password"])
    before = await house.parts.stores.attempts.known_places(ann.key)
    await carry_out(house, "ann has the password 7-new-words")

    assert {PEER} == set(before)
    assert {} == await house.parts.stores.attempts.known_places(ann.key)


async def test_listed_host_is_not_shut_by_its_neighbour(house: House) -> None:
    """An allow-list names one host of a /64: what is said to another there holds not for it."""
    now, listed, other = house.clock.now(), "2001:db8:5::5", "2001:db8:5::6"
    await protect(
        house.parts, attack_protection.BRUTE_FORCE, now, max_attempts=1, allowlist=[listed]
    )

    async def from_(address: str, password: str) -> int:
        form = {"grant_type": PASSWORD, "username": "ann", "password": password}
        proof = {"client_id": VALUES["web"], "client_secret": VALUES["web_secret"]}
        answer = await house.http.post(
            "/oauth/token", data=form | proof, headers={"auth0-forwarded-for": address}
        )
        return answer.status_code

    assert [403, 429] == [await from_(other, "wrong") for _ in range(2)]
    assert 200 == await from_(listed, PASSWORDS["password"])


async def test_flood_over_one_network_is_remembered_for_all_of_it(house: House) -> None:
    """A /48 that is out of tokens asks the database once a second, whatever hosts it has."""
    now = house.clock.now()
    stage = {
        "pre-login": {"max_attempts": 1, "rate": 864_000},
        "pre-user-registration": {"max_attempts": 50, "rate": 1_200},
    }
    await protect(house.parts, attack_protection.SUSPICIOUS_IP, now, stage=stage)

    async def from_(number: int) -> int:
        form = {"grant_type": PASSWORD, "username": f"name{number}", "password": "x"}
        proof = {"client_id": VALUES["web"], "client_secret": VALUES["web_secret"]}
        answer = await house.http.post(
            "/oauth/token",
            data=form | proof,
            headers={"auth0-forwarded-for": f"2001:db8:7:{number:x}::1"},
        )
        return answer.status_code

    evaluated = [await from_(number) for number in range(10)]
    refused = await from_(10)
    house.engines.watched.said.clear()
    flood = [await from_(number) for number in range(11, 40)]

    assert [403] * 10 == evaluated
    assert 429 == refused
    assert {429} == set(flood)
    assert [] == house.engines.watched.said
