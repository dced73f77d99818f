"""Two workers act as one (promises O1 and D1)."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime

import httpx

from gateword.app import opened
from gateword.storage.cache import MISSED_S
from tests.served.asks import TOKEN, at_once, login, machine, refresh
from tests.served.house import PEOPLE, STEADY, STRICT, Shop, client_of, settings_of
from tests.support.served import Served

AT_ONCE = 32
FAMILIES = 4
SEEN_WITHIN_S = 1.0
ASKS = 8


def ask(served: Served, form: dict[str, str]) -> httpx.Response:
    """Ask once over a connection of its own, so that either worker may answer."""
    with served.client() as client:
        return client.post(TOKEN, data=form)


def test_rotation_when_exchanged_in_parallel_has_one_winner(pair: Served) -> None:
    """Of 32 parallel exchanges of one token exactly one succeeds, and the family is retired."""
    for _ in range(FAMILIES):
        family = ask(pair, login(STRICT)).json()

        exchange = refresh(STRICT, family["refresh_token"])
        answers = asyncio.run(at_once(pair, [exchange] * AT_ONCE))

        assert [200, *[403] * (AT_ONCE - 1)] == sorted(one.status_code for one in answers)
        lost = {one.json()["error"] for one in answers if one.status_code != 200}
        assert {"invalid_grant"} == lost
        winner = next(one.json() for one in answers if one.status_code == 200)
        assert 403 == ask(pair, refresh(STRICT, winner["refresh_token"])).status_code
        assert not _is_active(pair, winner["access_token"])


def test_refresh_when_replayed_at_any_worker_retires_the_family(pair: Served) -> None:
    """A second use is recognised by whichever worker it reaches."""
    for _ in range(FAMILIES):
        first = ask(pair, login(STRICT)).json()["refresh_token"]
        second = ask(pair, refresh(STRICT, first)).json()["refresh_token"]

        assert 403 == ask(pair, refresh(STRICT, first)).status_code
        assert 403 == ask(pair, refresh(STRICT, second)).status_code


def test_client_when_added_by_another_process_is_seen_within_a_second(pair: Served) -> None:
    """What a command changes is in force at every worker a second later."""
    added = Shop("latecomer", "latecomer-secret-0123456789", STRICT.refresh)
    assert 401 == ask(pair, machine(added)).status_code

    asyncio.run(_put(pair, added))

    seen_at_s = time.monotonic() + SEEN_WITHIN_S
    statuses: list[int] = []
    while len(statuses) < ASKS:
        asked_at_s = time.monotonic()
        answer = ask(pair, machine(added))
        statuses += [answer.status_code] if asked_at_s >= seen_at_s else []
    # Known, but without a grant at the API.
    assert [403] * ASKS == statuses


def test_user_when_blocked_is_refused_at_every_worker_at_once(pair: Served) -> None:
    """Whether a user may go on is read each time: no process grants anything by what it knew."""
    forms = [refresh(STEADY, ask(pair, login(STEADY, PEOPLE[7])).json()["refresh_token"])]
    forms.append(login(STEADY, PEOPLE[7]))
    before = {ask(pair, form).status_code for form in forms * 2}

    asyncio.run(_block(pair, PEOPLE[7], blocked=True))
    after = [ask(pair, form).status_code for form in forms * ASKS]
    asyncio.run(_block(pair, PEOPLE[7], blocked=False))

    assert {200} == before
    assert {401, 403} >= set(after)


def test_secret_when_rotated_is_worth_nothing_at_any_worker_a_second_later(pair: Served) -> None:
    """The old secret is refused everywhere within a second, and the new one accepted at once."""
    old, new = (Shop("turned", word * 24, STRICT.refresh) for word in "on")
    asyncio.run(_put(pair, old))
    time.sleep(MISSED_S)
    known = {ask(pair, machine(old)).status_code for _ in range(ASKS)}

    asyncio.run(_put(pair, new))
    time.sleep(MISSED_S)
    at_once = [ask(pair, machine(new)).status_code for _ in range(ASKS)]
    time.sleep(SEEN_WITHIN_S)

    assert {403} == known  # known, but without a grant at the API
    assert [403] * ASKS == at_once
    assert {401} == {ask(pair, machine(old)).status_code for _ in range(ASKS)}
    assert {403} == {ask(pair, machine(new)).status_code for _ in range(ASKS)}


async def _block(served: Served, email: str, *, blocked: bool) -> None:
    async with opened(settings_of(served)) as house:
        stores = house.parts.stores
        [user] = await stores.users.with_email(email)
        await stores.users.change(
            user.user_id, lambda held: replace(held, blocked=blocked), datetime.now(UTC)
        )


async def _put(served: Served, shop: Shop) -> None:
    async with opened(settings_of(served)) as house:
        await house.parts.stores.clients.put(client_of(shop), datetime.now(UTC))


def _is_active(served: Served, token: str) -> bool:
    with served.client() as client:
        described = client.post("/oauth/introspect", data={"token": token, **STRICT.proof()})
    active: bool = described.json()["active"]
    return active
