"""Words are found in code, and not in comments, strings, templates and regular expressions."""

import pytest

from gateword.policy.script_text import ScriptText


@pytest.mark.parametrize(
    ("source", "code", "bare"),
    [
        ("a // b\nc", "a     \nc", "a     \nc"),
        ("a /* b\nc */ d", "a     \n     d", "a     \n     d"),
        ("a /* open", "a        ", "a        "),
        ("x = 'a//b'", "x = 'a//b'", "x = '    '"),
        (r"x = 'a\'b'; y", r"x = 'a\'b'; y", "x = '    '; y"),
        ("x = 'open\ny", "x = 'open\ny", "x = '   n\ny"),
        ("x = /['\"]\\//g; y", "x = /['\"]\\//g; y", "x = /        ; y"),
        ("a / b / c", "a / b / c", "a / b / c"),
        ("return /b/.test(c)", "return /b/.test(c)", "return /  .test(c)"),
        ("`a ${b} c`", "`a ${b} c`", "`  ${b}  `"),
        ("`${`${b}`}` // c", "`${`${b}`}`     ", "`${`${b}`}`     "),
        ("`${ {a: '}'} }` + d", "`${ {a: '}'} }` + d", "`${ {a: ' '} }` + d"),
        ("`open ${", "`open ${", "`     ${"),
        ("``", "``", "``"),
        ("", "", ""),
    ],
)
def test_what_is_no_code_is_blanked(source: str, code: str, bare: str) -> None:
    """Each character stays where it was, so that lines and columns are those of the script."""
    text = ScriptText(source)

    assert (code, bare) == (text.code, text.bare)


@pytest.mark.parametrize(
    ("source", "parameters"),
    [
        ("function (user, context, callback) {}", ["user", "context", "callback"]),
        ("// first\n/* (a) */ function name(u, c, cb) {}", ["u", "c", "cb"]),
        ("async function(user,context,callback){}", ["user", "context", "callback"]),
        ("async (user, context, callback) => {}", ["user", "context", "callback"]),
        ("function () {}", []),
        ("user => user", None),
        ("", None),
    ],
)
def test_parameters_go_by_their_own_names(source: str, parameters: list[str] | None) -> None:
    """Rules need not call them user, context and callback."""
    assert parameters == ScriptText(source).parameters


def test_strings_and_lines_are_told() -> None:
    """By where they stand."""
    text = ScriptText("a(\n'one', `two ${b} three`)")

    assert ["one", "two ", " three"] == [literal.text for literal in text.literals]
    assert [2, 2, 2] == [text.line(literal.start) for literal in text.literals]
