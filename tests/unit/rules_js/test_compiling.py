"""Which scripts may be compiled before anybody asks: those of which that runs nothing."""

import pytest

from gateword.rules import shelf
from gateword.rules.compiling import compile_into, furnish, is_alone
from gateword.rules.room import Room

PASS = "function (user, context, callback) { callback(null, user, context); }"


@pytest.fixture(autouse=True)
def _shelf() -> None:
    shelf.fill()


def script(source: str, form: str = "function") -> dict[str, str]:
    """Return a script as a process knows it."""
    return {"id": "rul_1", "source": source, "form": form}


@pytest.mark.parametrize(
    ("source", "form"),
    [
        (PASS, "function"),
        (f"{PASS};\n;\n", "function"),
        (f"/**\n * A rule.\n */\n// Says nothing.\n{PASS}", "function"),
        (PASS.replace("function", "async function named"), "function"),
        ("function (é) { return '😀 */ //'; }", "function"),
        ("exports.onExecutePostLogin = async () => {};", "module"),
        ("", "module"),
    ],
)
def test_one_function_is_alone(source: str, form: str) -> None:
    """After comments, and without what formatters leave behind it."""
    room, one = Room("rules"), script(source, form)

    assert is_alone(room, one, compile_into(room, one))


@pytest.mark.parametrize(
    ("source", "form"),
    [
        (f"(globalThis.ran = 1, {PASS})", "function"),
        (f"{PASS}, globalThis.ran = 1, {PASS}", "function"),
        (f"{PASS}); globalThis.ran = 1; ({PASS}", "function"),
        (f"(() => {{ globalThis.ran = 1; return {PASS}; }})()", "function"),
        ("class { static ran = (globalThis.ran = 1); }", "function"),
        (f"// here\u2028globalThis.ran = 1, {PASS}", "function"),
        (f"Function.prototype.toString = () => `{PASS}`, {PASS}", "function"),
        (f"function () {{}}.constructor('globalThis.ran = 1')() || {PASS}", "function"),
        ("(user, context, callback) => callback(null, user, context)", "function"),
        ("function$ => 1", "function"),
        ("function\u0301 => 1", "function"),
        ("}), globalThis.ran = 1, (function () {", "module"),
    ],
)
def test_what_may_run_something_is_not(source: str, form: str) -> None:
    """Whatever it looks like, and whatever it did to the language."""
    room, one = Room("rules"), script(source, form)

    assert not is_alone(room, one, compile_into(room, one))


def test_furnished_room_has_run_nothing() -> None:
    """What the script does is done when a login comes."""
    room = Room("rules")

    furnish(room, [script("function (user, context, callback) { globalThis.ran = 1; }")])

    assert room.is_furnished
    assert "undefined" == room.context.eval("typeof ran")
