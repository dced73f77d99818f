r"""Cuts a search into words: the lexical half of the query language.

Source: Apache Lucene "Query Parser Syntax": special characters are written with `\` before them,
or inside quotes; `*` and `?` are holes.
"""

from enum import Enum, unique
from typing import Final

from gateword.domain.query import QueryError, Wild
from gateword.policy import json_text
from gateword.values import dataclass

MAX_CHARS: Final = 4096
_SIGNS: Final = frozenset("()[]{}:")
_UNSUPPORTED: Final = {"^": "boosts", "~": "fuzzy words"}
_WILD: Final = {"*": Wild.ANY, "?": Wild.ONE}


@unique
class Kind(Enum):
    """What a word is."""

    SIGN = "sign"
    """`( ) [ ] { } : + -`."""
    TEXT = "text"
    """Plain text, perhaps with holes."""
    PHRASE = "phrase"
    """Quoted text."""
    OPERATOR = "operator"
    """AND, OR, NOT, or `&&`, `||`, `!`."""
    TO = "to"
    """Between the bounds of a range."""
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One word.

    Attributes:
        text: Sign, operator, or the text without its escapes; holes are not in it.
        pieces: The text with its holes.
        at: First character, counted from 1.
    """

    kind: Kind
    text: str
    at: int
    pieces: tuple[str | Wild, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether it is text without holes."""
        return Wild.ANY not in self.pieces and Wild.ONE not in self.pieces


_OPERATORS: Final = {"AND": "AND", "OR": "OR", "NOT": "NOT", "&&": "AND", "||": "OR", "!": "NOT"}


def tokens(text: str) -> list[Token]:
    """Return the words of a search, ended by one of kind END.

    Raises:
        QueryError: Too long, an unusable character, a quote or an escape without its end, or a
            form that is not here.
    """
    if len(text) > MAX_CHARS:
        raise QueryError(f"longer than {MAX_CHARS} characters")
    if not json_text.is_storable(text):
        raise QueryError("an unusable character")
    return _Reader(text).all()


class _Reader:
    """Goes through the text once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._in_range = False

    def all(self) -> list[Token]:
        found: list[Token] = []
        while True:
            while self._at < len(self._text) and self._text[self._at].isspace():
                self._at += 1
            if self._at >= len(self._text):
                return [*found, Token(Kind.END, "", self._at + 1)]
            found.append(self._next(begins_value=bool(found) and found[-1].text == ":"))

    def _next(self, *, begins_value: bool) -> Token:
        at, char = self._at, self._text[self._at]
        if char == '"':
            return self._phrase()
        # Behind a colon `-` begins a number, not a clause.
        if char in _SIGNS or (char in "+-" and not self._in_range and not begins_value):
            return self._sign(char)
        if self._text.startswith(("&&", "||"), at):
            self._at += 2
            return Token(Kind.OPERATOR, _OPERATORS[self._text[at : at + 2]], at + 1)
        if char == "!":
            self._at += 1
            return Token(Kind.OPERATOR, "NOT", at + 1)
        if char == "/":
            raise QueryError("regular expressions are not supported; write \\/", at + 1)
        return self._plain()

    def _sign(self, char: str) -> Token:
        if char in "[{":
            self._in_range = True
        if char in "]}":
            self._in_range = False
        self._at += 1
        return Token(Kind.SIGN, char, self._at)

    def _phrase(self) -> Token:
        at = self._at
        self._at += 1
        chars: list[str] = []
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == '"':
                self._at += 1
                text = "".join(chars)
                return Token(Kind.PHRASE, text, at + 1, (text,))
            chars.append(self._escaped() if char == "\\" else char)
            self._at += 1
        raise QueryError("a quote is not closed", at + 1)

    def _plain(self) -> Token:
        at = self._at
        pieces: list[str | Wild] = []
        chars: list[str] = []
        while self._at < len(self._text) and not self._ends_word(self._text[self._at]):
            char = self._text[self._at]
            if wild := _WILD.get(char):
                pieces += ["".join(chars), wild]
                chars = []
            else:
                chars.append(self._escaped() if char == "\\" else char)
            self._at += 1
        raw = self._text[at : self._at]
        pieces = [piece for piece in (*pieces, "".join(chars)) if piece != ""]
        if raw in _OPERATORS and not self._in_range:
            return Token(Kind.OPERATOR, _OPERATORS[raw], at + 1)
        if raw == "TO" and self._in_range:
            return Token(Kind.TO, raw, at + 1)
        text = "".join(piece for piece in pieces if isinstance(piece, str))
        return Token(Kind.TEXT, text, at + 1, tuple(pieces))

    def _ends_word(self, char: str) -> bool:
        if char in _UNSUPPORTED:
            raise QueryError(
                f"{_UNSUPPORTED[char]} are not supported; write \\{char}", self._at + 1
            )
        if char == ":" and self._in_range:
            return False  # times have colons
        return char.isspace() or char in _SIGNS or char == '"'

    def _escaped(self) -> str:
        """Return the character behind a backslash, and stand on it."""
        self._at += 1
        if self._at >= len(self._text):
            raise QueryError("nothing stands behind the last backslash", self._at)
        return self._text[self._at]
