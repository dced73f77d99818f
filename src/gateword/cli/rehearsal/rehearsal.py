"""A rehearsal from its first tenant to its last attack."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TypeAlias

from gateword.cli.rehearsal import server
from gateword.cli.rehearsal.acts import Act, Scenario, row
from gateword.cli.rehearsal.loopback import Broken
from gateword.cli.rehearsal.server import Ground, ServerFailed
from gateword.cli.rehearsal.stage import Stage
from gateword.cli.rehearsal.tenants import FIRST, Documents, Founder, Played, changed, founding
from gateword.cli.rehearsal.verdicts import Row

Says: TypeAlias = Callable[[str], AbstractContextManager[object]]
"""Shows what is going on for as long as its context lasts."""


async def rehearse(
    where: Ground,
    scenarios: Sequence[Scenario],
    documents: Documents,
    *,
    most: int,
    timeout_s: float,
    says: Says,
    rows: list[Row],
) -> None:
    """Play scenarios one after another.

    Args:
        where: An empty data folder and a port.
        scenarios: What is played.
        documents: Settings of attack protection, by the object's id.
        most: Requests that one attack may send.
        timeout_s: For everything together.
        says: Shows progress.
        rows: Are added as they are found, so that what was seen stays when time is up.

    Raises:
        ServerFailed: The server did not start, or went away.
        TimeoutError: Time is up.
    """
    async with asyncio.timeout(timeout_s), founding(where.settings) as founder:
        with says("Making throw-away tenants …"):
            tenants = await _tenants(where, founder, scenarios, documents)
        with server.running(where):
            with says("Starting a server on loopback …"):
                client = await server.ready(where, FIRST)
            for number, (scenario, act) in enumerate(_acts(scenarios)):
                played = tenants[number]
                stage = Stage(client, where.host(played.name), played, most)
                try:
                    with says(f"{scenario.name}: {act.attack} …"):
                        rows.append(row(scenario, act, await act.play(stage), stage))
                except* (Broken, OSError) as gone:
                    raise ServerFailed(f"the server went away:\n{where.said()}") from gone


async def _tenants(
    where: Ground, founder: Founder, scenarios: Sequence[Scenario], documents: Documents
) -> list[Played]:
    await founder.found(FIRST, where.host(FIRST))
    made = []
    for number, (scenario, act) in enumerate(_acts(scenarios)):
        name = f"{scenario.name}-{number}"
        settings = changed(documents, act.changes)
        made.append(await founder.play(name, where.host(name), settings, act.accounts))
    return made


def _acts(scenarios: Sequence[Scenario]) -> Iterator[tuple[Scenario, Act]]:
    return ((scenario, act) for scenario in scenarios for act in scenario.acts)
