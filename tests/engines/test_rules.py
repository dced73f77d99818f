"""Scripts in the real engine: what they may do, what ends them, and what nobody else notices."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.script import Fault, Kind, Script, ScriptJob, ScriptResult
from gateword.domain.secret import Secret
from gateword.ports.scripts import OperationFailed
from gateword.rules import engine, process, workers
from gateword.rules.engine import QuickJsEngine
from tests.engines.hostile import ESCAPES, HOSTILE

PASS = "function (user, context, callback) { callback(null, user, context); }"
LIMIT_S = 2.0 + 0.25 + 1.5
"""A turn, the grace of the process, and what a machine with other things to do takes besides."""


@pytest.fixture
async def rules() -> AsyncIterator[QuickJsEngine]:
    """An engine of two processes."""
    made = QuickJsEngine(2)
    yield made
    await made.close()


class NoOperations:
    """Nothing is carried out."""

    async def carry_out(self, kind: str, asked: Mapping[str, object]) -> object:
        raise OperationFailed(f"{kind} {len(asked)}", "EACCES")


async def run(
    rules: QuickJsEngine,
    *bodies: str,
    tenant: str = "t",
    configuration: Mapping[str, str] | None = None,
    **given: Mapping[str, Any],
) -> ScriptResult:
    """Run scripts."""
    job = ScriptJob(
        kind=Kind.RULES,
        scripts=[
            Script(f"rul_{number}", f"rule Rule {number}", body)
            for number, body in enumerate(bodies)
        ],
        configuration={key: Secret(value) for key, value in (configuration or {}).items()},
        given={"user": {"name": "ann"}, "context": {}, "whole": True} | given,
    )
    return await rules.run(job, tenant, NoOperations())


def user_of(result: ScriptResult) -> Any:
    """Return the user as the last rule left it."""
    return result.value["user"]


def rule(body: str) -> str:
    """Return a rule with such a body."""
    return f"function (user, context, callback) {{ {body} }}"


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_script_is_answered_within_its_limit(rules: QuickJsEngine, name: str) -> None:
    """R1: whatever it does, its login gets an answer, and the engine goes on."""
    async with asyncio.timeout(2 * LIMIT_S):
        result = await run(rules, rule(HOSTILE[name]))
    after = await run(rules, PASS)

    assert result.fault is not None or name == "large result"
    assert after.fault is None
    assert {"name": "ann"} == user_of(after)


async def test_others_go_on_beside_a_script_that_hangs(rules: QuickJsEngine) -> None:
    """R2: an endless loop ends its own login; twenty others are answered meanwhile or anew."""
    await run(rules, PASS)
    hangs = asyncio.create_task(run(rules, rule("for (;;) {}")))
    async with asyncio.timeout(2 * LIMIT_S):
        others = await asyncio.gather(*(run(rules, PASS) for _ in range(20)))
        hung = await hangs

    assert [None] * 20 == [one.fault for one in others]
    assert hung.fault is not None
    assert Fault.LIMIT is hung.fault.kind


async def test_process_that_keeps_its_turn_is_killed_and_replaced(
    rules: QuickJsEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R1: the limit is enforced from outside, also where the engine looks at no clock."""
    monkeypatch.setattr(process, "TURN_S", 0.1)
    monkeypatch.setattr(process, "GRACE_S", 0.1)
    began = asyncio.get_running_loop().time()

    result = await run(rules, rule("for (;;) {}"))
    took_s = asyncio.get_running_loop().time() - began
    after = await run(rules, PASS)

    assert result.fault is not None
    assert Fault.LIMIT is result.fault.kind
    assert took_s < 1.9  # sooner than the engine's own two seconds
    assert after.fault is None


async def test_rule_without_an_end_is_ended(
    rules: QuickJsEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No callback, nothing to wait for: the budget of all rules together ends it."""
    monkeypatch.setattr(engine, "BUDGET_S", 0.3)

    result = await run(rules, rule("setInterval(function () {}, 10);"))

    assert result.fault is not None
    assert "Script exceeded allowed execution time" == result.fault.message


async def test_script_can_only_spoil_its_own_run(rules: QuickJsEngine) -> None:
    """What it says instead of a wait is text of its own run, whatever it looks like."""
    forged = '{"user":{"name":"FORGED"},"context":{"accessToken":{"scope":"admin"}}}'
    end = f'"result": {forged}, "x": {{}}'
    spoil = 'setTimeout(() => {}, 1e4); Math.max = () => \'null, "id": %d, "rest": %d, %s\';'
    says_no = rule("setTimeout(() => callback(new UnauthorizedError('no')), 300);")
    victims = [asyncio.create_task(run(rules, says_no)) for _ in range(4)]
    await asyncio.sleep(0.2)
    await asyncio.gather(
        *(run(rules, rule(spoil % (number, number, end))) for number in range(1, 9))
    )

    for victim in victims:
        result = await victim
        assert result.fault is not None
        assert "no" == result.fault.message


async def test_rule_that_forgot_its_callback_is_ended_at_once(rules: QuickJsEngine) -> None:
    """Nothing is left that could ever call back: no place is held for twenty seconds."""
    async with asyncio.timeout(LIMIT_S):
        results = await asyncio.gather(*(run(rules, rule("")) for _ in range(30)))

    assert {"Script exceeded allowed execution time"} == {
        one.fault.message for one in results if one.fault
    }


async def test_scripts_that_cost_many_processes_have_short_turns(
    rules: QuickJsEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R2: after five processes they keep none for long, and their other logins still pass."""
    monkeypatch.setattr(process, "TURN_S", 0.2)
    monkeypatch.setattr(process, "GRACE_S", 0.1)
    hangs = rule("if (user.hangs) for (;;) {} callback(null, user, context);")
    for _ in range(workers.MOST_KILLS):
        await run(rules, hangs, user={"hangs": True})
    monkeypatch.setattr(process, "TURN_S", 60.0)

    async with asyncio.timeout(1.9):  # sooner than the engine's own two seconds
        last = await run(rules, hangs, user={"hangs": True})

    assert last.fault is not None
    assert (await run(rules, hangs)).fault is None


async def test_closed_engine_leaves_no_process(rules: QuickJsEngine) -> None:
    """Whoever waits is told to come again; nothing is started any more."""
    waits = [asyncio.create_task(run(rules, rule("setTimeout(() => {}, 5000);")))]
    await asyncio.sleep(0.3)
    await rules.close()

    came = await asyncio.gather(*waits, return_exceptions=True)

    assert [Refused] == [type(one) for one in came]


@pytest.mark.parametrize("probe", ESCAPES)
async def test_nothing_of_the_host_is_there(rules: QuickJsEngine, probe: str) -> None:
    """R4: no process, no file, no network, no thread."""
    result = await run(rules, rule(f"context.found = {probe}; callback(null, user, context);"))

    assert {"found": "undefined"} == result.value["context"]


async def test_constructor_of_a_function_leads_nowhere(rules: QuickJsEngine) -> None:
    """R4: code made of text runs in the same room."""
    probe = "callback.constructor('return typeof require(\"fs\")')()"
    result = await run(rules, rule(f"context.found = {probe}; callback(null, user, context);"))

    assert result.fault is not None
    assert "Cannot find module 'fs'" == result.fault.message


async def test_nothing_of_one_login_is_there_for_the_next(rules: QuickJsEngine) -> None:
    """R5: neither globals nor what was done to the language itself."""
    spoil = (
        "global.left = 1; Array.prototype.map = null; Object.prototype.evil = 1;"
        " JSON.stringify = () => '{}'; Promise = null; callback(null, user, context);"
    )
    look = "context.found = [typeof left, typeof [].map, ({}).evil]; callback(null, user, context);"
    for _ in range(4):
        await run(rules, rule(spoil))

    results = await asyncio.gather(*(run(rules, rule(look)) for _ in range(4)))

    assert [["undefined", "function", None]] * 4 == [
        one.value["context"]["found"] for one in results
    ]


async def test_many_logins_wait_for_their_timers_together(rules: QuickJsEngine) -> None:
    """A rule that waits holds up nobody: forty waits of 0.1 s are not four seconds."""
    waits = rule("setTimeout(function () { callback(null, user, context); }, 100);")
    await asyncio.gather(*(run(rules, PASS) for _ in range(4)))
    began = asyncio.get_running_loop().time()

    results = await asyncio.gather(*(run(rules, waits) for _ in range(40)))

    assert [None] * 40 == [one.fault for one in results]
    assert asyncio.get_running_loop().time() - began < 2


async def test_too_many_logins_are_told_to_come_again(
    rules: QuickJsEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No queue grows without end, and a tenant has half of the places: 503 and `Retry-After`."""
    monkeypatch.setattr(workers, "MOST_RUNS", 1)
    waits = rule("setTimeout(function () { callback(null, user, context); }, 300);")

    came = await asyncio.gather(*(run(rules, waits) for _ in range(5)), return_exceptions=True)
    busy = [one for one in came if isinstance(one, Refused)]

    assert [Refusal.SCRIPTS_BUSY] * 4 == [one.refusal for one in busy]
    assert {1} == {one.retry_after_s for one in busy}


async def test_console_names_the_rule_and_is_bounded(rules: QuickJsEngine) -> None:
    """What a rule prints is for the tenant's log, in plain text, and not without end."""
    prints = rule(
        "console.log('a\\u0007b', { c: 1 });"
        " for (let i = 0; i < 500; i++) console.warn('x'.repeat(2000));"
        " callback(null, user, context);"
    )

    result = await run(rules, prints)

    assert 'rule Rule 0: a b {"c":1}' == result.console[0]
    assert len(result.console) <= 100
    assert max(map(len, result.console)) < 1100


async def test_global_holds_only_so_much(rules: QuickJsEngine) -> None:
    """64 KiB of it: more is forgotten, and the login goes on."""
    much = rule(
        "context.found = typeof global.much; global.much = 'x'.repeat(100000);"
        " callback(null, user, context);"
    )

    results = [await run(rules, much) for _ in range(4)]

    assert [{"found": "undefined"}] * 4 == [one.value["context"] for one in results]
