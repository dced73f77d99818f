from collections.abc import Sequence
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest

from gateword.crypto.hash_pool import HashPool
from gateword.crypto.passwords import PooledHasher
from gateword.domain.log_event import StoredLogEvent
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.ports.log_sink import Destination, NotTaken
from gateword.storage.engine import Tx
from gateword.storage.sqlite import SqliteDatabase
from gateword.storage.statement import Sql
from gateword.telemetry.counters import Counters
from gateword.telemetry.metered import (
    MeteredDatabase,
    MeteredHasher,
    MeteredSink,
    algorithm,
)
from tests.support.stand_ins import START


class Seconds:
    """A clock of which each look takes a second."""

    def __init__(self) -> None:
        self.passed = 0.0

    def __call__(self) -> float:
        """Return one second more than before."""
        self.passed += 1
        return self.passed


def observed(counters: Counters) -> dict[tuple[str, ...], tuple[int, float]]:
    """Return series to number of observations and their seconds."""
    return {
        tuple(series): (sum(buckets), sum_s) for series, buckets, sum_s in counters.snapshot().times
    }


@pytest.mark.parametrize(
    ("encoded", "name"),
    [
        (None, "argon2id"),
        ("$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA", "argon2id"),
        ("$argon2i$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA", "argon2i"),
        ("$2a$04$abcdefghijklmnopqrstuu", "bcrypt"),
        ("$2b$04$abcdefghijklmnopqrstuu", "bcrypt"),
        ("$import-md5$$e=utf8,s=prefix$$aGFzaA", "md5"),
        ("$import-pbkdf2-sha256$i=1000$e=utf8$c2FsdA$aGFzaA", "pbkdf2"),
        ("$import-whirlpool$$e=utf8,s=prefix$$aGFzaA", "other"),
        ("", "other"),
        ("a password in the wrong column", "other"),
        ("$a password$", "other"),
    ],
)
def test_algorithm_is_named_and_nothing_else(encoded: str | None, name: str) -> None:
    """D10: of a hash only the name of its algorithm becomes a label."""
    assert name == algorithm(None if encoded is None else Secret(encoded))


async def test_hashes_are_timed_by_algorithm_and_operation() -> None:
    """Hash and verify are timed from asking to the answer."""
    counters = Counters()
    pool = HashPool(1, 1.0)
    hasher = MeteredHasher(PooledHasher(pool, memory_kib=8, passes=1), counters, Seconds())

    encoded = await hasher.hash(Secret("right"))
    fits = await hasher.verify(Secret("right"), encoded)
    wrong = await hasher.verify(Secret("wrong"), encoded)
    pool.stop()

    assert (True, False) == (fits, wrong)
    assert {
        ("gateword_hash_seconds", "argon2id", "hash"): (1, 1.0),
        ("gateword_hash_seconds", "argon2id", "verify"): (2, 2.0),
    } == observed(counters)


class Taker:
    """A sink that takes what it is given, or nothing."""

    def __init__(self, *, takes: bool) -> None:
        self.takes = takes

    async def deliver(self, to: Destination, events: Sequence[StoredLogEvent]) -> None:
        """Take the events, or not."""
        if not self.takes:
            raise NotTaken(f"{len(events)} events for {to.tenant}")


@pytest.mark.parametrize(
    ("takes", "outcome", "lags"),
    [
        (True, "taken", {("gateword_log_stream_lag_seconds", "http"): (1, 90.0)}),
        (False, "not taken", {}),
    ],
)
async def test_batches_of_a_stream_are_counted_with_their_lag(
    takes: bool,  # noqa: FBT001  a row of the table
    outcome: str,
    lags: dict[tuple[str, ...], tuple[int, float]],
) -> None:
    """A batch is taken or not; how late its oldest event came is known when it was."""
    counters = Counters()
    sink = MeteredSink(Taker(takes=takes), "http", counters, lambda: START + timedelta(seconds=90))
    event = StoredLogEvent(position=1, log_id="1", document={"date": "2026-01-05T12:00:00.000Z"})
    with nullcontext() if takes else pytest.raises(NotTaken):
        await sink.deliver(Destination(tenant="t", sink={}), [event])

    assert [(("gateword_log_stream_batches", "http", outcome), 1)] == list(
        counters.snapshot().counts
    )
    assert lags == observed(counters)


async def test_reads_searches_and_transactions_are_timed_apart(tmp_path: Path) -> None:
    """The store's seconds are by what it was asked; a failed transaction took its time too."""
    counters = Counters()
    real = SqliteDatabase(tmp_path / "some.sqlite3")
    database = MeteredDatabase(real, counters, Seconds())
    statement = Sql("SELECT 1")

    async def fine(tx: Tx) -> int:
        return await tx.run(statement)

    async def refused(_: Tx) -> None:
        raise Refused(Refusal.REALM_UNKNOWN, realm="x")

    assert (1,) == await database.one(statement)
    assert [(1,)] == await database.all(statement)
    assert [(1,)] == await database.search(statement, {})
    await database.transact(fine)
    with pytest.raises(Refused):
        await database.transact(refused)
    await database.close()

    assert {
        ("gateword_store_seconds", "read"): (2, 2.0),
        ("gateword_store_seconds", "search"): (1, 1.0),
        ("gateword_store_seconds", "transact"): (2, 2.0),
    } == observed(counters)
