"""What is asked of the database about a try, and how the answer is read."""

from datetime import datetime
from typing import Final

from gateword.ports.attempts import Entry
from gateword.storage import attempt_sql as sql
from gateword.storage import attempt_writes
from gateword.storage.attempt_state import Admission, State, read
from gateword.storage.columns import ms
from gateword.storage.tenant_database import TenantTx

_NOBODY: Final = -1
_NEVER: Final = 2**62


async def look(tx: TenantTx, entry: Entry, at: datetime) -> State:
    """Return everything that decides on a try, as one moment has it."""
    rows = await tx.all(
        sql.STATE,
        connection_key=entry.connection_key,
        subject=entry.subject,
        place=entry.place,
        user_key=_NOBODY if entry.user_key is None else entry.user_key,
        at=ms(at),
        **_crowds(entry, at),
        **attempt_writes.names(entry.buckets),
    )
    return read(rows)


async def tell(tx: TenantTx, entry: Entry, found: Admission, at: datetime) -> None:
    """Note that a refusal is told of, so that it is told once."""
    if found.bucket is not None:
        await tx.run(sql.TELL, name=found.bucket.key)
    elif found.shut_at is not None:
        await attempt_writes.tell(tx, entry, found.shut_at, at)


def _crowds(entry: Entry, at: datetime) -> dict[str, int]:
    """Return what the bounds of names ask; one that is not there counts nothing."""
    asked: dict[str, int] = {}
    for number in range(sql.MOST_CROWDS):
        crowd = entry.crowds[number] if number < len(entry.crowds) else None
        asked[f"since{number}"] = ms(at) - crowd.within_ms if crowd else _NEVER
        asked[f"most{number}"] = crowd.most if crowd else 1
    return asked
