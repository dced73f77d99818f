"""Measures at the ports: what stands before a hasher and a database, and times them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar

from gateword.domain.log_event import StoredLogEvent
from gateword.domain.secret import Secret
from gateword.policy import hash_kind
from gateword.ports.crypto import Hasher
from gateword.ports.log_sink import Destination, LogSink, NotTaken
from gateword.ports.meter import HASH_TIME, STORE_TIME, STREAM_LAG, STREAMED, Meter
from gateword.storage.engine import SEARCH_TIMEOUT_S, Database, Dialect, Row, Value, Work
from gateword.storage.statement import Sql

T = TypeVar("T")

_NEWEST: Final = "argon2id"


class MeteredHasher:
    """A hasher whose hashes are timed by their algorithm."""

    def __init__(self, real: Hasher, meter: Meter, now_s: Callable[[], float]) -> None:
        self._real = real
        self._meter = meter
        self._now_s = now_s

    def check_queue(self) -> None:
        self._real.check_queue()

    async def hash(self, password: Secret) -> Secret:
        began_s = self._now_s()
        encoded = await self._real.hash(password)
        self._meter.took(HASH_TIME, self._now_s() - began_s, _NEWEST, "hash")
        return encoded

    async def verify(
        self, password: Secret, encoded: Secret | None, kinds: Mapping[str, int] | None = None
    ) -> bool:
        began_s = self._now_s()
        fits = await self._real.verify(password, encoded, kinds)
        self._meter.took(HASH_TIME, self._now_s() - began_s, algorithm(encoded), "verify")
        return fits

    def decoy(self, name: str, kinds: Mapping[str, int]) -> Secret:
        return self._real.decoy(name, kinds)

    def is_outdated(self, encoded: Secret) -> bool:
        return self._real.is_outdated(encoded)

    def recognises(self, encoded: Secret) -> bool:
        return self._real.recognises(encoded)


def algorithm(encoded: Secret | None) -> str:
    """Return the name of a hash's algorithm: it stands before the first parameter."""
    return _NEWEST if encoded is None else hash_kind.of(encoded.reveal()).algorithm


class MeteredSink:
    """A sink of log events whose batches are counted, and how late they come.

    Args:
        real: Takes them.
        type_: Type of the streams that it serves.
        meter: Counts.
        now: Clock of the events.
    """

    def __init__(
        self, real: LogSink, type_: str, meter: Meter, now: Callable[[], datetime]
    ) -> None:
        self._real = real
        self._type = type_
        self._meter = meter
        self._now = now

    async def deliver(self, to: Destination, events: Sequence[StoredLogEvent]) -> None:
        try:
            await self._real.deliver(to, events)
        except NotTaken:
            self._meter.count(STREAMED, self._type, "not taken")
            raise
        self._meter.count(STREAMED, self._type, "taken")
        oldest = datetime.fromisoformat(str(events[0].document["date"]))
        self._meter.took(STREAM_LAG, (self._now() - oldest).total_seconds(), self._type)


class MeteredDatabase:
    """A database whose reads, searches and transactions are timed; failed transactions too."""

    def __init__(self, real: Database, meter: Meter, now_s: Callable[[], float]) -> None:
        self._real = real
        self._meter = meter
        self._now_s = now_s
        self.shares_commits = real.shares_commits
        self.dialect: Dialect = real.dialect

    async def one(self, statement: Sql, /, **params: Value) -> Row | None:
        began_s = self._now_s()
        row = await self._real.one(statement, **params)
        self._meter.took(STORE_TIME, self._now_s() - began_s, "read")
        return row

    async def all(self, statement: Sql, /, **params: Value) -> list[Row]:
        began_s = self._now_s()
        rows = await self._real.all(statement, **params)
        self._meter.took(STORE_TIME, self._now_s() - began_s, "read")
        return rows

    async def search(
        self, statement: Sql, params: Mapping[str, Value], timeout_s: float = SEARCH_TIMEOUT_S
    ) -> list[Row]:
        began_s = self._now_s()
        try:
            return await self._real.search(statement, params, timeout_s)
        finally:
            self._meter.took(STORE_TIME, self._now_s() - began_s, "search")

    async def transact(self, work: Work[T], *, durable: bool = True) -> T:
        began_s = self._now_s()
        try:
            return await self._real.transact(work, durable=durable)
        finally:
            self._meter.took(STORE_TIME, self._now_s() - began_s, "transact")

    async def call(self, statement: Sql, /, **params: Value) -> list[Row]:
        began_s = self._now_s()
        try:
            return await self._real.call(statement, **params)
        finally:
            self._meter.took(STORE_TIME, self._now_s() - began_s, "transact")

    async def ping(self) -> None:
        await self._real.ping()

    async def close(self) -> None:
        await self._real.close()
