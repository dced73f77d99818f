"""Works that wait for SQLite's next tick, and how one is done in it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from gateword.storage.engine import Work
from gateword.values import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Job:
    """Work that waits for the next tick.

    Attributes:
        durable: Its commit waits for the disk.
    """

    work: Work[Any]
    done: asyncio.Future[Any]
    durable: bool

    def finish(self, outcome: object) -> None:
        """Tell the waiter, unless it has gone."""
        if self.done.done():
            return
        if isinstance(outcome, BaseException):
            self.done.set_exception(outcome)
        else:
            self.done.set_result(outcome)


def run_to_end(work: Coroutine[Any, Any, T]) -> T:
    """Return what a work returns that waits for nothing.

    Raises:
        RuntimeError: It waited.
    """
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    work.close()
    raise RuntimeError("a transaction waited for something that is not the database")
