"""What is kept of push devices, on each engine: keys, counters, answers."""

import asyncio
from datetime import timedelta
from typing import Final

from gateword.domain.mfa import Authenticator, Challenge, Kind, Verdict
from gateword.domain.secret import Secret
from tests.engines.house import NOON, Furnished, House, a_handle

ID: Final = "push|dev_0123456789abcdef"
SOON: Final = NOON + timedelta(minutes=10)


def a_device(furnished: Furnished) -> Authenticator:
    """Return an enrolment that waits for its device."""
    key = furnished.user.key
    return Authenticator(
        id=ID, user_key=key, kind=Kind.PUSH, created_at=NOON, expires_at=SOON, group="pair"
    )


def a_question(furnished: Furnished) -> Challenge:
    """Return a question to that device."""
    return Challenge(
        user_key=furnished.user.key,
        authenticator_id=ID,
        session=b"session",
        code="",
        created_at=NOON,
        expires_at=NOON + timedelta(minutes=5),
    )


async def test_enrolment_takes_one_device_of_many(house: House, furnished: Furnished) -> None:
    """Of twenty that hand in a key at once one is admitted, and it is not confirmed by that."""
    store = house.stores.authenticators
    await store.add([a_device(furnished)], 20)

    came = await asyncio.gather(
        *(store.admit_device(ID, Secret(f"key {n}"), f"Phone {n}", NOON) for n in range(20))
    )

    kept = await store.get(ID)
    assert kept is not None
    winner = came.index(True)
    assert (1, f"Phone {winner}", Secret(f"key {winner}")) == (sum(came), kept.name, kept.seed)
    assert not kept.is_confirmed


async def test_enrolment_that_is_over_takes_no_device(house: House, furnished: Furnished) -> None:
    """Neither at its end nor when nobody knows it."""
    store = house.stores.authenticators
    await store.add([a_device(furnished)], 20)

    assert not await store.admit_device(ID, Secret("key"), "", SOON)
    assert not await store.admit_device("push|dev_x", Secret("key"), "", NOON)


async def test_counter_rises_once_for_many(house: House, furnished: Furnished) -> None:
    """Of twenty requests with one counter one counts; a lower one never does."""
    store = house.stores.authenticators
    await store.add([a_device(furnished)], 20)
    high = 2**53 - 1

    came = await asyncio.gather(*(store.advance(ID, high - 1) for _ in range(20)))

    assert 1 == sum(came)
    assert not await store.advance(ID, 1)
    assert await store.advance(ID, high)


async def test_question_has_one_answer(house: House, furnished: Furnished) -> None:
    """It goes by its own id, is not asked any more afterwards, and the answer stays."""
    store, handle = house.stores.challenges, a_handle()
    await house.stores.authenticators.add([a_device(furnished)], 20)
    await store.add(handle, a_question(furnished))
    asked = await store.waiting(ID, NOON)
    assert asked is not None
    assert not await store.answer("0" * 64, Verdict.APPROVED, NOON)

    said = (Verdict.DENIED, Verdict.APPROVED) * 5
    came = await asyncio.gather(*(store.answer(asked.id, verdict, NOON) for verdict in said))

    found = await store.find(handle, NOON)
    assert found is not None
    assert (1, said[came.index(True)]) == (sum(came), found.verdict)
    assert await store.waiting(ID, NOON) is None


async def test_answer_comes_too_late(house: House, furnished: Furnished) -> None:
    """Neither an expired question nor one whose place was taken can be answered."""
    store = house.stores.challenges
    await house.stores.authenticators.add([a_device(furnished)], 20)
    await store.add(a_handle(), a_question(furnished))
    older = await store.waiting(ID, NOON)
    await store.add(a_handle(), a_question(furnished))
    newer = await store.waiting(ID, NOON)
    assert older is not None
    assert newer is not None

    assert not await store.answer(older.id, Verdict.APPROVED, NOON)
    assert not await store.answer(newer.id, Verdict.APPROVED, NOON + timedelta(minutes=5))


async def test_question_is_ended_by_one_of_many(house: House, furnished: Furnished) -> None:
    """Of twenty who end a denied question one does."""
    store, handle = house.stores.challenges, a_handle()
    await house.stores.authenticators.add([a_device(furnished)], 20)
    await store.add(handle, a_question(furnished))

    came = await asyncio.gather(*(store.end(handle) for _ in range(20)))

    assert (1, None) == (sum(came), await store.find(handle, NOON))
