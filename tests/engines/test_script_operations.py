"""What scripts ask of the host: in what order, how much at once, and what is left behind."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from gateword.domain.script import Fault, Kind, Script, ScriptJob, ScriptResult
from gateword.ports.scripts import OperationFailed
from gateword.rules import process, run
from gateword.rules.engine import QuickJsEngine

ASK = "require('bcrypt').compare"
"""The shortest way out of a script."""


class Host:
    """Answers after a while, and remembers what it was asked."""

    def __init__(self, wait_s: float = 0.0) -> None:
        self.wait_s = wait_s
        self.asked: list[tuple[str, Mapping[str, object]]] = []
        self.at_once = 0
        self.most_at_once = 0

    async def carry_out(self, kind: str, asked: Mapping[str, object]) -> object:
        self.asked.append((kind, asked))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(self.wait_s)
            if asked.get("hash") == "fail":
                raise OperationFailed("it broke", "EBROKEN")
            if asked.get("hash") == "bug":
                raise ZeroDivisionError
            return asked.get("hash") == asked.get("password")
        finally:
            self.at_once -= 1


@pytest.fixture
async def engine() -> AsyncIterator[QuickJsEngine]:
    """An engine of two processes."""
    made = QuickJsEngine(2)
    yield made
    await made.close()


async def ran(engine: QuickJsEngine, body: str, host: Host, **user: object) -> ScriptResult:
    """Run one rule with such a body."""
    source = f"function (user, context, callback) {{ {body} }}"
    given = {"user": user, "context": {}, "whole": True}
    job = ScriptJob(kind=Kind.RULES, scripts=[Script("1", "rule One", source)], given=given)
    return await engine.run(job, "t", host)


async def test_answer_comes_back_to_who_asked(engine: QuickJsEngine) -> None:
    """Many at once, each with its own answer."""
    body = f"""Promise.all([1, 2, 3].map((n) => {ASK}('1', String(n)))).then((all) => {{
      context.all = all; callback(null, user, context); }});"""
    host = Host()

    result = await ran(engine, body, host)

    assert {"all": [True, False, False]} == result.value["context"]
    assert 3 == len(host.asked)


@pytest.mark.parametrize(
    ("hash_", "told"),
    [("fail", ["it broke", "EBROKEN"]), ("bug", ["The operation failed", "EINVAL"])],
)
async def test_failure_is_an_error_of_the_script(
    engine: QuickJsEngine, hash_: str, told: list[str]
) -> None:
    """What the host says of it, and nothing of the host's own faults."""
    body = f"""{ASK}('1', '{hash_}').catch((error) => {{
      context.told = [error.message, error.code]; callback(null, user, context); }});"""

    result = await ran(engine, body, Host())

    assert {"told": told} == result.value["context"]


async def test_only_so_much_is_asked_at_once(engine: QuickJsEngine) -> None:
    """A script that asks without end is told so, and holds no more than its share."""
    body = f"""const asked = [];
      for (let i = 0; i < 1000; i++) asked.push({ASK}('1', '1').catch((error) => error.message));
      Promise.all(asked).then((all) => {{ context.told = [...new Set(all)];
      callback(null, user, context); }});"""
    host = Host(0.02)

    result = await ran(engine, body, host)

    assert {"told": [True, "Too many operations at once"]} == result.value["context"]
    assert host.most_at_once <= process.MOST_ASKED


async def test_work_goes_on_behind_the_callback(engine: QuickJsEngine) -> None:
    """Fire and forget: the login is answered first, and what was begun is finished."""
    body = f"callback(null, user, context); {ASK}('1', '1').then(() => {ASK}('2', '2'));"
    host = Host(0.1)

    result = await ran(engine, body, host)
    told_by_then = len(host.asked)
    for _ in range(100):
        await asyncio.sleep(0.02)
        if len(host.asked) == 2:
            break

    assert result.fault is None
    assert told_by_then <= 1
    assert 2 == len(host.asked)


async def test_work_behind_the_callback_comes_to_an_end(
    engine: QuickJsEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever never stops is dropped after a while, and its place is free."""
    monkeypatch.setattr(run, "BACKGROUND_S", 0.2)
    body = "callback(null, user, context); setInterval(() => {}, 10);"

    await asyncio.gather(*(ran(engine, body, Host()) for _ in range(5)))
    for _ in range(400):
        if not engine._workers._running:  # noqa: SLF001  nobody else knows
            break
        await asyncio.sleep(0.02)

    assert {} == dict(engine._workers._running)  # noqa: SLF001  nobody else knows


async def test_who_was_done_something_for_is_not_begun_anew(
    engine: QuickJsEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lead must not be created twice because another script hung beside it."""
    monkeypatch.setattr(process, "MERCY_S", 30.0)  # other tests may need the machine as well
    host = Host(1.0)
    body = f"{ASK}('1', '1').then(() => callback(null, user, context));"
    waits = [asyncio.create_task(ran(engine, body, host)) for _ in range(4)]
    await asyncio.sleep(0.5)

    hung = await ran(engine, "for (;;) {}", Host())
    results = await asyncio.gather(*waits)

    assert hung.fault is not None
    assert [None] * 4 == [one.fault for one in results]
    assert 4 == len(host.asked)


TRAPS = {
    "a getter of global": "Object.defineProperty(globalThis, 'x', "
    "{ enumerable: true, get() { for (;;) {} } }); callback(null, user, context);",
    "a changed language": "Object.prototype.toJSON = () => 1; JSON.stringify = null; "
    "Map.prototype.get = null; Array.prototype.push = () => { throw 1; }; "
    f"{ASK}('1', '1').then(() => callback(null, user, context));",
    "a promise that is none": "Promise.prototype.then = null; callback(null, user, context);",
    "arguments that are none": "global.process = null; callback(null, user, context);",
    "a constructor of its own": "globalThis.Promise = class { constructor() { for (;;) {} } }; "
    f"{ASK}('1', '1');",
}


@pytest.mark.parametrize("name", TRAPS)
async def test_trap_spoils_its_own_run_alone(engine: QuickJsEngine, name: str) -> None:
    """R1: whatever it does to the language, there is an answer, and the next login is whole."""
    async with asyncio.timeout(8):
        await ran(engine, TRAPS[name], Host())
    after = await ran(engine, "callback(null, user, context);", Host(), name="ann")

    assert after.fault is None
    assert {"name": "ann"} == after.value["user"]


async def test_data_in_global_stays_and_the_rest_does_not(engine: QuickJsEngine) -> None:
    """`global` is a cache for plain data, of the same scripts of the same tenant."""
    body = """const names = ['text', 'call', 'map', 'deep'];
      context.found = names.map((name) => typeof global[name]);
      global.text = 'x'; global.call = () => 1; global.map = new Map(); global.deep = { a: [1] };
      callback(null, user, context);"""
    found = [await ran(engine, body, Host()) for _ in range(6)]
    other = await ran(engine, body + " ", Host())

    last: Any = found[-1].value["context"]
    assert ["string", "undefined", "undefined", "object"] == last["found"]
    assert {"found": ["undefined"] * 4} == other.value["context"]


async def test_module_that_only_the_run_names_is_found(engine: QuickJsEngine) -> None:
    """However it is named, and whenever: the run begins again before anybody noticed."""
    for name in ("lodash", "moment"):
        body = f"""const name = '{name}'; setTimeout(() => {{ Promise.resolve().then(() => {{
          try {{ require(name); }} catch (error) {{ context.caught = true; }}
          context.type = typeof require(name); callback(null, user, context); }}); }}, 5);"""

        result = await ran(engine, body, Host())

        assert {"type": "function"} == result.value["context"]


async def test_trial_leaves_nothing_for_logins(engine: QuickJsEngine) -> None:
    """Whoever tries a rule out, with whatever configuration, changes nobody's next login."""
    source = """function (user, context, callback) {
      context.found = typeof global.url; global.url = 'x'; callback(null, user, context); }"""
    script = Script("1", "rule One", source)
    job = ScriptJob(
        kind=Kind.RULES, scripts=[script], given={"user": {}, "context": {}, "whole": True}
    )
    for _ in range(4):
        await engine.run(replace(job, is_trial=True), "t", Host())

    result = await engine.run(job, "t", Host())

    assert {"found": "undefined"} == result.value["context"]


async def test_what_was_printed_survives_a_script_that_hangs(engine: QuickJsEngine) -> None:
    """An operator needs it most then, and why it ended."""
    hung = await ran(engine, "console.log('before'); for (;;) {}", Host())
    forgot = await ran(engine, f"console.log('a'); {ASK}('1', 'fail').then(callback);", Host())

    assert ("rule One: before",) == hung.console
    assert ("rule One: a",) == forgot.console
    assert hung.fault is not None
    assert "it kept the processor for too long" == hung.fault.detail
    assert forgot.fault is not None
    assert "it broke" in forgot.fault.detail


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("throw 'text';", Fault.THREW),
        ("throw { message: 'object' };", Fault.THREW),
        ("return Promise.reject('rejected');", Fault.THREW),
        (f"{ASK}('1', 'fail').catch(callback);", Fault.THREW),
        ("callback(new Error('own'));", Fault.DENIED),
        ("callback('own');", Fault.DENIED),
    ],
)
async def test_what_a_script_did_not_say_itself_can_be_masked(
    engine: QuickJsEngine, body: str, kind: Fault
) -> None:
    """Exceptions, rejections and failures of the host are none of the script's own words."""
    result = await ran(engine, body, Host())

    assert result.fault is not None
    assert kind is result.fault.kind


async def test_turns_without_end_are_counted(engine: QuickJsEngine) -> None:
    """A chain of timers that do nothing costs the server work at each: it ends by itself."""
    async with asyncio.timeout(15):
        result = await ran(engine, "(function again() { setImmediate(again); })();", Host())

    assert result.fault is not None
    assert Fault.LIMIT is result.fault.kind


async def test_lines_that_look_like_a_trace_are_printed(engine: QuickJsEngine) -> None:
    """Only what the engine wrote is rewritten."""
    body = "console.log('at home'); console.log('x <input>:3 y'); callback(null, user, context);"

    result = await ran(engine, body, Host())

    assert ("rule One: at home", "rule One: x <input>:3 y") == result.console


async def test_trace_has_the_rule_s_own_lines(engine: QuickJsEngine) -> None:
    """An operator sees where it happened, and nothing of the house."""
    body = "\n\nconst nothing = null;\nfunction inner() { return nothing.there; }\n inner();"

    result = await ran(engine, body, Host())

    assert result.fault is not None
    assert Fault.THREW is result.fault.kind
    assert ["at inner (rule One:4:27)", "at <anonymous> (rule One:5:2)"] == (
        result.fault.stack.splitlines()
    )


async def test_scripts_are_told_anew_when_many_were_known(
    engine: QuickJsEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process keeps some sets of scripts, and none runs as another."""
    monkeypatch.setattr(process, "MOST_KNOWN", 3)
    bodies = [f"context.n = {n}; callback(null, user, context);" for n in range(8)]

    for n, body in [*enumerate(bodies), *enumerate(bodies)]:
        result = await ran(engine, body, Host())

        assert {"n": n} == result.value["context"]
