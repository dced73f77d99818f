"""Scripts that are only compiled, in the real engine."""

from collections.abc import AsyncIterator

import pytest

from gateword.domain.script import Kind, Script, ScriptJob
from gateword.rules.engine import QuickJsEngine
from tests.engines.test_rules import PASS, NoOperations


@pytest.fixture
async def rules() -> AsyncIterator[QuickJsEngine]:
    """An engine of one process."""
    made = QuickJsEngine(1)
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (PASS, None),
        ("function () { for (;;) {} }", None),
        ("(function () { for (;;) {} })()", "Script exceeded allowed execution time"),
        ("{ a: 1 }", "It must be one function"),
        ("function () {\n  a b;\n}", "(line 2)"),
    ],
)
async def test_compiled_script_is_not_run(
    rules: QuickJsEngine, source: str, message: str | None
) -> None:
    """It is only seen whether it could be; what it does while it is read still ends."""
    job = ScriptJob(
        kind=Kind.RULES, scripts=[Script("1", "rule R", source)], given={}, is_compiled_only=True
    )

    result = await rules.run(job, "t", NoOperations())

    assert (message is None) == (result.fault is None)
    assert result.fault is None or str(message) in result.fault.message
