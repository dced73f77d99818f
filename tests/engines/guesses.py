"""Tries at a user's secret, as a store is asked for them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from gateword.ports.attempts import (
    EVERYWHERE,
    Attempts,
    Blocked,
    Busy,
    Entry,
    Lease,
    Outcome,
    Settled,
    Tries,
)
from gateword.storage.statement import AcrossTenants
from tests.engines.house import NOON, House

HERE: Final = "192.0.2.1"
ELSEWHERE: Final = "203.0.113.9"
SHIELD: Final = "brute-force"
LIMIT: Final = 3
NAME: Final = "ann@example.test"


def bounded(place: str = HERE, limit: int | None = LIMIT, **more: Any) -> Tries:
    """Return a bound of failures."""
    return Tries(shield=SHIELD, place=place, limit=limit, **more)


def capped(limit: int, **more: Any) -> Tries:
    """Return a bound of failures over all places, which spares those where the user is known."""
    return bounded(EVERYWHERE, limit, spares_known=True, is_own=False, **more)


def a_guess(place: str = HERE, **changes: Any) -> Entry:
    """Return a try of somebody whose account is blocked at a place after three failures there."""
    entry = Entry(
        connection_key=1,
        subject="somebody",
        place=place,
        user_key=None,
        tries=(bounded(place),),
    )
    return replace(entry, **changes)


@dataclass
class Guesser:
    """Asks one store, at a time that it is told."""

    attempts: Attempts
    at: datetime = NOON

    async def asks(self, entry: Entry, name: str = "") -> Lease | Blocked | Busy:
        """Ask for a try."""
        return await self.attempts.reserve(entry, self.at, name=name)

    async def is_let_in(self, entry: Entry) -> Lease:
        """Ask for a try that must be let in."""
        came = await self.asks(entry)
        assert isinstance(came, Lease), came
        return came

    async def is_refused(self, entry: Entry, name: str = "") -> Blocked:
        """Ask for a try that must be refused."""
        came = await self.asks(entry, name)
        assert isinstance(came, Blocked), came
        return came

    async def ends(self, entry: Entry, outcome: Outcome) -> Settled:
        """Try, and end so."""
        return await self.attempts.settle(await self.is_let_in(entry), outcome, self.at)

    async def fails(self, entry: Entry, times: int = 1) -> list[Settled]:
        """Try and fail, that often."""
        return [await self.ends(entry, Outcome.WRONG) for _ in range(times)]

    async def counts(self, subject: str = "somebody", connection_key: int = 1) -> dict[str, int]:
        """Return by place how many failures are stored."""
        found = await self.attempts.failures([(connection_key, subject)])
        return {one.place: one.count for one in found}


async def rows(house: House, table: str) -> int:
    """Return how many rows a table has of the tenant."""
    count = AcrossTenants(f"SELECT COUNT(*) FROM {table} WHERE tenant = :tenant")  # noqa: S608  # a name of ours
    row = await house.database.one(count, tenant=house.tenant.key)
    return int(row[0]) if row is not None else 0
