"""Scripts that nobody waits for any more leave nothing behind."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateword.rules import process
from gateword.rules.engine import QuickJsEngine
from gateword.rules.frames import Rest, told
from gateword.rules.turn import Turn, memory
from gateword.rules.workers import Workers
from tests.engines.hostile import HOSTILE
from tests.engines.test_rules import LIMIT_S, PASS, rule, run


@pytest.fixture
async def rules() -> AsyncIterator[QuickJsEngine]:
    """An engine of two processes."""
    made = QuickJsEngine(2)
    yield made
    await made.close()


async def test_script_that_nobody_waits_for_keeps_no_process(rules: QuickJsEngine) -> None:
    """Who hangs up while a script hangs leaves nothing behind that others would wait for."""
    hangs = rule(HOSTILE["native join"])
    for _ in range(3):
        gone = asyncio.create_task(run(rules, hangs))
        await asyncio.sleep(0.15)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)

    async with asyncio.timeout(LIMIT_S):
        results = await asyncio.gather(*(run(rules, PASS) for _ in range(10)))
        while any(one._turn.now() for one in rules._workers._processes):  # noqa: SLF001  nobody else knows
            await asyncio.sleep(0.02)

    assert [None] * 10 == [one.fault for one in results]


async def test_script_that_begins_when_nobody_waits_any_more_is_ended(
    rules: QuickJsEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who hangs up before a process has even started leaves none behind that hangs."""
    monkeypatch.setattr(process, "LOOK_S", 0.001)  # the first look is before its start
    gone = asyncio.create_task(run(rules, rule(HOSTILE["native join"])))
    of_engine = rules._workers._processes  # noqa: SLF001  nobody else knows
    while not any(one.runs for one in of_engine):
        await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    await asyncio.sleep(1.0)  # it has started, and hangs

    async with asyncio.timeout(LIMIT_S):
        while any(one._turn.now() for one in of_engine):  # noqa: SLF001  nobody else knows
            await asyncio.sleep(0.02)

    assert (await run(rules, PASS)).fault is None


async def test_dropped_run_is_watched_until_it_says_that_it_has_ended() -> None:
    """It may have answers to read before it hears that nobody waits."""
    one = process.Process(Turn(memory()), Workers(1), is_apart=False)
    one._dropped[7] = None  # type: ignore[assignment]  # noqa: SLF001  who waited does not matter

    one.read(told(Rest(7, None, None, more=True)))
    has_more = 7 in one._dropped  # noqa: SLF001  nobody else knows
    one.read(told(Rest(7, None, None, more=False)))

    assert has_more
    assert 7 not in one._dropped  # noqa: SLF001  nobody else knows
