"""Deletes what has expired."""

from dataclasses import dataclass
from typing import ClassVar

from gateword.ports.parts import Parts


@dataclass(frozen=True, slots=True)
class Cleaning:
    """Expired tokens and tickets go (port `Chore`)."""

    every_s: float
    name: ClassVar[str] = "cleaning"

    async def run(self, parts: Parts) -> None:
        now = parts.clock.now()
        await parts.stores.tokens.purge(now)
        await parts.stores.tickets.purge(now)
