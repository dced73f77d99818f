"""A right login: the try is settled and the login counted, whatever goes on beside it."""

import asyncio
from datetime import timedelta

import pytest

from gateword.ports.attempts import Bucket, Lease
from gateword.storage import postgres
from gateword.storage.attempt_sql import FORGET_USER
from gateword.storage.engine import Tx
from gateword.storage.statement import AcrossTenants
from tests.engines.guesses import HERE, Guesser, a_guess, bounded, rows
from tests.engines.house import NOON, Furnished, House

LATER = NOON + timedelta(seconds=5)
HOLD = AcrossTenants("UPDATE users SET updated_at = updated_at WHERE key = :key")
COUNT = AcrossTenants("SELECT logins_count FROM users WHERE key = :key")


async def test_try_ends_and_login_counts_together(house: House, furnished: Furnished) -> None:
    """Nothing is under way any more, the user has logged in, and the place is known."""
    guesser, key = Guesser(house.stores.attempts), furnished.user.key
    lease = await guesser.is_let_in(a_guess(subject=f"u{key}", user_key=key))

    user = await house.stores.logins.record(lease, key, HERE, LATER, remembers=True)

    assert user is not None
    assert (1, LATER, HERE) == (user.logins_count, user.last_login, user.last_ip)
    assert 0 == await rows(house, "leases")
    assert {HERE: LATER} == await house.stores.attempts.known_places(key)


async def test_success_forgives_what_the_user_mistyped(house: House, furnished: Furnished) -> None:
    """The failures before it are forgotten in the same breath."""
    guesser, key = Guesser(house.stores.attempts), furnished.user.key
    entry = a_guess(subject=f"u{key}", user_key=key)
    await guesser.fails(entry, times=2)
    lease = await guesser.is_let_in(entry)

    user = await house.stores.logins.record(lease, key, HERE, LATER, remembers=False)

    assert user is not None
    assert {} == await guesser.counts(f"u{key}")
    assert {} == await house.stores.attempts.known_places(key)


async def test_login_of_somebody_who_is_gone_is_nobodys(house: House, furnished: Furnished) -> None:
    """Deleted while the password was being checked: nothing is left of the try either."""
    guesser, key = Guesser(house.stores.attempts), furnished.user.key
    lease = await guesser.is_let_in(a_guess(subject=f"u{key}", user_key=key))
    await house.stores.users.remove(furnished.user.user_id)

    assert None is await house.stores.logins.record(lease, key, HERE, LATER, remembers=True)
    assert 0 == await rows(house, "leases")
    assert 0 == await rows(house, "known_places")


@pytest.mark.parametrize("failures", [0, 1], ids=["short way", "long way"])
async def test_login_waits_for_a_change_of_its_user_with_nothing_in_its_hands(
    postgres_house: House, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    """Whoever changes a user takes the user first, then what is counted: no circle, no victim."""
    monkeypatch.setattr(postgres, "_LOST_A_RACE", ())  # a victim would begin anew unseen
    house, furnished = postgres_house, await postgres_house.furnish()
    guesser, user = Guesser(house.stores.attempts), furnished.user
    entry = a_guess(subject=f"u{user.key}", user_key=user.key)
    await guesser.fails(entry, times=failures)
    lease = await guesser.is_let_in(entry)
    is_held = asyncio.Event()

    async def remove(tx: Tx) -> None:
        await tx.run(HOLD, key=user.key)
        is_held.set()
        await asyncio.sleep(0.3)  # the login waits for the user by now
        for statement in FORGET_USER:
            await tx.run(statement, tenant=house.tenant.key, user_key=user.key)

    removing = asyncio.create_task(house.database.transact(remove))
    await is_held.wait()
    counted = await house.stores.logins.record(lease, user.key, HERE, LATER, remembers=True)
    await removing

    assert counted is not None
    assert 1 == counted.logins_count


async def test_more_buckets_than_are_looked_at_are_a_fault(house: House) -> None:
    """A shield too many is not let through unseen (docs: "Add a shield")."""
    buckets = tuple(Bucket(shield="s", key=f"b{n}", size=1, refill_ms=1) for n in range(6))
    entry = a_guess(buckets=buckets, tries=(bounded(),))

    with pytest.raises(ValueError, match="zip"):
        await house.stores.attempts.reserve(entry, NOON)


async def test_login_that_nothing_counted_is_recorded(house: House, furnished: Furnished) -> None:
    """With every shield down there is no lease, and the login counts all the same."""
    key = furnished.user.key
    lease = Lease("", a_guess(user_key=key, tries=()))

    user = await house.stores.logins.record(lease, key, HERE, LATER, remembers=True)
    row = await house.database.one(COUNT, key=key)

    assert user is not None
    assert (1,) == row
