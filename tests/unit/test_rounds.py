import asyncio
from dataclasses import dataclass, field
from typing import Any, ClassVar

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.rounds import go_on

SLOW, QUICK = object(), object()


@dataclass
class Counting:
    """A chore that waits for a word in one tenant, fails first in the other, and counts rounds."""

    name: ClassVar[str] = "counting"
    every_s: float = 0
    rounds: list[object] = field(default_factory=list)
    word: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, parts: Any) -> None:
        self.rounds.append(parts)
        if parts is SLOW:
            await self.word.wait()
        elif len(self.rounds) < 3:
            raise RuntimeError("a bug in an early round")


async def _until_quick_had(chore: Counting, rounds: int) -> None:
    while chore.rounds.count(QUICK) < rounds:
        await asyncio.sleep(0)


async def test_go_on_when_one_tenant_is_slow_goes_on_for_the_other() -> None:
    """A round that takes long, or fails, delays no other tenant, and is never begun twice."""
    chore = Counting()

    async def all_parts() -> Any:
        return [SLOW, QUICK]

    task = asyncio.create_task(go_on(chore, all_parts))
    async with asyncio.timeout(5):
        await _until_quick_had(chore, 3)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert 1 == chore.rounds.count(SLOW)


async def test_go_on_when_the_database_is_away_tries_again() -> None:
    """A list of tenants that cannot be read ends nothing."""
    chore, asked = Counting(), []

    async def all_parts() -> Any:
        asked.append(1)
        if len(asked) == 1:
            raise Refused(Refusal.STORE_UNREACHABLE)
        return [QUICK]

    task = asyncio.create_task(go_on(chore, all_parts))
    async with asyncio.timeout(5):
        await _until_quick_had(chore, 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert len(asked) > 1
