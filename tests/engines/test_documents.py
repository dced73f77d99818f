"""Documents that are made from all of their kind, and cursors, on both engines."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from gateword.domain.secret import Secret
from gateword.ports.documents import Kept
from gateword.ports.queues import Cursor
from tests.engines.house import NOON, House

LATER = NOON + timedelta(minutes=1)


async def test_parallel_edits_lose_nothing(house: House) -> None:
    """Each edit sees what the one before it made: ten that count up make ten."""
    workers = [house.stores, house.other_worker()]

    def counted(present: Mapping[str, Kept]) -> Kept:
        before = present["a"].document["n"] if "a" in present else 0
        assert isinstance(before, int)
        return Kept(id="a", document={"n": before + 1})

    edits = (workers[n % 2].documents.edit("counter", counted, NOON) for n in range(10))
    await asyncio.gather(*edits)

    kept = await house.other_worker().documents.get("counter", "a")
    assert kept is not None
    assert {"n": 10} == kept.document


async def test_parallel_creations_get_a_place_each(house: House) -> None:
    """Who asks for the next free place gets one that nobody else has."""

    async def add(number: int) -> None:
        def made(present: Mapping[str, Kept]) -> Kept:
            place = max((kept.position or 0 for kept in present.values()), default=0) + 1
            return Kept(id=str(number), name=str(number), position=place, document={})

        await house.stores.documents.edit("rule", made, NOON)

    await asyncio.gather(*(add(number) for number in range(8)))

    kept = await house.stores.documents.all("rule")
    assert list(range(1, 9)) == [one.position for one in kept]


async def test_edit_answers_what_is_stored(house: House) -> None:
    """With its secret, and the times at which it was made and changed."""
    made = Kept(id="a", name="one", document={"x": 1}, secret=Secret("hush"))
    first = await house.stores.documents.edit("action", lambda _: made, NOON)
    second = await house.stores.documents.edit(
        "action", lambda present: replace(present["a"], document={"x": 2}), LATER
    )
    stored = await house.other_worker().documents.get("action", "a")

    assert replace(made, created_at=NOON, updated_at=NOON) == first
    assert replace(first, document={"x": 2}, updated_at=LATER) == second
    assert second == stored


async def test_edit_that_raises_changes_nothing(house: House) -> None:
    """What the caller refuses is undone, and reaches the caller."""
    await house.stores.documents.put("rule", Kept(id="a", document={"x": 1}), NOON)

    def refused(present: Mapping[str, Kept]) -> Kept:
        raise LookupError(sorted(present))

    with pytest.raises(LookupError, match="'a'"):
        await house.stores.documents.edit("rule", refused, LATER)

    kept = await house.stores.documents.get("rule", "a")
    assert kept is not None
    assert ({"x": 1}, NOON) == (kept.document, kept.updated_at)


async def test_edit_sees_its_own_kind_and_tenant_alone(house: House) -> None:
    """Two kinds, or two tenants, may use one id."""
    await (await house.neighbour()).stores.documents.put("rule", Kept(id="a", document={}), NOON)
    await house.stores.documents.put("action", Kept(id="a", document={}), NOON)
    seen: list[str] = []

    def made(present: Mapping[str, Kept]) -> Kept:
        seen.extend(present)
        return Kept(id="b", document={})

    await house.stores.documents.edit("rule", made, NOON)

    assert [] == seen


async def test_cursor_is_looked_at_without_being_taken(house: House) -> None:
    """Whoever only looks holds nobody up, and finds what was stored last."""
    cursors = house.stores.cursors
    absent = await cursors.get("log_stream/a")
    await cursors.claim("log_stream/a", NOON, LATER)
    held = await cursors.get("log_stream/a")
    moved = Cursor(position=7, failures=2, error="no", facts={"begun": True})
    await cursors.move("log_stream/a", moved, None)

    assert (None, Cursor()) == (absent, held)
    assert moved == await house.other_worker().cursors.get("log_stream/a")
    assert moved == await cursors.claim("log_stream/a", NOON, LATER)


async def test_rearranged_documents_take_each_others_places(house: House) -> None:
    """Places are unique, and stay so while all move at once; nobody else is touched."""
    documents = house.stores.documents
    for place, id_ in enumerate("abc", 1):
        kept = Kept(id=id_, name=id_, position=place, document={}, secret=Secret("hush"))
        await documents.put("rule", kept, NOON)

    def made(present: Mapping[str, Kept]) -> list[Kept]:
        return [replace(present["a"], position=2), replace(present["b"], position=1)]

    await documents.rearrange("rule", made, LATER)

    there = await house.other_worker().documents.all("rule")
    assert [("b", 1, LATER), ("a", 2, LATER), ("c", 3, NOON)] == [
        (one.id, one.position, one.updated_at) for one in there
    ]
    assert Secret("hush") == there[0].secret


async def test_rearrangement_that_fails_changes_nothing(house: House) -> None:
    """Whatever `made` raises undoes all of it."""
    kept = Kept(id="a", position=1, document={})
    await house.stores.documents.put("rule", kept, NOON)

    def made(present: Mapping[str, Kept]) -> list[Kept]:
        raise LookupError(*present)

    with pytest.raises(LookupError):
        await house.stores.documents.rearrange("rule", made, LATER)

    (there,) = await house.other_worker().documents.all("rule")
    assert (1, NOON) == (there.position, there.updated_at)
