"""Deletes what has expired."""

from datetime import timedelta
from typing import ClassVar, Final

from gateword.accounts.turns import is_our_turn
from gateword.policy import alarm
from gateword.ports.parts import Parts
from gateword.values import dataclass

JOBS_KEPT: Final = timedelta(hours=24)
"""How long an ended job, its errors and its file can be asked for (Auth0: "Bulk User Imports")."""

TALLIES_KEPT: Final = alarm.WEEK + 2 * alarm.SLOT
"""A week tells what is usual for the two slots after it."""


HALVES_KEPT: Final = timedelta(hours=1)
"""How long an `mfa_token` that is too old is told from one that never was."""

LOOKED_THROUGH: Final = timedelta(hours=1)
"""How often families of refresh tokens are looked through, all of them, for those that ended."""

TURN: Final = "cleaning"
TURN_AT_FAMILIES: Final = "cleaning of families"


@dataclass(frozen=True, slots=True)
class Cleaning:
    """Expired tokens, tickets and counters go, and jobs that ended a day ago (port `Chore`).

    Of many processes one does it.
    """

    every_s: float
    name: ClassVar[str] = "cleaning"

    async def run(self, parts: Parts) -> None:
        every = timedelta(seconds=self.every_s)
        if not await is_our_turn(parts, TURN, every):
            return
        now = parts.clock.now()
        await parts.stores.tokens.purge(now)
        await parts.stores.tickets.purge(now)
        await parts.stores.attempts.purge(now)
        await parts.stores.tallies.purge(now - TALLIES_KEPT)
        await parts.stores.jobs.purge(now - JOBS_KEPT)
        await parts.stores.half_logins.purge(now - HALVES_KEPT)
        await parts.stores.authenticators.purge(now)
        await parts.stores.familiar.purge(now)
        if await is_our_turn(parts, TURN_AT_FAMILIES, max(every, LOOKED_THROUGH)):
            await parts.stores.tokens.purge_families(now)
