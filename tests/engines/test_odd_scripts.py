"""Scripts that break the language around them, or act while their result is written down."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from gateword.domain.script import Fault
from gateword.rules.engine import QuickJsEngine
from tests.engines.test_rules import rule, run

PASSES: Final = "callback(null, user, context);"


@pytest.fixture
async def rules() -> AsyncIterator[QuickJsEngine]:
    """An engine of one process."""
    made = QuickJsEngine(1)
    yield made
    await made.close()


async def often(rules: QuickJsEngine, body: str) -> list[Any]:
    """Return what came of four runs, the last of them in a room that was ready for them."""
    came = []
    for _ in range(4):
        came.append(await run(rules, rule(body)))
        await asyncio.sleep(0.05)
    return came


@pytest.mark.parametrize(
    "spoils",
    [
        "Object.keys = null;",
        "globalThis.Object = null; delete globalThis.Object;",
        "Object.freeze(globalThis);",
        "Object.defineProperty = () => { throw new Error('no'); };",
    ],
)
async def test_what_a_script_breaks_ends_no_login(rules: QuickJsEngine, spoils: str) -> None:
    """Neither its result nor what it prints needs what it broke."""
    came = await often(rules, f"{spoils} console.log('x'); {PASSES}")

    assert [(None, ("rule Rule 0: x",))] * 4 == [(one.fault, one.console) for one in came]


@pytest.mark.parametrize("spoils", ["globalThis.Error = class {};", "Object.freeze(globalThis);"])
async def test_refusal_is_one_whatever_became_of_errors(rules: QuickJsEngine, spoils: str) -> None:
    """The first login is told as the fourth is."""
    came = await often(rules, f"{spoils} callback(new UnauthorizedError('no'));")

    assert [(Fault.UNAUTHORIZED, "no")] * 4 == [(one.fault.kind, one.fault.message) for one in came]


async def test_global_that_is_filled_while_the_result_is_written_is_kept(
    rules: QuickJsEngine,
) -> None:
    """A `toJSON` is a script's, too."""
    fills = "context.n = global.n || 0; user.x = { toJSON() { global.n = context.n + 1; } };"

    came = await often(rules, fills + PASSES)

    assert [0, 1, 2, 3] == [one.value["context"]["n"] for one in came]


async def test_module_that_is_wanted_while_the_result_is_written_is_there(
    rules: QuickJsEngine,
) -> None:
    """By beginning again."""
    wants = "user.x = { toJSON() { return require('lo' + 'dash').uniq([1, 1]); } };"

    came = await often(rules, wants + PASSES)

    assert [[1]] * 4 == [one.value["user"]["x"] for one in came]


async def test_object_that_inherits_from_global_has_names_of_its_own(rules: QuickJsEngine) -> None:
    """What is set there is not set for everybody."""
    body = "const o = Object.create(globalThis); o.console = { log() {} }; console.log('x');"

    came = await often(rules, body + PASSES)

    assert [("rule Rule 0: x",)] * 4 == [one.console for one in came]
