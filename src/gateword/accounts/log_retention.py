"""Deletes log events that are older than they may be."""

from datetime import timedelta
from typing import ClassVar, Final

from gateword.accounts.turns import is_our_turn
from gateword.ports.parts import Parts
from gateword.values import dataclass

TURN: Final = "log retention"


@dataclass(frozen=True, slots=True)
class LogRetention:
    """Old events go (port `Chore`); of many processes one deletes them.

    Attributes:
        days: How long events are kept; 0 is for ever.
    """

    days: int
    every_s: float
    name: ClassVar[str] = "log retention"

    async def run(self, parts: Parts) -> None:
        if self.days == 0 or not await is_our_turn(parts, TURN, timedelta(seconds=self.every_s)):
            return
        await parts.stores.logs.purge(parts.clock.now() - timedelta(days=self.days))
