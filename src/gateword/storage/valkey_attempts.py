"""Tries at secrets, whose buckets are counted in Valkey and all else in SQL (port `Attempts`).

Rule 1: what blocks an account is never here (rule R8), nor what guards a short code. Rule 2: while
Valkey is away tries go on without buckets, and what is no try is counted in SQL. Rule 3: what a try
took here it gets back when SQL refuses it.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from functools import partial
from typing import Final

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.policy import lockout, velocity
from gateword.ports.attempts import (
    Blocked,
    Bucket,
    Busy,
    Entry,
    Failures,
    Lease,
    Outcome,
    Settled,
    Subject,
)
from gateword.ports.clock import Dice
from gateword.ports.stores import Logs
from gateword.storage.attempts import SqlAttempts
from gateword.storage.valkey_buckets import (
    Admitted,
    Change,
    Refusing,
    Unsure,
    ValkeyBuckets,
    Verdict,
)
from gateword.storage.valkey_outage import Outage
from gateword.storage.valkey_scripts import Server
from gateword.values import replace

_TRY_CHARS: Final = 22
_BETWEEN: Final = "."
_NOBODY: Final = -1


class ValkeyAttempts:
    """The counters of one tenant."""

    def __init__(
        self, database: SqlAttempts, server: Server, tenant: int, logs: Logs, dice: Dice
    ) -> None:
        self._database = database
        self._dice = dice
        self._buckets = ValkeyBuckets(server, tenant, Outage(server, database, logs).note)

    def recall(self, connection_key: int, name: str, place: str) -> Blocked | None:
        return self._database.recall(connection_key, name, place)

    async def reserve(
        self, entry: Entry, at: datetime, *, name: str = ""
    ) -> Lease | Blocked | Busy:
        if _is_of_sql(entry):
            return await self._database.reserve(entry, at, name=name)
        try_id = self._dice.letters(_TRY_CHARS)
        try:
            verdict = await self._asked(entry, try_id, at)
        except asyncio.CancelledError:  # it may have been admitted all the same
            await asyncio.shield(self._give_back(entry, Admitted(), try_id, at))
            raise
        if isinstance(verdict, Refusing):
            if isinstance(verdict.how, Busy):
                return verdict.how
            return self._database.remember(verdict.how, entry, name, verdict.bucket)
        admitted = verdict if isinstance(verdict, Admitted) else Admitted()
        came: Lease | Blocked | Busy | None = None
        try:
            came = await self._database.reserve(_without_buckets(entry), at, name=name)
        finally:
            if not isinstance(came, Lease) and verdict is not None:
                await self._give_back(entry, admitted, try_id, at)
        if not isinstance(came, Lease):
            return came
        return Lease(
            id=f"{try_id}{_BETWEEN}{came.id}",
            entry=entry,
            levels=admitted.levels,
            is_known=came.is_known if came.id else await self._is_known(entry, at),
            told=tuple(bucket.shield for bucket in admitted.to_tell),
        )

    async def settle(
        self, lease: Lease, outcome: Outcome, at: datetime, *, remembers: bool = True
    ) -> Settled:
        if _is_of_sql(lease.entry):
            return await self._database.settle(lease, outcome, at, remembers=remembers)
        settled = await self._database.settle(_kept(lease), outcome, at, remembers=remembers)
        await self._ended(lease, outcome, at)
        return settled

    async def record(
        self, lease: Lease, user_key: int, ip: str, at: datetime, *, remembers: bool
    ) -> None:
        """Settle a right try and count it as a login of the user, both or neither."""
        kept = lease if _is_of_sql(lease.entry) else _kept(lease)
        await self._database.record(kept, user_key, ip, at, remembers=remembers)
        if not _is_of_sql(lease.entry):
            await self._ended(lease, Outcome.RIGHT, at)

    def is_waited_for(self, connection_key: int, subject: str) -> bool:
        return self._database.is_waited_for(connection_key, subject)

    def turn(
        self, connection_key: int, subject: str, within_s: float
    ) -> AbstractAsyncContextManager[bool]:
        return self._database.turn(connection_key, subject, within_s)

    async def freed(self, connection_key: int, subject: str, within_s: float) -> None:
        await self._database.freed(connection_key, subject, within_s)

    def is_first(self, key: str, within_s: float) -> bool:
        return self._database.is_first(key, within_s)

    async def take(self, buckets: Sequence[Bucket], at: datetime) -> Blocked | None:
        if (blocked := self._database.recalled(buckets)) is not None:
            return blocked
        verdict = await self._buckets.take(buckets, at)
        if verdict is None:  # sign-ups and letters; nobody's inbox is flooded meanwhile
            return await self._database.take(buckets, at)
        if isinstance(verdict, Refusing) and isinstance(verdict.how, Blocked):
            return self._database.kept(verdict.bucket, verdict.how)
        return None

    async def failures(self, subjects: Sequence[Subject]) -> Sequence[Failures]:
        return await self._database.failures(subjects)

    async def lift(self, subjects: Sequence[Subject]) -> int:
        return await self._database.lift(subjects)

    async def failures_of_user(self, user_key: int) -> Sequence[Failures]:
        return await self._database.failures_of_user(user_key)

    async def lift_user(self, user_key: int) -> int:
        return await self._database.lift_user(user_key)

    async def retry_after_s(self, bucket: Bucket, at: datetime) -> int:
        level = await self._buckets.level(bucket, at)
        if level is None:
            raise _unreachable()
        return 0 if level >= 1 else velocity.retry_after_s(level, bucket.refill_ms)

    async def refill(self, keys: Sequence[str]) -> None:
        if not await self._buckets.fill(keys):
            raise _unreachable()
        # Those of the time before Valkey too; and what this process remembers is forgotten.
        await self._database.refill(keys)

    async def known_places(self, user_key: int) -> Mapping[str, datetime]:
        return await self._database.known_places(user_key)

    async def purge(self, at: datetime) -> int:
        return await self._database.purge(at)

    async def _asked(self, entry: Entry, try_id: str, at: datetime) -> Verdict | None:
        """Return what the buckets say; the place is looked up only for one that is empty."""
        ask = partial(self._buckets.admit, entry.buckets, at, place=entry.place, try_id=try_id)
        verdict = await ask(is_known=None)
        if isinstance(verdict, Unsure):
            return await ask(is_known=await self._is_known(entry, at))
        return verdict

    async def _ended(self, lease: Lease, outcome: Outcome, at: datetime) -> None:
        try_id, _, _ = lease.id.partition(_BETWEEN)
        changes = list(_changes(lease.entry, outcome))
        await self._buckets.end(changes, at, place=lease.entry.place, try_id=try_id)

    async def _give_back(self, entry: Entry, admitted: Admitted, try_id: str, at: datetime) -> None:
        back = list(_given_back(entry, admitted))
        await self._buckets.end(back, at, place=entry.place, try_id=try_id)

    async def _is_known(self, entry: Entry, at: datetime) -> bool:
        """Say whether the user succeeded from the place; names of nobody cost the same look."""
        places = await self._database.known_places(
            _NOBODY if entry.user_key is None else entry.user_key
        )
        seen_at = places.get(entry.place)
        return seen_at is not None and at - seen_at < lockout.KNOWN


def _unreachable() -> Refused:
    """Return what an operator is told, who asks for a bucket or would open it."""
    detail = "Valkey counts failed logins of addresses, and cannot be reached"
    return Refused(Refusal.STORE_UNREACHABLE, detail)


def _kept(lease: Lease) -> Lease:
    """Return what SQL keeps of a try."""
    _, _, kept_id = lease.id.partition(_BETWEEN)
    return replace(lease, id=kept_id, entry=_without_buckets(lease.entry))


def _is_of_sql(entry: Entry) -> bool:
    """Say whether a try has nothing to ask Valkey for, or a guard that must not go away."""
    return not entry.buckets or any(bucket.guards for bucket in entry.buckets)


def _without_buckets(entry: Entry) -> Entry:
    return replace(entry, buckets=())


def _given_back(entry: Entry, admitted: Admitted) -> Iterator[Change]:
    """Yield what undoes an admission."""
    for bucket in entry.buckets:
        is_told = bucket in admitted.to_tell
        if bucket.spends_always or is_told:
            count = "-1" if bucket.spends_always else "0"
            yield bucket, f"{count}u" if is_told else count


def _changes(entry: Entry, outcome: Outcome) -> Iterator[Change]:
    """Yield what the end of a try does to its buckets."""
    for bucket in entry.buckets:
        if outcome in (Outcome.WRONG, Outcome.UNKNOWN, Outcome.LOST) and not bucket.spends_always:
            yield bucket, "1"
        elif outcome is Outcome.RIGHT and bucket.refunds:
            yield bucket, "-1"
