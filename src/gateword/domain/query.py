"""What a search asks for, as a tree that no text of SQL or of JSON is in."""

from enum import Enum
from typing import TypeAlias

from gateword.values import dataclass


class QueryError(ValueError):
    """A search that cannot be carried out; the message is for whoever asked.

    Attributes:
        position: Character of the text, counted from 1, at which it stopped making sense.
    """

    def __init__(self, text: str, position: int | None = None) -> None:
        super().__init__(text if position is None else f"{text} at position {position}")
        self.position = position


class Wild(Enum):
    """A hole in a pattern."""

    ANY = "*"
    ONE = "?"


@dataclass(frozen=True, slots=True)
class Word:
    """A field has this value, or an element of it has; of no field: any of the usual ones has."""

    field: str | None
    value: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A field fits literal pieces with holes between them."""

    field: str | None
    pieces: tuple[str | Wild, ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a range."""

    value: str
    included: bool


@dataclass(frozen=True, slots=True)
class Between:
    """A field lies between two bounds; None is open."""

    field: str
    low: Bound | None
    high: Bound | None


@dataclass(frozen=True, slots=True)
class Exists:
    """A field has a value."""

    field: str


@dataclass(frozen=True, slots=True)
class Every:
    """All of these hold; of none: everything fits."""

    parts: "tuple[Query, ...]"


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of these holds."""

    parts: "tuple[Query, ...]"


@dataclass(frozen=True, slots=True)
class Negated:
    """This does not hold; what is not there does not hold either."""

    part: "Query"


Query: TypeAlias = Word | Pattern | Between | Exists | Every | Either | Negated
