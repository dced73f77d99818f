"""Deletes log events that are older than they may be."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from gateword.ports.parts import Parts

BATCH: Final = 500
"""Events a transaction: the log's writers wait no longer than for one."""

_MOST_BATCHES: Final = 200


@dataclass(frozen=True, slots=True)
class LogRetention:
    """Old events go, a batch a transaction (port `Chore`).

    Attributes:
        days: How long events are kept; 0 is for ever.
    """

    days: int
    every_s: float
    name: ClassVar[str] = "log retention"

    async def run(self, parts: Parts) -> None:
        if self.days == 0:
            return
        before = parts.clock.now() - timedelta(days=self.days)
        for _ in range(_MOST_BATCHES):
            if await parts.stores.logs.purge(before, BATCH) < BATCH:
                return
