"""A reservation, inside its transaction."""

from datetime import datetime

from gateword.policy import lockout
from gateword.ports.attempts import Blocked, Bucket, Busy, Entry, Lease
from gateword.storage import attempt_looks, attempt_writes
from gateword.storage import attempt_sql as sql
from gateword.storage.attempt_state import State, admission
from gateword.storage.columns import ms
from gateword.storage.tenant_database import TenantTx


async def reserved(
    tx: TenantTx, entry: Entry, lease_id: str, at: datetime, *, locks: bool
) -> tuple[Lease | Blocked | Busy, Bucket | None]:
    """Admit a try, or say why not, and by which bucket.

    Args:
        tx: The transaction.
        entry: The try.
        lease_id: Of the reservation, if it comes to one.
        at: Now.
        locks: Others must be kept from reserving meanwhile; SQLite keeps all of them out.
    """
    if locks:
        await _lock(tx, entry)
    state = await _state(tx, entry, at)
    found = admission(entry, state, at)
    if found.refused is not None:
        if found.bucket is not None:
            kept, _ = state.buckets.get(found.bucket.key, (0, False))
            await attempt_writes.set_back(tx, found.bucket, kept, at)
        if isinstance(found.refused, Blocked) and found.refused.is_first:
            await attempt_looks.tell(tx, entry, found, at)
        return found.refused, found.bucket
    await tx.run(
        sql.ADD_LEASE,
        id=lease_id,
        expires_at=ms(at + lockout.LEASE),
        place=entry.place,
        **attempt_writes.subject_of(entry),
    )
    for bucket in entry.buckets:
        if bucket.spends_always:
            await attempt_writes.spend(tx, bucket, at)
    for bucket in found.to_tell:
        await tx.run(sql.TELL, name=bucket.key)
    told = tuple(bucket.shield for bucket in found.to_tell)
    return Lease(lease_id, entry, found.levels, found.is_known, told), None


async def _lock(tx: TenantTx, entry: Entry) -> None:
    for name in filter(None, attempt_writes.locks(entry)):
        await tx.one(sql.LOCK, name=name)


async def _state(tx: TenantTx, entry: Entry, at: datetime) -> State:
    """Return what decides, after every lease of the subject that ran out has become a failure."""
    state = await attempt_looks.look(tx, entry, at)
    if state.first_end is not None and state.first_end <= ms(at):
        await attempt_writes.expired(tx, entry.connection_key, entry.subject, at)
        state = await attempt_looks.look(tx, entry, at)
    return state
