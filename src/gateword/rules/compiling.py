"""Scripts become functions of an engine."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateword.rules.room import Room

_ALONE: Final = re.compile(
    r"(?:\s|//[^\n\r\u2028\u2029]*[\n\r]|/\*(?:(?!\*/)[\s\S])*\*/)*"
    r"((?:async[ \t]+)?function[ \t\n\r(*/][\s\S]*)"
)
"""What may be one function and nothing else, after comments. No arrow: how its text is read depends
on what stands around it."""

_SPEAKS: Final = re.compile(r"\bconsole\b|Error\b")
"""Of scripts that print, or make errors of our kinds."""


def compile_into(room: Room, script: Mapping[str, str]) -> Any:
    """Compile a script; return the function that it is.

    Raises:
        quickjs.JSException: It is none.
    """
    # A script may end with a comment.
    end = ")" if script["form"] == "module" else "\n)"
    function = room.context.eval(f"({_framed(script)}{end}")
    room.tell("compile", script["id"], function)
    return function


def furnish(room: Room, scripts: Sequence[Mapping[str, str]]) -> None:
    """Compile scripts before anybody wants them run; each `is_alone`.

    Raises:
        quickjs.JSException: One is no function after all.
    """
    for script in scripts:
        compile_into(room, script)
    if any(_SPEAKS.search(script["source"]) for script in scripts):
        room.tell("speaks")
    room.is_furnished = True


def is_alone(room: Room, script: Mapping[str, str], function: Any) -> bool:
    """Say whether a script is one function and nothing else, so that to compile it runs nothing.

    The engine keeps the text of each function. A text that begins as a function ends with it, or it
    is longer than that function's text.

    Args:
        room: Where it was compiled.
        script: What was compiled.
        function: What came of it, if the script is honest.
    """
    found = _ALONE.fullmatch(_framed(script))
    return found is not None and room.tell("source", function) == found[1]


def _framed(script: Mapping[str, str]) -> str:
    """Return what makes a function of a script; its first line stays the first."""
    if script["form"] == "module":
        return f"function (exports, require, module) {{{script['source']}\n}}"
    return _without_end(script["source"])


def _without_end(source: str) -> str:
    """Return a script without what formatters leave behind it, and an expression cannot have."""
    while (shorter := source.rstrip().rstrip(";")) != source:
        source = shorter
    return source
