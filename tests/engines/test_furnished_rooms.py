"""Scripts that run again and again find their room ready, and notice nothing of it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateword.rules.engine import QuickJsEngine
from tests.engines.test_rules import rule, run

QUIET_S = 0.05
"""Long enough for a process to make the next rooms."""


@pytest.fixture
async def rules() -> AsyncIterator[QuickJsEngine]:
    """An engine of one process."""
    made = QuickJsEngine(1)
    yield made
    await made.close()


async def again(rules: QuickJsEngine, body: str, **asked: object) -> list[object]:
    """Return what a rule found in six runs, with time between them to make rooms."""
    found = []
    for number in range(6):
        result = await run(rules, body, user={"number": number}, **asked)  # type: ignore[arg-type]  # as `run` says
        found.append(result.value["context"]["found"])
        await asyncio.sleep(QUIET_S)
    return found


async def test_each_run_has_its_own_user_and_configuration(rules: QuickJsEngine) -> None:
    """What is compiled before knows neither."""
    body = rule("context.found = [user.number, configuration.k]; callback(null, user, context);")

    first = await again(rules, body, configuration={"k": "one"})
    second = await again(rules, body, configuration={"k": "two"})

    assert [[number, "one"] for number in range(6)] == first
    assert [[number, "two"] for number in range(6)] == second


async def test_nothing_of_a_run_is_in_the_next_room(rules: QuickJsEngine) -> None:
    """Not even on the function itself (R5)."""
    body = (
        "function counted(user, context, callback) {"
        " context.found = [counted.runs || 0, typeof left];"
        " counted.runs = 1; globalThis.left = 1; delete globalThis.left;"
        " Array.prototype.map = null; callback(null, user, context); }"
    )

    assert [[0, "undefined"]] * 6 == await again(rules, body)


async def test_tenants_with_the_same_script_have_rooms_of_their_own(rules: QuickJsEngine) -> None:
    """A room that is ready for one is never another's."""
    body = rule(
        "context.found = global.whose || null; global.whose = user.whose;"
        " callback(null, user, context);"
    )
    found = []
    for _ in range(4):
        for tenant in ("a", "b"):
            result = await run(rules, body, tenant=tenant, user={"whose": tenant})
            found.append(result.value["context"]["found"])
        await asyncio.sleep(QUIET_S)

    assert [None, None, *("a", "b") * 3] == found


async def test_script_that_acts_when_it_is_read_acts_at_each_run(rules: QuickJsEngine) -> None:
    """Once a login, with its configuration, and never without one."""
    body = (
        "((k) => function (user, context, callback) {"
        " context.found = k; callback(null, user, context); })(configuration.k)"
    )

    assert ["one"] * 6 == await again(rules, body, configuration={"k": "one"})


async def test_what_is_wanted_late_is_in_the_next_room(rules: QuickJsEngine) -> None:
    """A module that could not be seen in the text (R4: by the allow-list)."""
    body = rule(
        "context.found = require('lo' + 'dash').uniq([1, 1]); callback(null, user, context);"
    )

    assert [[1]] * 6 == await again(rules, body)
