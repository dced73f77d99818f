"""A run of scripts, and who waits for it."""

import asyncio
from collections.abc import Callable

from gateword.ports.scripts import Operations
from gateword.values import dataclass, field


class Died(Exception):
    """The process ended, and it was not the fault of this run."""


@dataclass(slots=True)
class Waiting:
    """A run, and who waits for it.

    Attributes:
        whose: The tenant.
        set_: Names the scripts.
        operations: Carries out what the run asks for.
        text: What the run came to, as the script wrote it; None when it was killed.
        gone: Called once when nothing of it is left.
        has_asked: Something was done for it, so it must not begin anew.
    """

    whose: str
    set_: bytes
    operations: Operations
    text: asyncio.Future[str | None]
    gone: Callable[[], None]
    has_asked: bool = False
    errands: set[asyncio.Task[None]] = field(default_factory=set)

    def leave(self) -> None:
        """Stop what is still being done for it."""
        for errand in self.errands:
            errand.cancel()
        self.gone()
