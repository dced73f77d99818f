"""The installation that a command works in. The application is loaded when one is opened."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from gateword.cli.common import existing, run
from gateword.ports.opened import Opened
from gateword.ports.parts import Parts
from gateword.settings import Settings
from gateword.values import dataclass

T = TypeVar("T")


@asynccontextmanager
async def opened(
    settings: Settings,
    tenant: str = "default",
    *,
    make_with_domain: str | None = None,
    makes_key: bool = False,
) -> AsyncIterator[Opened]:
    """Open one tenant; arguments and errors are those of `gateword.app.opened`."""
    app = import_module("gateword.app")  # costs 200 ms, which `--help` and bad use save
    opening = app.opened(settings, tenant, make_with_domain=make_with_domain, makes_key=makes_key)
    async with opening as house:
        yield house


@dataclass(frozen=True, slots=True)
class Place:
    """Which installation and tenant a command means."""

    data: Path | None
    tenant: str
    database_url: str | None

    def work(self, task: Callable[[Parts], Coroutine[Any, Any, T]]) -> T:
        """Do something in the tenant; errors are those of `existing` and `run`."""
        settings = existing(self.data, self.database_url)

        async def inside() -> T:
            async with opened(settings, self.tenant) as house:
                return await task(house.parts)

        return run(inside())
