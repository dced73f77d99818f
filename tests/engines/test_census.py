"""What the census of a tenant's counters promises, on each engine."""

from datetime import timedelta
from typing import Final

from gateword.ports.attempts import EVERYWHERE, Bucket, Entry, Failures, Lease, Outcome, Tries
from tests.engines.house import NOON, Furnished, House

SOON: Final = NOON + timedelta(minutes=1)
MINUTE_MS: Final = 60_000


async def fails(
    house: House, furnished: Furnished, subject: str, place: str, *, is_user: bool
) -> None:
    """Let a try of somebody fail; each is a second after the one before."""
    entry = Entry(
        connection_key=furnished.connection.key,
        subject=subject,
        place=place,
        user_key=furnished.user.key if is_user else None,
        tries=(
            Tries(shield="x", place=place, limit=None),
            Tries(shield="x", place=EVERYWHERE, limit=None),
        ),
    )
    house.clock.pass_s(1)
    lease = await house.stores.attempts.reserve(entry, house.clock.now())
    assert isinstance(lease, Lease)
    await house.stores.attempts.settle(lease, Outcome.WRONG, house.clock.now())


async def test_failing_are_found_the_latest_first(house: House, furnished: Furnished) -> None:
    """With whose they are; those with fewer failures are left out, and what is too much."""
    for subject, place, is_user in (
        ("u1", "192.0.2.1", True),
        ("u1", "192.0.2.1", True),
        ("nobody", "192.0.2.2", False),
        ("nobody", "192.0.2.2", False),
        ("rare", "192.0.2.3", False),
    ):
        await fails(house, furnished, subject, place, is_user=is_user)

    found = await house.stores.census.failing(2, 100)

    assert [
        ("nobody", "", 2, None),
        ("nobody", "192.0.2.2", 2, None),
        ("u1", "", 2, furnished.user.key),
        ("u1", "192.0.2.1", 2, furnished.user.key),
    ] == [(row.subject, row.place, row.count, user_key) for row, user_key in found]
    assert (
        Failures(
            connection_key=furnished.connection.key,
            subject="nobody",
            place="",
            count=2,
            last_failed_at=NOON + timedelta(seconds=4),
        )
        == found[0][0]
    )
    assert list(found)[:1] == await house.stores.census.failing(2, 1)
    assert [] == await (await house.neighbour()).stores.census.failing(1, 100)


async def test_buckets_are_found_the_emptiest_first(house: House) -> None:
    """Only those of the asked kind that need longer than asked."""
    for key, times in (("login:a", 3), ("login:b", 1), ("login:c", 5), ("signup:a", 5), ("l", 5)):
        bucket = Bucket(shield="x", key=key, size=5, refill_ms=MINUTE_MS, spends_always=True)
        for _ in range(times):
            assert await house.stores.attempts.take([bucket], NOON) is None
    census = house.stores.census

    assert [("login:c", 5 * MINUTE_MS), ("login:a", 3 * MINUTE_MS)] == await census.due(
        "login:", MINUTE_MS, NOON, 100
    )
    assert [("login:c", 4 * MINUTE_MS)] == await census.due("login:", MINUTE_MS, SOON, 1)
    assert [] == await (await house.neighbour()).stores.census.due("login:", 0, NOON, 100)


async def test_failing_of_one_address_are_found(house: House, furnished: Furnished) -> None:
    """Those of other addresses, and what is counted over all of them, are left out."""
    for subject, place in (("a", "192.0.2.1"), ("b", "192.0.2.2"), ("c", "192.0.2.1")):
        await fails(house, furnished, subject, place, is_user=False)

    found = await house.stores.census.failing(1, 100, place="192.0.2.1")

    assert [("c", "192.0.2.1"), ("a", "192.0.2.1")] == [
        (row.subject, row.place) for row, _ in found
    ]


async def test_names_of_an_address_are_counted(house: House, furnished: Furnished) -> None:
    """Of users and of nobody alike, those that failed lately, and no further than asked."""
    for subject, place, is_user in (
        ("u1", "192.0.2.1", True),
        ("a", "192.0.2.1", False),
        ("b", "192.0.2.1", False),
        ("b", "192.0.2.1", False),
        ("a", "192.0.2.2", False),
        ("b", "192.0.2.2", False),
    ):
        await fails(house, furnished, subject, place, is_user=is_user)
    census, seconds = house.stores.census, timedelta(seconds=1)

    assert 3 == await census.names_at("192.0.2.1", NOON, 100)
    assert 2 == await census.names_at("192.0.2.1", NOON, 2)
    assert 1 == await census.names_at("192.0.2.1", NOON + 3 * seconds, 100)
    assert 0 == await census.names_at("192.0.2.3", NOON, 100)
    assert ["192.0.2.2", "192.0.2.1"] == await census.crowded(2, NOON, 100)
    assert ["192.0.2.2"] == await census.crowded(2, NOON, 1)
    assert ["192.0.2.1"] == await census.crowded(3, NOON, 100)
    assert ["192.0.2.2"] == await census.crowded(2, NOON + 4 * seconds, 100)
    neighbour = (await house.neighbour()).stores.census
    assert (0, []) == (
        await neighbour.names_at("192.0.2.1", NOON, 100),
        await neighbour.crowded(1, NOON, 100),
    )


async def test_names_of_an_address_are_forgotten(house: House, furnished: Furnished) -> None:
    """A user with so many failures keeps them, and so does whoever failed elsewhere."""
    for subject, place, is_user in (
        ("nobody", "192.0.2.1", False),
        ("nobody", "192.0.2.1", False),
        ("u1", "192.0.2.1", True),
        ("u2", "192.0.2.1", True),
        ("u2", "192.0.2.1", True),
        ("u1", "192.0.2.2", True),
    ):
        await fails(house, furnished, subject, place, is_user=is_user)
    census = house.stores.census
    everywhere = await census.failing(1, 100, place=EVERYWHERE)

    assert 0 == await (await house.neighbour()).stores.census.disperse("192.0.2.1", None)
    assert 2 == await census.disperse("192.0.2.1", 2)
    (kept,) = await census.failing(1, 100, place="192.0.2.1")
    assert "u2" == kept[0].subject
    assert 1 == await census.disperse("192.0.2.1", None)
    assert 1 == await census.names_at("192.0.2.2", NOON, 100)
    assert list(everywhere) == list(await census.failing(1, 100, place=EVERYWHERE))
