"""Rules made readable: what the comment at their head says, and what they read."""

import re
from typing import Final

_OVERVIEW: Final = re.compile(r"^\s*\*\s*@overview\s+(.+?)\s*$", re.MULTILINE)
_KEY: Final = re.compile(r"\bconfiguration\.([A-Za-z_]\w*)")
_PARTS: Final = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<text>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")"""
    r"""|(?P<word>\b(?:function|var|return|if|else|new|null|true|false)\b)""",
    re.DOTALL,
)


def overview(script: str) -> str:
    """Return what the script says it does, as Auth0's gallery of rules has it: `@overview …`."""
    found = _OVERVIEW.search(script)
    return found[1] if found else ""


def keys(script: str) -> tuple[str, ...]:
    """Return the rules configs that the script reads, each once."""
    return tuple(dict.fromkeys(_KEY.findall(script)))


def parts(script: str) -> list[tuple[str, str]]:
    """Split a script for colouring, losing nothing.

    Returns:
        Pairs of a kind (`comment`, `text`, `word`, or empty for the rest) and the characters.
    """
    split: list[tuple[str, str]] = []
    end = 0
    for found in _PARTS.finditer(script):
        if found.start() > end:
            split.append(("", script[end : found.start()]))
        split.append((found.lastgroup or "", found[0]))
        end = found.end()
    split.append(("", script[end:]))
    return split
