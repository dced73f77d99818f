"""Variables in configuration files: `##NAME##` stands for literal text, `@@NAME@@` for JSON.

Source: Auth0 Deploy CLI, "Keyword replacement": both are replaced before a file is parsed.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from gateword.policy.members import did_you_mean

_LITERAL: Final = re.compile(r"##([A-Za-z_][A-Za-z0-9_]*)##")
_JSON: Final = re.compile(r"""(["']?)@@([A-Za-z_][A-Za-z0-9_]*)@@\1""")
_COMMENT: Final = re.compile(r"\s*#(?!#[A-Za-z_][A-Za-z0-9_]*##)")
_LINE_END: Final = re.compile(r"\r\n|\n|\r")


class BadFile(Exception):
    """A file that cannot be applied; `lines` says where and why, one fault a line."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


def filled(name: str, text: str, environ: Mapping[str, str]) -> tuple[str, list[int]]:
    """Return the text with its variables filled in, and the original line of each new line.

    Args:
        name: Name of the file, for messages.
        text: What is in it.
        environ: Values of the variables.

    Raises:
        BadFile: A variable is not set.
    """
    faults: list[str] = []
    lines: list[str] = []
    origins: list[int] = []
    for number, line in enumerate(_LINE_END.split(text), 1):
        new = line
        for pattern, fill in ((_LITERAL, _literal), (_JSON, _as_json)):
            missing = _missing(pattern, new, environ)
            if missing and not _COMMENT.match(line):
                faults += [_unset(name, number, variable, environ) for variable in missing]
            elif not missing:
                new = pattern.sub(fill(environ), new)
        origins += [number] * (new.count("\n") + 1)
        lines.append(new)
    if faults:
        raise BadFile(faults)
    return "\n".join(lines) + "\n", [*origins, len(lines) or 1]


def is_filled(text: str) -> bool:
    """Say whether a text holds what a reader would fill in."""
    return bool(_LITERAL.search(text) or _JSON.search(text))


def shielded(text: str, escape: str) -> str:
    """Return JSON, or quoted YAML, that means the same and in which nothing is filled in.

    Args:
        text: Every marker of it stands between double quotes.
        escape: How the notation begins the two hexadecimal digits of a character.
    """
    while is_filled(text):  # `##A##B##` is two markers that share their signs
        text = _LITERAL.sub(lambda match: f"#{escape}23{match[0][2:]}", text)
        text = _JSON.sub(lambda match: match[0].replace("@@", f"@{escape}40", 1), text)
    return text


def filled_script(name: str, text: str, environ: Mapping[str, str]) -> str:
    """Return a script with its variables filled in; without variables it stays as it is.

    Raises:
        BadFile: A variable is not set.
    """
    if not is_filled(text):
        return text
    ready, _ = filled(name, text, environ)
    return ready.removesuffix("\n")


def _missing(pattern: re.Pattern[str], line: str, environ: Mapping[str, str]) -> list[str]:
    names = [match[pattern.groups] for match in pattern.finditer(line)]
    return [name for name in names if name not in environ]


def _unset(name: str, line: int, variable: str, environ: Mapping[str, str]) -> str:
    hint = did_you_mean(variable, environ)
    return f"{name}:{line}: the environment variable {variable} is not set{hint}"


def _literal(environ: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    return lambda match: environ[match[1]]


def _as_json(environ: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    def fill(match: re.Match[str]) -> str:
        text = environ[match[2]]
        try:
            value: object = json.loads(text)
        except ValueError:  # plain text: a JSON string
            value = text
        return json.dumps(value)

    return fill
