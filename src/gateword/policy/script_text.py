"""JavaScript as text: where its comments and its strings are, so that nothing is found in them.

Rule: pure. It is no parser: the engine says what is JavaScript, this says where words stand.
"""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from gateword.values import dataclass

_TOKEN: Final = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))
      |(?P<text>'(?:\\.|[^'\\\n])*'?|"(?:\\.|[^"\\\n])*"?)
      |(?P<word>[\w$]+)
      |(?P<space>\s+)
      |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_REGEX: Final = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*")
_TEMPLATE: Final = re.compile(r"(?:\\.|(?!\$\{)[^`\\])*(?P<end>`|\$\{|\Z)", re.DOTALL)
_BEFORE_REGEX: Final = frozenset(
    {*"(,=:[!&|?{};+-*%<>~^", *("return", "typeof", "case", "in", "of", "void", "throw")}
)
_NOT_NEWLINE: Final = re.compile(r"[^\n]")
_HEAD: Final = re.compile(r"\s*(?:async\b\s*)?(?:function\b\s*[\w$]*\s*)?\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Literal:
    """A string in a script.

    Attributes:
        start: Where its first quote stands.
        text: What is between its quotes; a template's part up to the next `${`.
    """

    start: int
    text: str


@dataclass(frozen=True)
class ScriptText:
    """A script.

    Attributes:
        source: As it is.
    """

    source: str

    @cached_property
    def code(self) -> str:
        """The script without its comments, each character where it was."""
        return _blanked(self.source, self._read.comments)

    @cached_property
    def bare(self) -> str:
        """The same without what is in strings and regular expressions."""
        return _blanked(self.code, self._read.texts)

    @cached_property
    def literals(self) -> Sequence[Literal]:
        """Its strings."""
        return [Literal(a - 1, self.source[a:b]) for a, b in self._read.texts]

    @cached_property
    def parameters(self) -> Sequence[str] | None:
        """Names of the one function's parameters; None when its head is of another form."""
        head = _HEAD.match(self.bare)
        return [one.strip() for one in head[1].split(",") if one.strip()] if head else None

    def line(self, place: int) -> int:
        """Return the number of the line of a place, counted from 1."""
        return self.source.count("\n", 0, place) + 1

    @cached_property
    def _read(self) -> "_Reader":
        return _Reader(self.source)


class _Reader:
    """Finds comments, and the insides of strings, templates and regular expressions."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._place = 0
        self._before = ";"  # the last thing that was neither space nor comment
        self._braces: list[int] = []  # open ones since each `${` that is still open
        self.comments: list[tuple[int, int]] = []
        self.texts: list[tuple[int, int]] = []
        while match := _TOKEN.match(source, self._place):
            self._place = match.end()
            self._take(match)

    def _take(self, match: re.Match[str]) -> None:
        kind, word, start = match.lastgroup, match[0], match.start()
        if kind == "comment":
            self.comments.append(match.span())
        elif kind == "text":
            self.texts.append((start + 1, max(start + 1, match.end() - 1)))
        elif kind == "other":
            self._sign(word, start)
        if kind not in {"comment", "space"}:
            self._before = word

    def _sign(self, word: str, start: int) -> None:
        if word == "`":
            self._template()
        elif word == "}" and self._braces and self._braces[-1] == 0:
            self._braces.pop()
            self._template()
        elif word in "{}" and self._braces:
            self._braces[-1] += 1 if word == "{" else -1
        elif word == "/" and self._before in _BEFORE_REGEX:
            regex = _REGEX.match(self._source, start)
            if regex is not None:
                self.texts.append((start + 1, regex.end()))
                self._place = regex.end()

    def _template(self) -> None:
        """Pass over a template up to its end, or to the code inside it."""
        inside = _TEMPLATE.match(self._source, self._place)
        if inside is None:
            return
        self.texts.append((self._place, inside.start("end")))
        self._place = inside.end()
        if inside["end"] == "${":
            self._braces.append(0)


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    parts, last = [], 0
    for start, end in spans:
        parts += [text[last:start], _NOT_NEWLINE.sub(" ", text[start:end])]
        last = end
    return "".join([*parts, text[last:]])
