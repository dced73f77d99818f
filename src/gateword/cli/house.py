"""The installation that a command works in. The application is loaded when one is opened."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

from gateword.ports.opened import Opened
from gateword.settings import Settings


@asynccontextmanager
async def opened(
    settings: Settings, tenant: str = "default", *, make_with_domain: str | None = None
) -> AsyncIterator[Opened]:
    """Open one tenant; arguments and errors are those of `gateword.app.opened`."""
    app = import_module("gateword.app")  # costs 200 ms, which `--help` and bad use save
    async with app.opened(settings, tenant, make_with_domain=make_with_domain) as house:
        yield house
