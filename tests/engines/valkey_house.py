"""A tenant whose buckets are counted in Valkey, beside one whose buckets are counted in SQL."""

import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from gateword.ports.attempts import (
    Attempts,
    Bucket,
    Crowd,
    Entry,
    Lease,
    Outcome,
    Tries,
)
from gateword.ports.meter import Count, Duration
from gateword.storage.open import open_stores
from gateword.storage.valkey_server import ValkeyServer
from tests.engines.house import NOON, CountingDice, House, PlainVault
from tests.support.valkey import ValkeyProcess

PLACE: Final = "192.0.2.1"
MINUTE_MS: Final = 60_000
PATIENT_S: Final = 20.0
"""How long a server may take on a loaded machine, in tests of what it answers."""
_NUMBERS: Final = itertools.count(1)


class CountingMeter:
    """Counts how the server answered."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()

    def count(self, what: Count, *labels: str) -> None:
        del what
        self.outcomes.update(labels)

    def took(self, what: Duration, seconds: float, *labels: str) -> None:
        del what, seconds, labels


@dataclass
class Counted:
    """Counters of a tenant, as one process holds them."""

    house: House
    valkey: ValkeyProcess
    server: ValkeyServer
    meter: CountingMeter

    @property
    def attempts(self) -> Attempts:
        """Those of the process; the same each time."""
        return self.house.stores.attempts


@asynccontextmanager
async def process(
    house: House, valkey: ValkeyProcess, prefix: str, *, within_s: float = PATIENT_S
) -> AsyncIterator[Counted]:
    """Open a tenant as a process with `valkey_url` does, and let its connections go afterwards."""
    meter = CountingMeter()
    server = ValkeyServer(valkey.url, prefix, meter, time.monotonic, within_s=within_s)
    stores = open_stores(
        house.database,
        house.tenant.key,
        PlainVault(),
        house.clock,
        CountingDice(),
        counters=server,
    )
    try:
        yield Counted(replace(house, stores=stores), valkey, server, meter)
    finally:
        await server.close()


def a_prefix() -> str:
    """Return what no other test's keys begin with."""
    return f"t{next(_NUMBERS)}"


def a_bucket(**changes: Any) -> Bucket:
    """Return the bucket of an address: three tokens, one more each minute."""
    bucket = Bucket(
        shield="suspicious-ip", key=f"login:{PLACE}", size=3, refill_ms=MINUTE_MS, place=PLACE
    )
    return replace(bucket, **changes)


def an_entry(*buckets: Bucket, **changes: Any) -> Entry:
    """Return a try of somebody whose account is blocked after ten failures."""
    entry = Entry(
        connection_key=1,
        subject="ann",
        place=PLACE,
        user_key=None,
        buckets=buckets,
        tries=(Tries(shield="brute-force", place=PLACE, limit=10),),
    )
    return replace(entry, **changes)


def bounded(most: int) -> Crowd:
    """Return a bound of the names that fail from an address."""
    return Crowd(shield="crowded-address", most=most, within_ms=10 * MINUTE_MS)


async def log_in(attempts: Attempts, entry: Entry, outcome: Outcome = Outcome.WRONG) -> object:
    """Try, and end the try; return the lease, or why there was none."""
    came = await attempts.reserve(entry, NOON)
    if isinstance(came, Lease):
        await attempts.settle(came, outcome, NOON)
    return came
