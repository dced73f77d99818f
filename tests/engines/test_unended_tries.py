"""A database that takes a try and not its end, as a full disk may (promises D6 and G1)."""

from typing import TypeVar

import pytest

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.ports.attempts import Blocked, Busy, Lease, Outcome
from gateword.storage.attempts import SqlAttempts
from gateword.storage.tenant_database import TenantDatabase, TenantWork
from tests.engines.guesses import LIMIT, Guesser, a_guess
from tests.engines.house import NOON, CountingDice, House

T = TypeVar("T")


class FullDatabase(TenantDatabase):
    """The tenant's rows, which may be told to take nothing more."""

    is_full = False

    async def transact(self, work: TenantWork[T], *, durable: bool = True) -> T:
        """Do the work, unless there is no room."""
        if self.is_full:
            raise Refused(Refusal.STORE_UNREACHABLE, "no room")
        return await super().transact(work, durable=durable)


async def _ends_nowhere(house: House, outcome: Outcome, times: int) -> Lease | Blocked | Busy:
    """Let tries end while the database is full, and return what the next one is told."""
    database = FullDatabase(house.database, house.tenant.key)
    attempts = SqlAttempts(database, house.clock, CountingDice())
    for _ in range(times):
        lease = await attempts.reserve(a_guess(), NOON)
        assert isinstance(lease, Lease)
        database.is_full = True
        with pytest.raises(Refused):
            await attempts.settle(lease, outcome, NOON)
        database.is_full = False
    return await Guesser(attempts).asks(a_guess())


async def test_right_passwords_never_add_up_to_a_block(house: House) -> None:
    """What could not be ended is ended before the next try begins."""
    assert isinstance(await _ends_nowhere(house, Outcome.RIGHT, 2 * LIMIT), Lease)


async def test_wrong_passwords_stay_counted(house: House) -> None:
    """A full disk gives nobody more guesses."""
    assert isinstance(await _ends_nowhere(house, Outcome.WRONG, LIMIT), Busy)
