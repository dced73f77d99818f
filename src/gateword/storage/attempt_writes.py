"""What a settled or expired try writes, each inside the transaction of who calls."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from gateword.policy import lockout
from gateword.ports.attempts import (
    EVERYWHERE,
    Bucket,
    Entry,
    Lease,
    Outcome,
    Settled,
    Tries,
)
from gateword.storage import attempt_sql as sql
from gateword.storage.columns import ms, time
from gateword.storage.engine import Value
from gateword.storage.tenant_database import TenantTx

_NO_BOUND: Final = 2**62
STALE: Final = timedelta(days=1)
"""A known place is written anew once a day."""


async def failed(tx: TenantTx, entry: Entry, at: datetime, *, tells: bool) -> Settled:
    """Count a failure under every key of the try; return what it changed.

    Args:
        tx: The transaction.
        entry: The try.
        at: Now.
        tells: Somebody hears of what was reached; else the next refusal tells it.
    """
    reached, mails, everywhere = [], False, False
    for tries in entry.tries:
        count, mailed_at = await _fail(tx, entry, tries.place, at)
        if tries.limit is None or count < tries.limit:
            continue
        if count > tries.limit and not tries.backs_off:
            continue  # a known place was spared, and failed too
        reached.append(tries.shield)
        everywhere |= tries.place == EVERYWHERE
        if not tells:
            continue
        if mailed_at is None or mailed_at <= ms(at - lockout.MAIL_AGAIN):
            mails = True
            await tell(tx, entry, tries.place, at)
    for bucket in entry.buckets:
        if not bucket.spends_always:
            await spend(tx, bucket, at)
    return Settled(reached=tuple(reached), mails=mails, everywhere=everywhere)


async def tell(tx: TenantTx, entry: Entry, place: str, at: datetime) -> None:
    """Note that what shut the subject there was told of."""
    await tx.run(
        sql.MAILED,
        connection_key=entry.connection_key,
        subject=entry.subject,
        place=place,
        at=ms(at),
    )


async def _fail(tx: TenantTx, entry: Entry, place: str, at: datetime) -> tuple[int, int | None]:
    row = await tx.one(
        sql.FAIL, place=place, at=ms(at), over=ms(at - lockout.BLOCK), **subject_of(entry)
    )
    return (row[0], row[1]) if row is not None else (0, None)


async def settled(
    tx: TenantTx, lease: Lease, outcome: Outcome, at: datetime, *, remembers: bool
) -> Settled:
    """Settle a try; one whose lease ran out has been counted as a failure."""
    entry = lease.entry
    if outcome is Outcome.RIGHT:
        await _right(tx, lease, at, remembers=remembers)
        return Settled()
    since = 0 if outcome is Outcome.VOID else ms(at)
    if not lease.id:
        return Settled()
    dropped = await tx.run(
        sql.DROP_LEASE,
        connection_key=entry.connection_key,
        subject=entry.subject,
        id=lease.id,
        since=since,
    )
    if dropped == 0 or outcome is Outcome.VOID:
        return Settled()
    return await failed(tx, entry, at, tells=outcome is not Outcome.LOST)


async def _right(tx: TenantTx, lease: Lease, at: datetime, *, remembers: bool) -> None:
    """Forget what a success forgives, and note the place as the user's where it is to be."""
    entry = lease.entry
    asked: dict[str, Value] = {
        **subject_of(entry),
        "place": entry.place,
        "at": ms(at),
        **names([bucket for bucket in entry.buckets if bucket.refunds]),
    }
    if lease.id:
        left = await tx.one(sql.DROP_LEASE_OF_RIGHT, id=lease.id, since=ms(at), **asked)
    else:
        left = await tx.one(sql.LEFT, **asked)
    if left is None:
        return
    has_failures, has_spent, seen_at = left
    if has_failures:
        await _forgive(tx, entry, at)
    if has_spent:
        for bucket in entry.buckets:
            if bucket.refunds:
                await tx.run(sql.REFUND, name=bucket.key, at=ms(at), cost=bucket.refill_ms)
    stale = ms(at - STALE)
    if remembers and entry.user_key is not None and (seen_at is None or seen_at < stale):
        await tx.run(
            sql.REMEMBER_PLACE,
            user_key=entry.user_key,
            place=entry.place,
            at=ms(at),
            stale=stale,
        )


async def _forgive(tx: TenantTx, entry: Entry, at: datetime) -> None:
    at_key: dict[str, Value] = {"connection_key": entry.connection_key, "subject": entry.subject}
    forgiven = 0
    for tries in sorted(entry.tries, key=lambda one: not one.is_own):
        if tries.is_own:
            forgiven += await _forget(tx, tries, at, at_key)
        elif forgiven:
            await tx.run(sql.FORGIVE, count=forgiven, **at_key)


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


async def set_back(tx: TenantTx, bucket: Bucket, full_at_ms: int, at: datetime) -> None:
    """Let an empty bucket refill that was emptied while the clock was ahead.

    Args:
        tx: The transaction.
        bucket: The bucket.
        full_at_ms: When it will be full, as it is kept.
        at: Now.
    """
    most = ms(at) + bucket.size * bucket.refill_ms
    if full_at_ms > most:
        await tx.run(sql.SET_BACK, name=bucket.key, most=most)


def subject_of(entry: Entry) -> dict[str, Value]:
    """Return the columns that say whose secret is tried."""
    return {
        "connection_key": entry.connection_key,
        "subject": entry.subject,
        "user_key": entry.user_key,
    }


def locks(entry: Entry) -> tuple[str | None, str]:
    """Return what is locked on PostgreSQL while a try is reserved, in this order.

    The place, where tries under way from it are counted (else None), then the subject.
    """
    has_budget = any(bucket.place for bucket in entry.buckets)
    place = f"place {entry.place}" if has_budget else None
    return place, f"subject {entry.connection_key} {entry.subject}"


def names(buckets: Sequence[Bucket]) -> dict[str, str | None]:
    """Return the parameters that name buckets in a statement."""
    keys = [bucket.key for bucket in buckets]
    padded: list[str | None] = [*keys, *[None] * (sql.MOST_BUCKETS - len(keys))]
    return dict(zip(sql.BUCKET_NAMES, padded, strict=True))
