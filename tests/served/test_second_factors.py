"""However many processes there are, what is used once is used once, and codes are counted."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import httpx
import pytest

from gateword.app import opened
from tests.served.asks import TOKEN, login, many
from tests.served.house import STEADY, settings_of, two_processes
from tests.served.second_factors import (
    Person,
    at_once,
    by_oob,
    by_otp,
    by_recovery_code,
    demand_factors,
    mfa_tokens,
    people,
    sent,
)
from tests.support.served import Served

AT_ONCE: Final = 50
SESSIONS: Final = 20
MOST_CODES: Final = 10
REFUSED: Final = {403, 429}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def guarded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """Two workers on SQLite, then two nodes; every login shows a second factor."""

    def furnished_with(served: Served) -> None:
        asyncio.run(demand_factors(served))

    folder = tmp_path_factory.mktemp("factors")
    with two_processes(request, folder, protected=True, furnished_with=furnished_with) as served:
        yield served


async def races(
    served: Served, person: Person, proof: str, sessions: int
) -> tuple[list[httpx.Response], list[str]]:
    """Show one proof fifty times at once; return the answers and the `mfa_token`s."""
    async with many(served, AT_ONCE) as client:
        tokens = await mfa_tokens(client, person, sessions)
        shown = [tokens[number % sessions] for number in range(AT_ONCE)]
        if proof == "oob_code":
            handle = await sent(served, person, tokens[0])
            return await at_once(client, [by_oob(token, handle) for token in shown]), tokens
        if proof == "recovery code":
            code = person.recovery_code
            return await at_once(client, [by_recovery_code(one, code) for one in shown]), tokens
        code = person.otp()
        return await at_once(client, [by_otp(one, code) for one in shown]), tokens


@pytest.mark.parametrize("sessions", [1, SESSIONS])
@pytest.mark.parametrize("proof", ["step", "oob_code", "recovery code"])
def test_proof_is_accepted_once_by_two_processes(
    guarded: Served, proof: str, sessions: int
) -> None:
    """O3: of fifty at once, in one login or in twenty, one is answered tokens; nothing breaks."""
    [person] = people(guarded, 1)

    answers, _ = asyncio.run(races(guarded, person, proof, sessions))

    counts = Counter(one.status_code for one in answers)
    assert 1 == counts.pop(200)
    assert set(counts) <= REFUSED
    [winner] = [one.json() for one in answers if one.status_code == 200]
    assert {"access_token", "id_token", "refresh_token"} <= set(winner)
    assert (proof == "recovery code") == ("recovery_code" in winner)


def test_mfa_token_is_accepted_once_by_two_processes(guarded: Served) -> None:
    """O3: an app's code, a code that was sent and a recovery code at once make one login."""
    [person] = people(guarded, 1)

    async def race() -> list[httpx.Response]:
        async with many(guarded, AT_ONCE) as client:
            [token] = await mfa_tokens(client, person)
            handle = await sent(guarded, person, token)
            code = person.otp()
            forms = [by_otp(token, code), by_oob(token, handle)]
            forms.append(by_recovery_code(token, person.recovery_code))
            return await at_once(client, forms * (AT_ONCE // 3))

    answers = asyncio.run(race())

    counts = Counter(one.status_code for one in answers)
    assert 1 == counts.pop(200)
    assert set(counts) <= REFUSED


def test_codes_of_one_user_are_counted_over_all_logins_and_processes(guarded: Served) -> None:
    """G9: of a hundred wrong codes in twenty logins at once ten are looked at; then none is."""
    [person] = people(guarded, 1)

    async def guess() -> tuple[list[httpx.Response], list[httpx.Response]]:
        async with many(guarded, AT_ONCE) as client:
            tokens = await mfa_tokens(client, person, SESSIONS)
            wrong = person.wrong_otp()
            answers = await at_once(client, [by_otp(token, wrong) for token in tokens * 5])
            right = [by_otp(token, person.otp()) for token in tokens]
            return answers, await at_once(client, right)

    answers, right = asyncio.run(guess())

    assert MOST_CODES == asyncio.run(evaluated(guarded, person))
    errors = Counter(one.json()["error_description"] for one in answers)
    assert MOST_CODES >= errors["Invalid otp_code."]
    assert REFUSED == {one.status_code for one in answers}
    limited = [one for one in right if one.status_code == 429]
    assert SESSIONS == len(limited) + sum(one.status_code == 403 for one in right)
    assert {"too_many_attempts"} == {one.json()["error"] for one in limited}
    assert all(1 <= int(one.headers["retry-after"]) <= 360 for one in limited)


def test_login_ends_with_the_fifth_wrong_code(guarded: Served) -> None:
    """G9: after five wrong codes the right one is too late for this login, and only for this."""
    [person] = people(guarded, 1)

    async def guess() -> tuple[list[str], int]:
        async with many(guarded, 2) as client:
            first, second = await mfa_tokens(client, person, 2)
            wrong, texts = by_otp(first, person.wrong_otp()), []
            for form in [wrong] * 5 + [by_otp(first, person.otp())]:
                answer = await client.post(TOKEN, data=form)
                texts.append(answer.json()["error_description"])
            other = await client.post(TOKEN, data=by_otp(second, person.otp()))
            return texts, other.status_code

    texts, other = asyncio.run(guess())

    assert ["Invalid otp_code."] * 5 + ["Malformed mfa_token"] == texts
    assert 200 == other


def test_recovery_code_lifts_what_a_hundred_wrong_codes_have_suspended(guarded: Served) -> None:
    """G9: no code of the app is looked at any more until the user shows the recovery code."""
    [person] = people(guarded, 1)

    async def suspended() -> list[httpx.Response]:
        async with opened(settings_of(guarded)) as house:
            await house.parts.stores.authenticators.fail([person.app_id] * 100)
        async with many(guarded, 4) as client:
            tokens = await mfa_tokens(client, person, 3)
            code = person.otp()
            forms = [
                by_otp(tokens[0], code),
                by_recovery_code(tokens[1], person.recovery_code),
                by_otp(tokens[2], code),
            ]
            return [await client.post(TOKEN, data=form) for form in forms]

    answers = asyncio.run(suspended())

    assert [429, 200, 200] == [one.status_code for one in answers]
    assert 0 == asyncio.run(evaluated(guarded, person))


def test_logins_of_many_people_at_once_all_succeed(guarded: Served) -> None:
    """G2: twenty people who show a password, and then a code, keep nobody waiting."""
    crowd = people(guarded, 20)

    async def logged_in() -> list[httpx.Response]:
        async with many(guarded, len(crowd)) as client:
            asked = await at_once(client, [login(STEADY, one.email) for one in crowd])
            tokens = [one.json()["mfa_token"] for one in asked]
            pairs = zip(crowd, tokens, strict=True)
            return await at_once(client, [by_otp(token, one.otp()) for one, token in pairs])

    answers = asyncio.run(logged_in())

    assert [200] * len(crowd) == [one.status_code for one in answers]


async def evaluated(served: Served, person: Person) -> int:
    """Return how many codes were held against somebody's factors and did not fit."""
    async with opened(settings_of(served)) as house:
        logs = house.parts.stores.logs
        rows: Sequence[Any] = await logs.latest(500)
    seen = [row.document["type"] for row in rows if row.document.get("user_name") == person.email]
    return seen.count("gd_auth_failed")
