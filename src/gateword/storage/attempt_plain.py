"""The short way of PostgreSQL into a plain try and out of a right one: one journey each.

Rule: the functions of the database say yes only where `attempt_state.admission` and
`attempt_writes.settled` would do the same; what they do not say yes to is decided there.
"""

from datetime import datetime
from typing import Final

from gateword.policy import lockout
from gateword.ports.attempts import Bucket, Entry, Lease
from gateword.storage import attempt_sql as sql
from gateword.storage import attempt_writes
from gateword.storage.attempt_state import is_known, levels, read
from gateword.storage.columns import ms
from gateword.storage.engine import Value
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase

_OF_BUCKET: Final = ("bucket", "bound", "refill", "cost")
_OF_CROWD: Final = ("since", "most")
_NAMES: Final = (
    "tenant",
    "place_lock",
    "subject_lock",
    "id",
    "connection_key",
    "subject",
    "place",
    "user_key",
    "at",
    "expires_at",
    "tells",
    *(f"{name}{n}" for n in range(sql.MOST_BUCKETS) for name in _OF_BUCKET),
    *(f"{name}{n}" for n in range(sql.MOST_CROWDS) for name in _OF_CROWD),
)
_TRY: Final = Statement(
    f"SELECT * FROM gateword_try_plain_1({', '.join(f':{name}' for name in _NAMES)})"  # noqa: S608  # constants
)


_RIGHT: Final = Statement("""
    SELECT gateword_right_plain_1(
        :tenant, :id, :connection_key, :subject, :place, :at, :refund, :cost, :known, :stale,
        :user_key, :ip
    ) FROM set_config('synchronous_commit', 'off', true)
""")
"""The commit that ends the ask waits for the disk, and for this one with it."""


async def admitted(
    database: TenantDatabase, entry: Entry, lease_id: str, at: datetime
) -> Lease | None:
    """Return the lease of a try that was admitted; None when it takes a closer look.

    Nothing stands against a try whose subject has neither failures nor other tries under way, whose
    buckets all have a token, and whose place has room for one more name.
    """
    if len(entry.buckets) > sql.MOST_BUCKETS or len(entry.crowds) > sql.MOST_CROWDS:
        return None
    place_lock, subject_lock = attempt_writes.locks(entry)
    rows = await database.call(
        _TRY,
        place_lock=place_lock,
        subject_lock=subject_lock,
        id=lease_id,
        place=entry.place,
        at=ms(at),
        expires_at=ms(at + lockout.LEASE),
        tells=entry.wants_levels,
        **attempt_writes.subject_of(entry),
        **_buckets(entry, at),
        **_crowds(entry, at),
    )
    if not rows:
        return None
    if not entry.wants_levels:
        return Lease(lease_id, entry)
    state = read(rows)
    return Lease(lease_id, entry, levels(entry, state, at), is_known(state, at))


async def recorded(
    database: TenantDatabase, lease: Lease, user_key: int, ip: str, at: datetime, *, remembers: bool
) -> bool:
    """Settle a right try and count the login; False, and nothing done, takes a closer look.

    That is where the subject has failures, the lease ran out, or several buckets want a token back.
    """
    entry = lease.entry
    refunds = [bucket for bucket in entry.buckets if bucket.refunds]
    if len(refunds) > 1:
        return False
    ((is_done,),) = await database.call(
        _RIGHT,
        id=lease.id or None,
        connection_key=entry.connection_key,
        subject=entry.subject,
        place=entry.place,
        at=ms(at),
        refund=refunds[0].key if refunds else None,
        cost=refunds[0].refill_ms if refunds else 0,
        known=entry.user_key if remembers else None,
        stale=ms(at - attempt_writes.STALE),
        user_key=user_key,
        ip=ip,
    )
    return bool(is_done)


def _buckets(entry: Entry, at: datetime) -> dict[str, Value]:
    asked: dict[str, Value] = {}
    for number in range(sql.MOST_BUCKETS):
        bucket = entry.buckets[number] if number < len(entry.buckets) else None
        for name, value in zip(_OF_BUCKET, _of(bucket, at), strict=True):
            asked[f"{name}{number}"] = value
    return asked


def _of(bucket: Bucket | None, at: datetime) -> tuple[Value, ...]:
    if bucket is None:
        return (None, None, None, None)
    counts_tries = bool(bucket.place) and not bucket.spends_always
    return (
        bucket.key,
        ms(at) + (bucket.size - 1) * bucket.refill_ms,
        bucket.refill_ms if counts_tries else 0,
        bucket.refill_ms if bucket.spends_always else 0,
    )


def _crowds(entry: Entry, at: datetime) -> dict[str, Value]:
    asked: dict[str, Value] = {}
    for number in range(sql.MOST_CROWDS):
        crowd = entry.crowds[number] if number < len(entry.crowds) else None
        asked[f"since{number}"] = ms(at) - crowd.within_ms if crowd else None
        asked[f"most{number}"] = crowd.most if crowd else None
    return asked
