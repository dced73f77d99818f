"""An engine of scripts that several houses share, because its processes take long to start."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from gateword.domain.script import ScriptJob, ScriptResult
from gateword.ports.scripts import Operations
from gateword.rules.engine import QuickJsEngine

_NUMBERS: Final = itertools.count(1)


class LentScripts(QuickJsEngine):
    """The engine as one house has it: nothing that another house's scripts did is there.

    What processes remember of scripts, and what they hold against them, goes by the tenant; so
    each house is a tenant of its own to them.
    """

    def __init__(self, engine: QuickJsEngine) -> None:
        self._engine = engine
        self._number = next(_NUMBERS)

    async def run(self, job: ScriptJob, tenant: str, operations: Operations) -> ScriptResult:
        return await self._engine.run(job, f"{tenant} of {self._number}", operations)

    async def close(self) -> None:
        """Leave the processes to the next house."""


@asynccontextmanager
async def an_engine() -> AsyncIterator[QuickJsEngine]:
    """Make an engine with one process, so that all runs of a set of scripts meet in it."""
    engine = QuickJsEngine(1)
    try:
        yield engine
    finally:
        await engine.close()
