"""Tries at secrets, counted in SQL (port `Attempts`).

Rule: a reservation is one transaction, begun before the secret is looked at; so is a settlement.
Nothing waits for a hash or a directory in between. What a crash leaves is a lease that expires, and
an expired lease is a failure.
"""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Final, TypeVar

from gateword.domain.refused import Refused
from gateword.policy import lockout, velocity
from gateword.ports.attempts import (
    UNSURE,
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
from gateword.ports.clock import Clock, Dice
from gateword.storage import attempt_plain, attempt_reserve, attempt_state, attempt_writes, purging
from gateword.storage import attempt_sql as sql
from gateword.storage.attempt_memory import Occasions, Queues, Refusals
from gateword.storage.attempt_unended import Unended
from gateword.storage.columns import ms, time
from gateword.storage.engine import Dialect, Row
from gateword.storage.tenant_database import TenantDatabase, TenantTx
from gateword.storage.user_writes import COUNT_LOGIN

T = TypeVar("T")

_LEASE_CHARS: Final = 22
_BATCH: Final = 100


class SqlAttempts:
    """The counters of one tenant."""

    def __init__(self, database: TenantDatabase, clock: Clock, dice: Dice) -> None:
        self._database = database
        self._dice = dice
        self._locks = database.dialect is Dialect.POSTGRES
        self._refusals = Refusals(clock.monotonic_s)
        self._queues = Queues()
        self._occasions = Occasions(clock.monotonic_s)
        self._unended = Unended(database)

    def recall(self, connection_key: int, name: str, place: str) -> Blocked | None:
        blocked = self._refusals.recall(connection_key, name, place)
        if blocked is None:
            self._refusals.ask(connection_key, name, place)
        return blocked

    async def reserve(
        self, entry: Entry, at: datetime, *, name: str = ""
    ) -> Lease | Blocked | Busy:
        if not (entry.tries or entry.buckets or entry.crowds):
            return Lease("", entry)
        await self._unended.end(at)
        lease_id = self._dice.letters(_LEASE_CHARS)
        try:
            came, bucket = await self._asked(entry, lease_id, at)
        except asyncio.CancelledError:
            # It may have been committed all the same: who goes away leaves no failure behind.
            await asyncio.shield(self.settle(Lease(lease_id, entry), Outcome.VOID, at))
            raise
        if isinstance(came, Blocked):
            return self.remember(came, entry, name, bucket)
        self._refusals.admit(entry.connection_key, name, _remembered_at(entry))
        return came

    def remember(self, blocked: Blocked, entry: Entry, name: str, bucket: Bucket | None) -> Blocked:
        """Remember a refusal for a while, where it holds for a while.

        Args:
            blocked: The refusal.
            entry: What was refused.
            name: As for `reserve`.
            bucket: Which refused; None when none did.
        """
        if not name or (bucket is not None and bucket.refunds):
            return blocked
        if bucket is not None and bucket.covers:
            return self._refusals.keep((0, "", _remembered_at(entry, bucket.covers)), blocked)
        return self._refusals.keep((entry.connection_key, name, _remembered_at(entry)), blocked)

    def forget(self) -> None:
        """Forget every refusal that this process remembers: something was lifted elsewhere."""
        self._refusals.forget()

    async def settle(
        self, lease: Lease, outcome: Outcome, at: datetime, *, remembers: bool = True
    ) -> Settled:
        if not lease.id and outcome is not Outcome.RIGHT:
            return Settled()

        async def work(tx: TenantTx) -> Settled:
            return await attempt_writes.settled(tx, lease, outcome, at, remembers=remembers)

        is_failure = outcome not in {Outcome.RIGHT, Outcome.VOID}
        return await self._end(lease, self._database.transact(work), is_failure=is_failure)

    async def record(
        self, lease: Lease, user_key: int, ip: str, at: datetime, *, remembers: bool
    ) -> None:
        """Settle a right try and count it as a login of the user, both or neither.

        The commit that ends the ask (its tokens, its row of the log) makes them durable too.
        """

        async def work(tx: TenantTx) -> None:
            # Whoever changes a user takes the user first, and so does this.
            await tx.run(COUNT_LOGIN, key=user_key, ip=ip, at=ms(at))
            await attempt_writes.settled(tx, lease, Outcome.RIGHT, at, remembers=remembers)

        async def recorded() -> None:
            if self._locks and await attempt_plain.recorded(
                self._database, lease, user_key, ip, at, remembers=remembers
            ):
                return
            await self._database.transact(work, durable=False)

        await self._end(lease, recorded(), is_failure=False)

    def is_waited_for(self, connection_key: int, subject: str) -> bool:
        return self._queues.holds((connection_key, subject))

    def turn(
        self, connection_key: int, subject: str, within_s: float
    ) -> AbstractAsyncContextManager[bool]:
        return self._queues.turn((connection_key, subject), within_s)

    async def freed(self, connection_key: int, subject: str, within_s: float) -> None:
        await self._queues.ended((connection_key, subject), within_s)

    def is_first(self, key: str, within_s: float) -> bool:
        return self._occasions.is_first(key, within_s)

    async def take(self, buckets: Sequence[Bucket], at: datetime) -> Blocked | None:
        if (blocked := self.recalled(buckets)) is not None:
            return blocked

        async def work(tx: TenantTx) -> Blocked | None:
            if self._locks:
                for bucket in sorted(buckets, key=lambda one: one.key):
                    await tx.one(sql.LOCK, name=bucket.key)
            kept: dict[str, int] = dict(await tx.all(sql.BUCKETS, **attempt_writes.names(buckets)))
            for bucket in buckets:
                full_at = kept.get(bucket.key, 0)
                level = attempt_state.level(bucket, full_at, at)
                if level < 1:
                    await attempt_writes.set_back(tx, bucket, full_at, at)
                    wait_s = velocity.retry_after_s(level, bucket.refill_ms)
                    is_first = await tx.run(sql.TELL, name=bucket.key) == 1
                    refusal = Blocked(shield=bucket.shield, retry_after_s=wait_s, is_first=is_first)
                    return self.kept(bucket, refusal)
            for bucket in buckets:
                await attempt_writes.spend(tx, bucket, at)
            return None

        return await self._database.transact(work)

    def recalled(self, buckets: Sequence[Bucket]) -> Blocked | None:
        """Return a refusal to take a token out of one of these that is remembered."""
        found = (self._refusals.recall(0, bucket.key, "") for bucket in buckets)
        return next(filter(None, found), None)

    def kept(self, bucket: Bucket, blocked: Blocked) -> Blocked:
        """Remember a refusal to take a token."""
        return self._refusals.keep((0, bucket.key, ""), blocked)

    async def failures(self, subjects: Sequence[Subject]) -> Sequence[Failures]:
        found: list[Failures] = []
        for connection_key, subject in subjects:
            rows = await self._database.all(
                sql.OF_SUBJECT, connection_key=connection_key, subject=subject
            )
            found += map(_failures, rows)
        return found

    async def lift(self, subjects: Sequence[Subject]) -> int:
        async def work(tx: TenantTx) -> int:
            lifted = 0
            for connection_key, subject in subjects:
                lifted += await tx.run(sql.LIFT, connection_key=connection_key, subject=subject)
            return lifted

        try:
            return await self._database.transact(work)
        finally:
            self._refusals.forget()

    async def failures_of_user(self, user_key: int) -> Sequence[Failures]:
        rows = await self._database.all(sql.OF_USER, user_key=user_key)
        return [_failures(row) for row in rows]

    async def lift_user(self, user_key: int) -> int:
        async def work(tx: TenantTx) -> int:
            return await tx.run(sql.LIFT_USER, user_key=user_key)

        try:
            return await self._database.transact(work)
        finally:
            self._refusals.forget()

    async def retry_after_s(self, bucket: Bucket, at: datetime) -> int:
        rows = await self._database.all(sql.BUCKETS, **attempt_writes.names([bucket]))
        level = attempt_state.level(bucket, rows[0][1] if rows else 0, at)
        return 0 if level >= 1 else velocity.retry_after_s(level, bucket.refill_ms)

    async def refill(self, keys: Sequence[str]) -> None:
        async def work(tx: TenantTx) -> None:
            for key in keys:
                await tx.run(sql.REFILL, name=key)

        try:
            await self._database.transact(work)
        finally:
            self._refusals.forget()

    async def known_places(self, user_key: int) -> Mapping[str, datetime]:
        rows = await self._database.all(sql.PLACES, user_key=user_key)
        return {place: time(seen_at) for place, seen_at in rows}

    async def purge(self, at: datetime) -> int:
        ended = (
            (sql.FAILURES, ms(at - lockout.BLOCK)),
            (sql.PLACES_LEFT, ms(at - lockout.KNOWN)),
        )

        async def work(tx: TenantTx) -> int:
            abandoned = await tx.all(sql.ABANDONED, at=ms(at), limit=_BATCH)
            for connection_key, subject in abandoned:
                await attempt_writes.expired(tx, connection_key, subject, at)
            return len(abandoned)

        while await purging.rested(lambda: self._database.transact(work)) == _BATCH:
            pass
        gone = await purging.look_through(self._database, sql.BUCKETS_FULL, ms(at))
        return gone + sum([await purging.purge(self._database, *each) for each in ended])

    async def _end(self, lease: Lease, ending: Coroutine[Any, Any, T], *, is_failure: bool) -> T:
        """End a try, and say so to those who wait for it, whatever becomes of that."""
        try:
            return await ending
        except Refused:  # the database is away or full
            if not is_failure:
                self._unended.note(lease)
            raise
        finally:
            self._queues.note((lease.entry.connection_key, lease.entry.subject))

    async def _asked(
        self, entry: Entry, lease_id: str, at: datetime
    ) -> tuple[Lease | Blocked | Busy, Bucket | None]:
        if self._locks:
            lease = await attempt_plain.admitted(self._database, entry, lease_id, at)
            if lease is not None:
                return lease, None

        async def work(tx: TenantTx) -> tuple[Lease | Blocked | Busy, Bucket | None]:
            return await attempt_reserve.reserved(tx, entry, lease_id, at, locks=self._locks)

        return await self._database.transact(work, durable=False)


def _remembered_at(entry: Entry, place: str = "") -> str:
    """Return under which place a refusal is remembered: apart for whoever spoils the header."""
    return (place or entry.place) + ("" if entry.speaks_for_place else UNSURE)


def _failures(row: Row) -> Failures:
    connection_key, subject, place, count, last_at = row
    return Failures(
        connection_key=connection_key,
        subject=subject,
        place=place,
        count=count,
        last_failed_at=time(last_at),
    )
