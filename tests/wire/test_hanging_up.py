"""Clients that hang up, servers that are too busy: what is counted of their tries, what is not.

Nobody guesses for nothing by hanging up, and nobody is shut out for having gone away.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.policy import attack_protection
from gateword.storage.statement import AcrossTenants
from tests.support.busy import queue_full_of
from tests.support.factories import PASSWORD
from tests.support.house import DOMAIN, PEER, House
from tests.support.protection import protect
from tests.support.stand_ins import CountedHasher
from tests.wire.world import PASSWORDS, VALUES

RIGHT: Final = PASSWORDS["password"]
WEB: Final = {"client_id": VALUES["web"], "client_secret": VALUES["web_secret"]}
OUTBOX: Final = AcrossTenants("SELECT COUNT(*) FROM outbox WHERE tenant = :tenant")
Message = MutableMapping[str, Any]
SCOPE: Final = {
    "type": "http",
    "method": "POST",
    "path": "/oauth/token",
    "query_string": b"",
    "headers": [
        (b"host", DOMAIN.encode()),
        (b"content-type", b"application/x-www-form-urlencoded"),
    ],
    "client": (PEER, 1),
}


@dataclass
class Phone:
    """A client that is there until it hangs up."""

    house: House
    password: str
    sent: list[Message] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    _asked: bool = False

    async def logs_in(self) -> int:
        """Ask, and return the status of the answer, whether anybody hears it or not."""
        await self.house.app(dict(SCOPE), self._receive, self._send)
        status: int = self.sent[0]["status"]
        return status

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            form = {"grant_type": PASSWORD, "username": "ann", "password": self.password, **WEB}
            return {"type": "http.request", "body": urlencode(form).encode(), "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        self.sent.append(message)


@dataclass
class Kept:
    """What the tenant keeps of tries."""

    leases: int
    failures: int
    logins: int
    spent: int


async def _kept(house: House) -> Kept:
    async def count(text: str) -> int:
        row = await house.engines.watched.real.one(AcrossTenants(text), tenant=1)
        return int(row[0]) if row is not None and row[0] is not None else 0

    ann = await house.parts.stores.users.by_id(VALUES["ann"])
    assert ann is not None
    return Kept(
        leases=await count("SELECT COUNT(*) FROM leases WHERE tenant = :tenant"),
        failures=await count("SELECT MAX(count) FROM failures WHERE tenant = :tenant"),
        logins=ann.logins_count or 0,
        spent=await count("SELECT COUNT(*) FROM buckets WHERE tenant = :tenant"),
    )


async def _until(house: House, come: Callable[[], bool]) -> None:
    """Let the house work until something has come true."""
    del house
    for _ in range(5000):
        if come():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it never came true")


def _heard(house: House, words: str) -> Callable[[], bool]:
    return lambda: any(words in text for text in house.engines.watched.said)


@asynccontextmanager
async def _occupied(house: House) -> AsyncIterator[None]:
    """Keep the only hashing thread busy."""
    free = threading.Event()
    job = asyncio.ensure_future(house.engines.pool.run(lambda: free.wait(30)))
    await asyncio.sleep(0)
    try:
        yield
    finally:
        free.set()
        await job


class _Held(CountedHasher):
    """A hasher whose work begins, and ends when it is told to."""

    def __init__(self, house: House) -> None:
        super().__init__(house.engines.hasher.real)
        self.pool, self.begun, self.free = house.engines.pool, threading.Event(), threading.Event()

    async def verify(
        self, password: Secret, encoded: Secret | None, kinds: Mapping[str, int] | None = None
    ) -> bool:
        """Hash when told to."""

        def work() -> None:
            self.begun.set()
            self.free.wait(30)

        await self.pool.run(work)
        return await super().verify(password, encoded, kinds)


@pytest.mark.parametrize("password", [RIGHT, "wrong"])
async def test_who_hangs_up_before_the_hash_is_not_counted(house: House, password: str) -> None:
    """Its place in the queue goes, and so does the try that was reserved for it."""
    phone = Phone(house, password)
    async with _occupied(house):
        asked = asyncio.ensure_future(phone.logs_in())
        await _until(house, lambda: house.engines.hasher.verified == 1)
        waiting = await _kept(house)
        phone.gone.set()
        status = await asked

    assert 499 == status
    assert (1, 0) == (waiting.leases, waiting.failures)
    assert (0, 0, 0) == ((kept := await _kept(house)).leases, kept.failures, kept.logins)


@pytest.mark.parametrize("password", [RIGHT, "wrong"])
async def test_who_hangs_up_during_the_hash_has_failed(house: House, password: str) -> None:
    """G1: hanging up before the answer gives no guess for nothing, and no login either."""
    held = _Held(house)
    house.engines.hasher.real = held
    phone = Phone(house, password)
    asked = asyncio.ensure_future(phone.logs_in())
    await _until(house, held.begun.is_set)
    phone.gone.set()
    status = await asked
    held.free.set()

    assert 499 == status
    assert (0, 1, 0) == ((kept := await _kept(house)).leases, kept.failures, kept.logins)


async def test_block_that_a_client_hung_up_on_is_told_of_all_the_same(house: House) -> None:
    """The next refusal brings the event of the log, and the user's letter."""
    at = house.clock.now()
    await protect(house.parts, attack_protection.BRUTE_FORCE, at, max_attempts=1)
    real, held = house.engines.hasher.real, _Held(house)
    house.engines.hasher.real = held
    phone = Phone(house, "wrong")
    asked = asyncio.ensure_future(phone.logs_in())
    await _until(house, held.begun.is_set)
    phone.gone.set()
    await asked
    held.free.set()
    house.engines.hasher.real = real
    statuses = [await Phone(house, RIGHT).logs_in() for _ in range(2)]
    codes = [row.document["type"] for row in await house.log()]
    letter = await house.engines.database.one(OUTBOX, tenant=1)

    assert [429, 429] == statuses
    assert 1 == codes.count("limit_wc")
    assert letter is not None
    assert 1 == letter[0]


@pytest.mark.parametrize(
    "words", ["FROM identities", "known_places", "INSERT INTO leases", "SUBSTR(password_hash"]
)
async def test_who_hangs_up_at_any_time_leaves_no_lease_behind(house: House, words: str) -> None:
    """While it is looked up, or reserved, or a slot is waited for: nothing that would expire."""
    phone = Phone(house, "wrong")
    async with _occupied(house):
        asked = asyncio.ensure_future(phone.logs_in())
        await _until(house, _heard(house, words))
        phone.gone.set()
        await asked

    assert 0 == (await _kept(house)).leases


async def test_who_hangs_up_while_all_slots_are_taken_leaves_no_lease_behind(house: House) -> None:
    """Whoever waits for tries under way has none yet."""
    first = [Phone(house, "wrong") for _ in range(10)]
    last = Phone(house, "wrong")
    async with _occupied(house):
        asked = [asyncio.ensure_future(phone.logs_in()) for phone in first]
        await _until(house, lambda: house.engines.hasher.verified == 10)
        waits = asyncio.ensure_future(last.logs_in())
        await asyncio.sleep(0.1)
        last.gone.set()
        status = await waits
        kept = await _kept(house)
        for phone in first:
            phone.gone.set()
        await asyncio.gather(*asked)

    assert 499 == status
    assert (10, 0) == (kept.leases, kept.failures)
    assert (0, 0) == ((kept := await _kept(house)).leases, kept.failures)


async def test_server_that_is_busy_counts_and_reserves_nothing(house: House) -> None:
    """D4: 503 is decided before a slot, or a token of a bucket, is taken."""
    async with queue_full_of(house, None):
        statuses = [await Phone(house, "wrong").logs_in() for _ in range(20)]
        kept = await _kept(house)

    assert [503] * 20 == statuses
    assert Kept(leases=0, failures=0, logins=0, spent=0) == kept


class _Full(CountedHasher):
    """A hasher whose queue is full by the time the password comes."""

    async def verify(
        self, password: Secret, encoded: Secret | None, kinds: Mapping[str, int] | None = None
    ) -> bool:
        """Refuse."""
        del password, encoded, kinds
        raise Refused(Refusal.BUSY, retry_after_s=1)


async def test_queue_that_filled_meanwhile_counts_nothing(house: House) -> None:
    """A slot that was reserved is given back: nobody is shut out by a server that is busy."""
    house.engines.hasher.real = _Full(house.engines.hasher.real)
    statuses = [await Phone(house, "wrong").logs_in() for _ in range(15)]
    kept = await _kept(house)

    assert [503] * 15 == statuses
    assert (0, 0) == (kept.leases, kept.failures)


class _Broken(CountedHasher):
    """A hasher that fails in a way nobody expects, after it has looked at the password."""

    async def verify(
        self, password: Secret, encoded: Secret | None, kinds: Mapping[str, int] | None = None
    ) -> bool:
        """Look, and fail."""
        await super().verify(password, encoded, kinds)
        raise RuntimeError("broken by the test")


async def test_fault_after_the_look_is_a_failure(house: House) -> None:
    """G1: whatever goes wrong once a password may have been looked at, a guess was made."""
    house.engines.hasher.real = _Broken(house.engines.hasher.real)
    statuses = [await Phone(house, RIGHT).logs_in() for _ in range(2)]
    kept = await _kept(house)

    assert [500, 500] == statuses
    assert (0, 2) == (kept.leases, kept.failures)
