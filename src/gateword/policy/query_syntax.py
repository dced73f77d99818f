"""Reads a search: the subset of Lucene's query language that Auth0's user and log search take.

Rule 1: pure. Rule 2: bounded in length, depth, words and holes, so that no search costs much to
read or to carry out (promise M5). Source: Auth0 "User Search Query Syntax"; Apache Lucene "Query
Parser Syntax": words side by side are alternatives, `+` must hold, `-` must not, AND binds
closer than OR.
"""

from collections.abc import Sequence
from typing import Final

from gateword.domain.query import (
    Between,
    Bound,
    Either,
    Every,
    Exists,
    Negated,
    Pattern,
    Query,
    QueryError,
    Wild,
    Word,
)
from gateword.policy.query_words import Kind, Token, tokens

MAX_DEPTH: Final = 8
MAX_WORDS: Final = 100
MAX_HOLES: Final = 10
MAX_HOLES_OF_WORD: Final = 3
MAX_STEPS: Final = 8
EXISTS: Final = "_exists_"


def query(text: str) -> Query:
    """Return what a search asks for.

    Raises:
        QueryError: It is empty, makes no sense, or asks for too much; says where.
    """
    return _Parser(tokens(text)).whole()


class _Parser:
    """Reads the words from left to right, one function a level of binding."""

    def __init__(self, words: Sequence[Token]) -> None:
        self._words = words
        self._next = 0
        self._depth = 0
        self._counted = 0
        self._holes = 0

    def _word(self) -> Token:
        return self._words[self._next]

    def whole(self) -> Query:
        if self._word().kind is Kind.END:
            raise QueryError("the query is empty")
        found = self._alternatives(None)
        if self._word().kind is not Kind.END:
            raise self._unexpected()
        return found

    def _alternatives(self, field: str | None) -> Query:
        """Read what stands between ORs."""
        parts = [self._side_by_side(field)]
        while self._took_operator("OR"):
            parts.append(self._side_by_side(field))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _side_by_side(self, field: str | None) -> Query:
        """Read clauses without a word between them: alternatives, but for `+` and `-`."""
        needed: list[Query] = []
        wanted: list[Query] = []
        unwanted: list[Query] = []
        while True:
            must = self._took_sign("+")
            clause = self._together(field)
            if isinstance(clause, Negated):
                unwanted.append(clause)
            else:
                (needed if must else wanted).append(clause)
            if not self._begins_clause():
                break
        if not needed and wanted:
            needed = [wanted[0] if len(wanted) == 1 else Either(tuple(wanted))]
        parts = (*needed, *unwanted)
        return parts[0] if len(parts) == 1 else Every(parts)

    def _begins_clause(self) -> bool:
        word = self._word()
        if word.kind is Kind.SIGN:
            return word.text in "(+-[{"
        return word.kind in (Kind.TEXT, Kind.PHRASE) or (
            word.kind is Kind.OPERATOR and word.text == "NOT"
        )

    def _together(self, field: str | None) -> Query:
        """Read what stands between ANDs."""
        parts = [self._signed(field)]
        while self._took_operator("AND"):
            self._took_sign("+")
            parts.append(self._signed(field))
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _signed(self, field: str | None) -> Query:
        negations = 0
        while self._took_operator("NOT") or self._took_sign("-"):
            negations += 1
        found = self._clause(field)
        return Negated(found) if negations % 2 else found

    def _clause(self, field: str | None) -> Query:
        word = self._word()
        if self._took_sign("("):
            return self._group(field, word)
        if word.kind is Kind.TEXT and self._is_field():
            if field is not None:
                raise QueryError("a field inside the values of a field", word.at)
            return self._of_field(word)
        return self._value(field)

    def _is_field(self) -> bool:
        behind = self._words[self._next + 1]
        return behind.kind is Kind.SIGN and behind.text == ":"

    def _group(self, field: str | None, opened: Token) -> Query:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError(f"more than {MAX_DEPTH} parentheses inside each other", opened.at)
        found = self._alternatives(field)
        if not self._took_sign(")"):
            if self._word().kind is Kind.END:
                raise QueryError("a parenthesis is not closed", opened.at)
            raise self._unexpected()
        self._depth -= 1
        return found

    def _of_field(self, word: Token) -> Query:
        self._next += 2
        if not word.is_plain:
            return self._of_any_field(word)
        if not all(word.text.split(".")) or word.text.count(".") >= MAX_STEPS:
            raise QueryError("a field is a name, or at most 8 names with dots between", word.at)
        if word.text == EXISTS:
            return self._exists()
        opened = self._word()
        if self._took_sign("("):
            return self._group(word.text, opened)
        return self._value(word.text)

    def _of_any_field(self, word: Token) -> Query:
        if (word.pieces, self._word().pieces) != ((Wild.ANY,), (Wild.ANY,)):
            raise QueryError("a field's name has no holes", word.at)
        self._count(self._word())
        self._next += 1
        return Every(())

    def _exists(self) -> Query:
        word = self._taken(Kind.TEXT, Kind.PHRASE)
        if not word.is_plain or not all(word.text.split(".")):
            raise QueryError("_exists_ wants the name of a field", word.at)
        self._count(word)
        return Exists(word.text)

    def _value(self, field: str | None) -> Query:
        word = self._word()
        if word.kind is Kind.SIGN and word.text in "[{":
            return self._range(field)
        word = self._taken(Kind.TEXT, Kind.PHRASE)
        self._count(word)
        if word.is_plain or word.kind is Kind.PHRASE:
            return Word(field, word.text)
        if word.pieces == (Wild.ANY,):
            return Every(()) if field is None else Exists(field)
        self._count_holes(word)
        return Pattern(field, word.pieces)

    def _range(self, field: str | None) -> Query:
        opened = self._word()
        if field is None:
            raise QueryError("a range without a field", opened.at)
        self._next += 1
        self._count(opened)
        low = self._bound()
        self._taken(Kind.TO)
        high = self._bound()
        closed = self._word()
        if not (closed.kind is Kind.SIGN and closed.text in "]}"):
            raise QueryError("a range is not closed", opened.at)
        self._next += 1
        if low is None and high is None:
            return Exists(field)
        return Between(
            field,
            None if low is None else Bound(low, opened.text == "["),
            None if high is None else Bound(high, closed.text == "]"),
        )

    def _bound(self) -> str | None:
        word = self._taken(Kind.TEXT, Kind.PHRASE)
        if word.kind is Kind.TEXT and word.pieces == (Wild.ANY,):
            return None
        if not word.is_plain and word.kind is Kind.TEXT:
            raise QueryError("a bound has no holes", word.at)
        return word.text

    def _count(self, word: Token) -> None:
        self._counted += 1
        if self._counted > MAX_WORDS:
            raise QueryError(f"more than {MAX_WORDS} words", word.at)

    def _count_holes(self, word: Token) -> None:
        holes = sum(isinstance(piece, Wild) for piece in word.pieces)
        self._holes += holes
        if holes > MAX_HOLES_OF_WORD or self._holes > MAX_HOLES:
            raise QueryError(
                f"more than {MAX_HOLES_OF_WORD} wildcards in a word or {MAX_HOLES} in all", word.at
            )

    def _taken(self, *kinds: Kind) -> Token:
        word = self._word()
        if word.kind not in kinds:
            raise self._unexpected()
        self._next += 1
        return word

    def _took_operator(self, name: str) -> bool:
        return self._took(Kind.OPERATOR, name)

    def _took_sign(self, sign: str) -> bool:
        return self._took(Kind.SIGN, sign)

    def _took(self, kind: Kind, text: str) -> bool:
        found = self._word().kind is kind and self._word().text == text
        self._next += found
        return found

    def _unexpected(self) -> QueryError:
        word = self._word()
        if word.kind is Kind.END:
            return QueryError("the query ends too early", word.at)
        return QueryError("something else is expected", word.at)
