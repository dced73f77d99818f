"""An installation that faults are played on, and the load it is under meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from gateword.app import opened
from gateword.policy import attack_protection, protection_extras
from scripts.soak_case import SETTINGS
from scripts.soak_ledger import Ledger, Load, bearer_of
from tests.served.asks import many
from tests.served.house import PEOPLE, prepared, settings_of
from tests.support.protection import protect
from tests.support.served import Served

CONNECTIONS: Final = 32
WAIT_S: Final = 60.0
"""How long the load may take to end; each of its asks has a time-out of its own."""


def guarded(
    data: Path, database_url: str = "", settings: Mapping[str, object] | None = None
) -> Served:
    """Return an installation, not started, that shuts names at which too many guess."""
    served = prepared(data, database_url, {**SETTINGS, **(settings or {})})
    asyncio.run(_guard(served))
    return served


async def _guard(served: Served) -> None:
    """Count tries of a name, and nothing else: all the load comes from one address."""
    async with opened(settings_of(served)) as house:
        at = house.parts.clock.now()
        await protect(house.parts, attack_protection.BRUTE_FORCE, at)
        extras = {"same_user_per_minute": 0, "distinct_identifiers": 0, "names_per_address": 0}
        await protect(house.parts, protection_extras.EXTRAS, at, **extras)


@asynccontextmanager
async def under_load(served: Served, ledger: Ledger) -> AsyncIterator[Load]:
    """Let customers, an administrator and a guesser go on until the block ends."""
    bearer = await asyncio.to_thread(bearer_of, served)
    async with many(served, CONNECTIONS) as client:
        load = Load(ledger, served, client, bearer)
        acts = [
            *(lambda email=email: load.trade(email) for email in PEOPLE),
            load.administer,
            load.guess,
        ]
        tasks = [asyncio.create_task(load.keep(act)) for act in acts]
        try:
            yield load
        finally:
            load.stopping.set()
            async with asyncio.timeout(WAIT_S):
                await asyncio.gather(*tasks)
