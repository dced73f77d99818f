"""What shuts somebody out tells nobody who lives here, nor whether a password is right."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from gateword.policy import attack_protection, protection_extras
from gateword.storage.statement import AcrossTenants
from tests.support.factories import CLIENT_CREDENTIALS, PASSWORD, PASSWORD_REALM
from tests.support.house import House, a_house
from tests.support.protection import protect
from tests.wire.test_no_telling import EARLY
from tests.wire.world import API, PASSWORDS, VALUES

WEB: Final = {"client_id": VALUES["web"], "client_secret": VALUES["web_secret"]}
RIGHT: Final = PASSWORDS["password"]
HERE: Final = "192.0.2.1"
ELSEWHERE: Final = "192.0.2.2"

PEOPLE: Final = {
    "unknown user": "nobody@example.com",
    "user": "ann@example.com",
    "user by another name": "ann",
    "blocked user": "bob@example.com",
    "user without a password": "carol@example.com",
    "imported user": "old@example.com",
    "name that cannot exist": "a\0b",
}
TRIES: Final = [(name, password) for name in PEOPLE.values() for password in (RIGHT, "wrong")]
LOOKED_UP: Final = TRIES[:-2]
"""Names that cannot exist are not looked up."""


@pytest.fixture
async def unlimited(world: Path, tmp_path: Path) -> AsyncIterator[House]:
    """A house without rate limits: their headers count requests, so no two answers are alike."""
    async with a_house(tmp_path, world, token_rate_per_s=0) as house:
        yield house


async def _log_in(
    house: House, username: str, password: str = "wrong", place: str = HERE
) -> httpx.Response:
    form = {"grant_type": PASSWORD, "username": username, "password": password, **WEB}
    return await house.http.post("/oauth/token", data=form, headers={"auth0-forwarded-for": place})


async def _protect(house: House, name: str, **members: Any) -> None:
    await protect(house.parts, name, house.clock.now(), **members)


async def _brute_force(house: House, **members: Any) -> None:
    await _protect(house, attack_protection.BRUTE_FORCE, max_attempts=1, **members)
    for username in PEOPLE.values():
        await _log_in(house, username)


async def _account_shut(house: House) -> None:
    await _brute_force(house)


async def _account_shut_everywhere(house: House) -> None:
    await _brute_force(house, mode="count_per_identifier")


async def _account_waits(house: House) -> None:
    await _protect(house, protection_extras.EXTRAS, lockout_style="backoff")
    await _brute_force(house)


async def _account_capped(house: House) -> None:
    await _protect(house, protection_extras.EXTRAS, account_cap=1)
    for username in PEOPLE.values():
        await _log_in(house, username, place=ELSEWHERE)


async def _one_token(house: House, **extras: Any) -> None:
    rates = {
        "pre-login": {"max_attempts": 1, "rate": 864_000},
        "pre-user-registration": {"max_attempts": 1, "rate": 1_200},
    }
    await _protect(house, attack_protection.SUSPICIOUS_IP, stage=rates)
    await _protect(house, protection_extras.EXTRAS, **extras)


async def _address_throttled(house: House) -> None:
    await _one_token(house)
    await _log_in(house, "somebody")


async def _client_throttled(house: House) -> None:
    await _one_token(house, client_ceiling=1)
    await _log_in(house, "somebody", place=ELSEWHERE)


async def _place_crowded(house: House) -> None:
    await _protect(house, protection_extras.EXTRAS, names_per_address=1)
    await _log_in(house, "somebody")


async def _too_often(house: House) -> None:
    await _protect(house, protection_extras.EXTRAS, same_user_per_minute=1)
    for username in [*PEOPLE.values(), *PEOPLE.values()]:  # the first refusal of each is told of
        await _log_in(house, username)


State = Callable[[House], Awaitable[None]]
STATES: Final[Mapping[str, State]] = {
    "account shut": _account_shut,
    "account shut everywhere": _account_shut_everywhere,
    "account waits": _account_waits,
    "account over its cap": _account_capped,
    "address throttled": _address_throttled,
    "client throttled": _client_throttled,
    "too many names at the address": _place_crowded,
    "same user too often": _too_often,
}
every_state: Final = pytest.mark.parametrize("state", STATES.values(), ids=STATES)


def _shown(response: httpx.Response) -> tuple[int, bytes, list[tuple[str, str]]]:
    return response.status_code, response.content, response.headers.multi_items()


@every_state
async def test_answer_is_the_same_whoever_asks_with_whatever(
    unlimited: House, state: State
) -> None:
    """G5, T1: right, wrong, unknown: the same status, bytes and headers, and no hash."""
    await state(unlimited)
    before = unlimited.engines.hasher.verified
    answers = [await _log_in(unlimited, *one) for one in TRIES]

    assert [_shown(answers[0])] * len(TRIES) == [_shown(answer) for answer in answers]
    assert 429 == answers[0].status_code
    assert 1 <= int(answers[0].headers["retry-after"])
    assert before == unlimited.engines.hasher.verified


@every_state
async def test_statements_are_the_same_whoever_asks_with_whatever(
    unlimited: House, state: State
) -> None:
    """T2: also when nothing is remembered, the database hears the same of everybody."""
    await state(unlimited)
    await _log_in(unlimited, PEOPLE["unknown user"])  # the first refusal is told of
    heard = {}
    for one in LOOKED_UP:
        heard[one] = await _heard(unlimited, *one)

    assert dict.fromkeys(LOOKED_UP, heard[LOOKED_UP[0]]) == heard
    assert any("leases" in text for text in heard[LOOKED_UP[0]])


async def _heard(house: House, username: str, password: str) -> list[str]:
    """Return what the database hears of a login that nothing is remembered for."""
    house.clock.passed_s += 1
    await house.token(grant_type=CLIENT_CREDENTIALS, audience=API, **WEB)  # reads configuration
    house.engines.watched.said.clear()
    await _log_in(house, username, password)
    return sorted(house.engines.watched.said)


OUTBOX: Final = AcrossTenants("SELECT COUNT(*) FROM outbox WHERE tenant = :tenant")
FAILING: Final = dict(list(PEOPLE.items())[:1] + list(PEOPLE.items())[2:-1])
"""Each account under one name: its second failure would not be the one that reaches a limit."""


@pytest.mark.parametrize("shields", [["block", "user_notification"], ["block"], []])
async def test_failure_that_reaches_the_limit_tells_nothing(
    unlimited: House, shields: list[str]
) -> None:
    """T1, T2: the last one let in says and costs the same, whoever a letter is ordered for."""
    await _protect(unlimited, attack_protection.BRUTE_FORCE, max_attempts=1, shields=shields)
    await _log_in(unlimited, "warm-up", place=ELSEWHERE)
    heard, letters = {}, []
    for name, username in FAILING.items():
        heard[name] = await _heard(unlimited, username, "wrong")
        row = await unlimited.engines.database.one(OUTBOX, tenant=1)
        letters.append(int(row[0]) if row else -1)
    answers = [await _log_in(unlimited, name, place=ELSEWHERE) for name in FAILING.values()]

    assert dict.fromkeys(FAILING, heard["unknown user"]) == heard
    assert len(FAILING) * 2 + 1 == unlimited.engines.hasher.verified
    assert [_shown(answers[0])] * len(FAILING) == [_shown(answer) for answer in answers]
    assert 403 == answers[0].status_code
    each = int(shields == ["block", "user_notification"])
    assert [each] * (len(FAILING) - 1) == [b - a for a, b in pairwise(letters)]


async def test_failure_that_is_counted_tells_nothing(unlimited: House) -> None:
    """T2: each failure below the limit costs the same statements, whoever it was."""
    await _log_in(unlimited, "warm-up", place=ELSEWHERE)
    heard = {name: await _heard(unlimited, username, "wrong") for name, username in FAILING.items()}

    assert dict.fromkeys(FAILING, heard["unknown user"]) == heard


async def test_memory_of_a_refusal_answers_as_the_database_does(unlimited: House) -> None:
    """G5: the first refusal and those that are remembered do not differ."""
    await _account_shut(unlimited)
    answers = [await _log_in(unlimited, PEOPLE["user"], password) for password in (RIGHT, "x") * 3]
    unlimited.engines.watched.said.clear()
    remembered = await _log_in(unlimited, PEOPLE["user"], RIGHT)

    assert [_shown(answers[0])] * 7 == [_shown(one) for one in (*answers, remembered)]
    assert [] == unlimited.engines.watched.said


@pytest.mark.parametrize("policy", ["always", "when_risky"])
async def test_verification_is_demanded_of_everybody_alike(unlimited: House, policy: str) -> None:
    """T1: bot detection looks at no password, and counts nothing."""
    await _protect(unlimited, attack_protection.BOT_DETECTION, challenge_password_policy=policy)
    if policy == "when_risky":
        for number in range(60):  # of the hundred that the address may spend
            await _log_in(unlimited, f"name{number % 12}")
    before = unlimited.engines.hasher.verified
    answers = [await _log_in(unlimited, *one) for one in TRIES]

    assert [_shown(answers[0])] * len(TRIES) == [_shown(answer) for answer in answers]
    assert (401, "requires_verification") == (answers[0].status_code, answers[0].json()["error"])
    assert before == unlimited.engines.hasher.verified


@pytest.mark.parametrize("ask", EARLY.values(), ids=EARLY)
async def test_early_refusals_come_before_the_gate(
    unlimited: House, ask: Mapping[str, str]
) -> None:
    """T5: refusals of realm, grant and audience reserve and count nothing, shut or not."""
    await _account_shut(unlimited)
    unlimited.engines.watched.said.clear()
    before = unlimited.engines.hasher.verified
    form = {"grant_type": PASSWORD_REALM, **WEB, **ask}
    answers = [
        await unlimited.token(**{**form, "username": username, "password": password})
        for username, password in TRIES
    ]

    assert [_shown(answers[0])] * len(TRIES) == [_shown(answer) for answer in answers]
    assert 429 != answers[0].status_code
    assert before == unlimited.engines.hasher.verified
    said = unlimited.engines.watched.said
    assert [] == [text for text in said if "leases" in text or "failures" in text]
