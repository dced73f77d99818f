"""What is asked of the engine before a script is stored, and what is seen in its text."""

import pytest

from gateword.domain.script import Fault, Kind, Script, ScriptFault, ScriptResult
from gateword.policy import script_build as policy


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ("exports.onExecutePostLogin = async () => {};", ""),
        ("module.exports = { async onExecutePostLogin() {} };", ""),
        ('exports["onExecutePostLogin"] = run;', ""),
        ("const { onExecutePostLogin } = build();\nObject.assign(exports, all);", ""),
        ("", "onExecutePostLogin"),
        ("// exports.onExecutePostLogin = 1;", "onExecutePostLogin"),
        ("async function onExecutePostLogin(event, api) {}", "onExecutePostLogin"),
        ("exports.onExecutePostLogins = async () => {};", "onExecutePostLogin"),
        ("exports.onExecuteCredentialsExchange = async () => {};", "onExecutePostLogin"),
    ],
)
def test_handler_is_looked_for_in_the_code(code: str, missing: str) -> None:
    """Comments do not count; what might be an export is taken for one."""
    assert missing == policy.missing_handler(code, "post-login")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (None, ""),
        (
            ScriptFault(Fault.COMPILE, "Rule R failed to compile: SyntaxError: x (line 2)", None),
            "SyntaxError: x (line 2)",
        ),
        (ScriptFault(Fault.LIMIT, "Script exceeded allowed execution time", None), ""),
    ],
)
def test_only_the_compiler_says_that_a_script_does_not_compile(
    fault: ScriptFault | None, told: str
) -> None:
    """A script that took too long may have met a busy machine."""
    assert told == policy.fault_in(ScriptResult(fault=fault))


def test_code_that_does_not_compile_is_not_read_for_its_handler() -> None:
    """One error is enough, and the engine's comes first."""
    told = policy.action_faults("", "post-login", "SyntaxError: x (line 2)")

    assert ["SyntaxError: x (line 2)"] == [one["msg"] for one in told]
    assert ["missing_handler"] == [one["id"] for one in policy.action_faults("", "post-login", "")]
    assert [] == policy.action_faults("exports.onExecutePostLogin = 1", "post-login", "")


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_is_run_to_see_whether_a_script_compiles(kind: Kind) -> None:
    """Whatever kind of script it is."""
    job = policy.job(kind, Script("1", "x", "y"))

    assert job.is_compiled_only
    assert {} == job.given
