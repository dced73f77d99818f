"""Exchanges that were as good as decided before their rows were locked."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from gateword.domain.log_event import LogCode, LogEvent
from gateword.domain.secret import Secret
from gateword.ports.token_stores import Exchanged, NotExchanged
from gateword.storage.engine import Tx
from gateword.storage.statement import Statement
from tests.engines.house import CLIENT, NOON, CountingDatabase, Furnished, House, a_handle
from tests.engines.logins import ROTATING, STANDING, begin, exchange, is_alive

HOLD = Statement(
    "SELECT key FROM refresh_families WHERE tenant = :tenant AND key = :key", locking=True
)
FORGET = Statement("DELETE FROM counters WHERE tenant = :tenant")
PATIENCE_S = 10

ROW = LogEvent(code=LogCode.SERTFT, at=NOON, user_id="auth0|1")


async def codes(house: House) -> list[str]:
    """Return the codes of the log, in its order."""
    return [str(row.document["type"]) for row in await house.stores.logs.read(after=0, limit=100)]


async def test_exchange_and_its_row_of_the_log_stand_together(
    house: House, furnished: Furnished
) -> None:
    """Who holds tokens is in the log, and a refused exchange leaves no row of a granted one."""
    refresh = await begin(house, furnished)
    known = await house.stores.tokens.find_refresh(refresh)

    first = await exchange(house, furnished, refresh, known=known, rows=[ROW])
    second = await exchange(house, furnished, refresh, known=known, rows=[ROW])

    assert Exchanged(rotated=True) == first
    assert isinstance(second, NotExchanged)
    assert ["sertft"] == await codes(house)


async def test_exchange_when_revoked_since_it_was_looked_up_is_refused(
    house: House, furnished: Furnished
) -> None:
    """Promise O2: what was known of a token lets nothing in that has ended meanwhile."""
    refresh, successor = await begin(house, furnished), a_handle()
    known = await house.stores.tokens.find_refresh(refresh)
    await house.stores.tokens.revoke_refresh(refresh, CLIENT, NOON, whole_grant=False)

    answer = await exchange(house, furnished, refresh, successor=successor, known=known)

    assert isinstance(answer, NotExchanged)
    assert "revoked" == answer.reason
    assert not await is_alive(house, successor)


async def test_exchange_when_its_end_has_come_nearer_is_refused(
    house: House, furnished: Furnished
) -> None:
    """An end that was set since the token was looked up holds."""
    refresh = await begin(house, furnished)
    known = await house.stores.tokens.find_refresh(refresh)
    assert known is not None
    await house.stores.families.end_by(known.family_key, NOON + timedelta(seconds=1))

    answer = await exchange(house, furnished, refresh, known=known, after_s=1)

    assert isinstance(answer, NotExchanged)
    assert "expired_absolute" == answer.reason


async def test_exchanges_together_each_come_to_what_they_would_alone(
    house: House, furnished: Furnished
) -> None:
    """What is written for many at once is the rows that each of them asked for."""
    tokens = [await begin(house, furnished) for _ in range(5)]
    standing = [await begin(house, furnished, STANDING) for _ in range(5)]
    successors = [a_handle() for _ in tokens]

    answers = await asyncio.gather(
        *(
            exchange(house, furnished, one, successor=next_, rows=[ROW])
            for one, next_ in zip(tokens, successors, strict=True)
        ),
        *(exchange(house, furnished, one, STANDING, rows=[ROW]) for one in standing),
        house.stores.logs.append([replace(ROW, code=LogCode.SECCFT)] * 2),
    )
    followed = [await house.stores.tokens.find_refresh(one) for one in successors]
    kept = [await house.stores.tokens.find_refresh(one) for one in standing]
    rows = await house.stores.logs.read(after=0, limit=100)

    assert [Exchanged(rotated=True)] * 5 + [Exchanged(rotated=False)] * 5 == answers[:10]
    assert [(2, 2, True, None)] * 5 == [
        (one.counter, one.latest_counter, one.rotating, one.used_at) for one in followed if one
    ]
    assert [None] * 5 == [one.used_at for one in kept if one]
    assert list(range(1, 13)) == [row.position for row in rows]
    assert 12 == len({row.log_id for row in rows})


async def test_exchange_when_one_beside_it_fails_stands(house: House, furnished: Furnished) -> None:
    """Whatever is wrong with what is written beside it, who has done nothing wrong is answered."""
    tokens = [await begin(house, furnished) for _ in range(2)]
    access = furnished.access(Secret("the same text"))
    found = [await house.stores.tokens.find_refresh(one) for one in tokens]

    answers = await asyncio.gather(
        *(
            house.stores.tokens.exchange(
                one, CLIENT, a_handle(), ROTATING, access, NOON, known=known
            )
            for one, known in zip(tokens, found, strict=True)
        )
    )

    assert [Exchanged(rotated=True)] * 2 == answers


async def test_exchange_leaves_the_same_rows_looked_up_before_or_not(
    house: House, furnished: Furnished
) -> None:
    """The short way is a shorter way to the same place."""
    left = []
    for is_known in (True, False):
        refresh, successor, born = await begin(house, furnished), a_handle(), a_handle()
        known = await house.stores.tokens.find_refresh(refresh) if is_known else None
        policy = replace(ROTATING, idle_s=60)
        access = furnished.access(born)
        at = NOON + timedelta(seconds=1)
        await house.stores.tokens.exchange(
            refresh, CLIENT, successor, policy, access, at, known=known, rows=[ROW]
        )
        stored = [await house.stores.tokens.find_refresh(one) for one in (refresh, successor)]
        left.append(
            (
                [replace(one, key=0, family_key=0) for one in stored if one],
                await house.stores.tokens.find_access(born),
            )
        )

    first, second = await house.stores.logs.read(after=0, limit=2)
    ids = ("_id", "log_id")
    assert left[0] == left[1]
    assert [name for name in first.document if name not in ids] == [
        name for name in second.document if name not in ids
    ]
    assert list(ids) == list(first.document)[:2] == list(second.document)[:2]


async def test_exchange_of_a_family_that_is_held_keeps_nobody_else_waiting(
    postgres_house: House,
) -> None:
    """Who must wait for a row waits alone, and is answered when he has it."""
    house, furnished = postgres_house, await postgres_house.furnish()
    tokens = [await begin(house, furnished) for _ in range(2)]
    known = [await house.stores.tokens.find_refresh(one) for one in tokens]
    is_held, let_go = asyncio.Event(), asyncio.Event()

    async def hold(tx: Tx) -> None:
        assert known[0] is not None
        await tx.all(HOLD, tenant=house.tenant.key, key=known[0].family_key)
        is_held.set()
        await let_go.wait()

    holder = asyncio.create_task(house.database.transact(hold))
    await is_held.wait()
    held, free = (
        asyncio.create_task(exchange(house, furnished, one, known=found, rows=[ROW]))
        for one, found in zip(tokens, known, strict=True)
    )
    try:
        answer = await asyncio.wait_for(free, PATIENCE_S)
        had_to_wait = not held.done()
    finally:
        let_go.set()
        await holder

    assert had_to_wait
    assert [Exchanged(rotated=True)] * 2 == [answer, await held]
    assert ["sertft"] * 2 == await codes(house)


class Gathering(CountingDatabase):
    """A counting database whose writes are gathered."""

    shares_commits = False


async def test_exchanges_of_a_tenant_that_is_gone_are_sent_once(postgres_house: House) -> None:
    """What was committed without its rows of the log is not done again one by one."""
    house, furnished = postgres_house, await postgres_house.furnish()
    tokens = [await begin(house, furnished) for _ in range(3)]
    known = [await house.stores.tokens.find_refresh(one) for one in tokens]
    await house.database.transact(lambda tx: tx.run(FORGET, tenant=house.tenant.key))
    database = Gathering(house.database)
    stores = house.other_worker(database)

    outcomes = await asyncio.gather(
        *(
            stores.tokens.exchange(
                one, CLIENT, a_handle(), ROTATING, furnished.access(), NOON, known=found, rows=[ROW]
            )
            for one, found in zip(tokens, known, strict=True)
        ),
        return_exceptions=True,
    )

    assert [LookupError] * 3 == [type(outcome) for outcome in outcomes]
    assert 1 == database.questions
