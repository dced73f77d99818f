"""What a settled or expired try writes, each inside the transaction of who calls."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from gateword.policy import lockout
from gateword.ports.attempts import EVERYWHERE, Bucket, Entry, Settled, Tries
from gateword.storage import attempt_sql as sql
from gateword.storage.columns import ms, time
from gateword.storage.engine import Value
from gateword.storage.tenant_database import TenantTx

_NO_BOUND: Final = 2**62
_STALE: Final = timedelta(days=1)
"""A known place is written anew once a day."""


async def failed(tx: TenantTx, entry: Entry, at: datetime) -> Settled:
    """Count a failure under every key of the try; return what it changed."""
    reached, mails = [], False
    for tries in entry.tries:
        count, mailed_at = await _fail(tx, entry, tries.place, at)
        if tries.limit is None or count < tries.limit:
            continue
        if count > tries.limit and not tries.backs_off:
            continue  # a known place was spared, and failed too
        reached.append(tries.shield)
        if mailed_at is None or mailed_at <= ms(at - lockout.MAIL_AGAIN):
            mails = True
            at_key: dict[str, Value] = {
                "connection_key": entry.connection_key,
                "subject": entry.subject,
            }
            await tx.run(sql.MAILED, place=tries.place, at=ms(at), **at_key)
    for bucket in entry.buckets:
        if not bucket.spends_always:
            await spend(tx, bucket, at)
    reached += await _empty_for_strangers(tx, entry, at)
    return Settled(reached=tuple(reached), mails=mails)


async def _empty_for_strangers(tx: TenantTx, entry: Entry, at: datetime) -> tuple[str, ...]:
    """Empty a bucket when the place tried too many names of nobody; return whose claim it was.

    A bucket that is counted elsewhere is emptied there.
    """
    bound = entry.strangers
    if bound is None:
        return ()
    row = await tx.one(
        sql.STRANGERS, place=entry.place, since=ms(at) - bound.within_ms, most=bound.most + 1
    )
    if row is None or row[0] <= bound.most:
        return ()
    for bucket in entry.buckets:
        if bucket.key == bound.bucket:
            await spend(tx, bucket, at, bucket.size)
            await tx.run(sql.TELL, name=bucket.key)  # the failure's own event tells of it
    return (bound.shield,)


async def _fail(tx: TenantTx, entry: Entry, place: str, at: datetime) -> tuple[int, int | None]:
    row = await tx.one(
        sql.FAIL, place=place, at=ms(at), over=ms(at - lockout.BLOCK), **subject_of(entry)
    )
    return (row[0], row[1]) if row is not None else (0, None)


async def forgot(tx: TenantTx, entry: Entry, at: datetime) -> None:
    """Forget what a success forgives, and note the place as the user's."""
    at_key: dict[str, Value] = {"connection_key": entry.connection_key, "subject": entry.subject}
    forgiven = 0
    for tries in sorted(entry.tries, key=lambda one: not one.is_own):
        if tries.is_own:
            forgiven += await _forget(tx, tries, at, at_key)
        elif forgiven:
            await tx.run(sql.FORGIVE, count=forgiven, **at_key)
    for bucket in entry.buckets:
        if bucket.refunds:
            await tx.run(sql.REFUND, name=bucket.key, at=ms(at), cost=bucket.refill_ms)
    if entry.user_key is not None:
        await tx.run(
            sql.REMEMBER_PLACE,
            user_key=entry.user_key,
            place=entry.place,
            at=ms(at),
            stale=ms(at - _STALE),
        )


async def _forget(tx: TenantTx, tries: Tries, at: datetime, at_key: Mapping[str, Value]) -> int:
    """Forget a key's failures; return how many of the place's counted until now."""
    # A block that others reached meanwhile stays (promise G3).
    limit = _NO_BOUND if tries.limit is None or tries.backs_off else tries.limit
    over = ms(at - lockout.BLOCK)
    row = await tx.one(sql.FORGET, place=tries.place, limit=limit, over=over, **at_key)
    if row is None or tries.place != EVERYWHERE:
        return row[0] if row is not None else 0
    await tx.run(sql.LIFT, **at_key)  # none in a row over all places: none at any of them
    return 0


async def expired(tx: TenantTx, connection_key: int, subject: str, at: datetime) -> None:
    """Count every lease of a subject that has run out as a failure, where it was tried."""
    rows = await tx.all(sql.EXPIRED, connection_key=connection_key, subject=subject, at=ms(at))
    for place, user_key, expires_at in rows:
        entry = Entry(
            connection_key=connection_key, subject=subject, place=place, user_key=user_key
        )
        ended = time(expires_at)
        for where in (place, EVERYWHERE):
            await _fail(tx, entry, where, ended)


async def spend(tx: TenantTx, bucket: Bucket, at: datetime, count: int = 1) -> None:
    """Take tokens out of a bucket; it never owes more than it holds."""
    await tx.run(
        sql.SPEND,
        name=bucket.key,
        at=ms(at),
        cost=count * bucket.refill_ms,
        most=ms(at) + bucket.size * bucket.refill_ms,
    )


def subject_of(entry: Entry) -> dict[str, Value]:
    """Return the columns that say whose secret is tried."""
    return {
        "connection_key": entry.connection_key,
        "subject": entry.subject,
        "user_key": entry.user_key,
    }
