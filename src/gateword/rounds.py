"""What the server does by itself: each chore, for each tenant, again and again while it runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from gateword.domain.refused import Refused
from gateword.ports.chore import Chore
from gateword.ports.parts import Parts

_log = logging.getLogger("gateword")


async def go_on(chore: Chore, all_parts: Callable[[], Awaitable[Sequence[Parts]]]) -> None:
    """Do a chore until it is cancelled.

    A tenant whose round takes long holds up nobody else: the others get their next one meanwhile.

    Args:
        chore: What is done.
        all_parts: Returns the toolbox of every tenant; the same object each time for one tenant.
    """
    under_way: dict[int, asyncio.Task[None]] = {}
    try:
        while True:
            await asyncio.sleep(chore.every_s)
            try:
                tenants = await all_parts()
            except Refused as refused:  # the database is away: the next round will do
                _told(chore, refused)
                continue
            for parts in tenants:
                running = under_way.get(id(parts))
                if running is None or running.done():
                    under_way[id(parts)] = asyncio.create_task(_round(chore, parts))
    finally:
        for running in under_way.values():
            running.cancel()
        await asyncio.gather(*under_way.values(), return_exceptions=True)


async def _round(chore: Chore, parts: Parts) -> None:
    try:
        await chore.run(parts)
    except Refused as refused:
        _told(chore, refused)
    except Exception:  # noqa: BLE001  a bug in one round must not end all that follow
        _log.exception("chore_failed", extra={"chore": chore.name})


def _told(chore: Chore, refused: Refused) -> None:
    reason = refused.detail or refused.description
    _log.warning("chore_failed", extra={"chore": chore.name, "reason": reason})
