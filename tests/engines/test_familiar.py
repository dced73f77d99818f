"""Places and devices of complete logins."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from gateword.domain.risk import Confidence, Risk, Seen
from gateword.domain.secret import Secret
from gateword.storage.familiar import KEPT, MOST_DEVICES
from tests.engines.guesses import rows
from tests.engines.house import NOON, Furnished, House

HERE, PHONE = "198.51.100.7", "d" * 32


def a_risk(user_key: int, place: str = HERE, device: str | None = PHONE) -> Risk:
    """Return what a login of the user came to."""
    return Risk(
        confidence=Confidence.LOW, assessments={}, user_key=user_key, place=place, device=device
    )


async def test_complete_login_makes_place_and_device_known(
    house: House, furnished: Furnished
) -> None:
    """Both at once; each says nothing of others of their kind."""
    familiar, key = house.stores.familiar, furnished.user.key

    await familiar.learn(a_risk(key), NOON)

    known = Seen(place_at=NOON, device_at=NOON, any_device_at=NOON)
    assert known == await familiar.seen(key, HERE, PHONE, NOON)
    assert Seen(any_device_at=NOON) == await familiar.seen(key, "192.0.2.1", "other", NOON)
    assert Seen(place_at=NOON, any_device_at=NOON) == await familiar.seen(key, HERE, None, NOON)
    assert Seen() == await familiar.seen(key + 1, HERE, PHONE, NOON)


async def test_other_tenant_knows_nothing_of_it(house: House, furnished: Furnished) -> None:
    """A user's number says nothing there."""
    key = furnished.user.key
    await house.stores.familiar.learn(a_risk(key), NOON)

    neighbour = await house.neighbour()

    assert Seen() == await neighbour.stores.familiar.seen(key, HERE, PHONE, NOON)


async def test_place_is_known_for_brute_force_protection_too(
    house: House, furnished: Furnished
) -> None:
    """There is one list of places."""
    key = furnished.user.key

    await house.stores.familiar.learn(a_risk(key), NOON)

    assert {HERE: NOON} == await house.stores.attempts.known_places(key)


async def test_login_from_no_known_device_teaches_its_place(
    house: House, furnished: Furnished
) -> None:
    """What does not tell itself is not kept."""
    key = furnished.user.key

    await house.stores.familiar.learn(a_risk(key, device=None), NOON)

    assert Seen(place_at=NOON) == await house.stores.familiar.seen(key, HERE, None, NOON)


async def test_device_is_forgotten_after_thirty_idle_days(
    house: House, furnished: Furnished
) -> None:
    """Auth0's "Adaptive MFA": not used in the last 30 days is new; the row goes by and by."""
    familiar, key = house.stores.familiar, furnished.user.key
    await familiar.learn(a_risk(key), NOON)
    used = NOON + timedelta(days=20)
    await familiar.learn(a_risk(key), used)

    before = await familiar.seen(key, HERE, PHONE, used + KEPT - timedelta(seconds=1))
    after = await familiar.seen(key, HERE, PHONE, used + KEPT)
    kept = await familiar.purge(used + KEPT - timedelta(seconds=1))
    gone = await familiar.purge(used + KEPT)

    assert (used, None) == (before.device_at, after.device_at)
    assert (0, 1) == (kept, gone)


async def test_user_has_a_bounded_number_of_devices(house: House, furnished: Furnished) -> None:
    """The longest unused goes, so that nobody fills a table by changing names."""
    familiar, key = house.stores.familiar, furnished.user.key
    for number in range(MOST_DEVICES + 3):
        at = NOON + timedelta(minutes=number)
        await familiar.learn(a_risk(key, device=f"device {number}"), at)

    later = NOON + timedelta(hours=1)
    known = [
        number
        for number in range(MOST_DEVICES + 3)
        if (await familiar.seen(key, HERE, f"device {number}", later)).device_at
    ]

    assert list(range(3, MOST_DEVICES + 3)) == known


async def test_parallel_logins_from_one_device_are_one_row(
    house: House, furnished: Furnished
) -> None:
    """None of them fails because another was first."""
    key = furnished.user.key

    await asyncio.gather(*(house.stores.familiar.learn(a_risk(key), NOON) for _ in range(20)))

    assert 1 == await rows(house, "known_devices")
    assert 1 == await rows(house, "known_places")


async def test_new_password_forgets_places_and_devices(house: House, furnished: Furnished) -> None:
    """Whoever had the old one may have taught them."""
    familiar, user = house.stores.familiar, furnished.user
    await familiar.learn(a_risk(user.key), NOON)

    passwords = house.stores.passwords
    identity = await passwords.identity_key(user.key, furnished.connection.key)
    assert identity is not None
    assert await passwords.change(user.key, Secret("$2"), NOON, identity_key=identity, keep=0)

    assert Seen() == await familiar.seen(user.key, HERE, PHONE, NOON)


async def test_nothing_is_left_of_a_deleted_user(house: House, furnished: Furnished) -> None:
    """Promise D9; a login that ends a moment later leaves nothing either."""
    familiar, user = house.stores.familiar, furnished.user
    await familiar.learn(a_risk(user.key), NOON)

    await house.stores.users.remove(user.user_id)
    await familiar.learn(replace(a_risk(user.key), place="192.0.2.1"), NOON)

    assert 0 == await rows(house, "known_devices")
    assert 0 == await rows(house, "known_places")
