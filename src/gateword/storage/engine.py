"""One SQL layer, two engines: what the stores ask of a database."""

from collections.abc import Callable, Coroutine, Mapping
from enum import Enum, unique
from typing import Any, Final, Protocol, TypeAlias, TypeVar

from gateword.storage.statement import Sql

T = TypeVar("T")

SEARCH_TIMEOUT_S: Final = 1.0
"""How long a search may take, its wait for a free reader included (promise M5)."""

FOLD: Final = "fold"
"""SQL function of SQLite's searchers: a text in lower case, in every alphabet."""


@unique
class Dialect(Enum):
    """Where the two engines need different words: JSON, patterns."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"


Value: TypeAlias = str | int | bytes | None
"""What may stand in a column: booleans are 0 and 1, times are unix milliseconds, JSON is text."""

Row: TypeAlias = tuple[Any, ...]
"""A row as the driver gives it; the store that wrote the statement knows its types."""


class TakenError(Exception):
    """A unique constraint of the tables refused a row."""


class Reader(Protocol):
    """Something that answers questions."""

    async def one(self, statement: Sql, /, **params: Value) -> Row | None:
        """Return the first row, or None."""
        ...

    async def all(self, statement: Sql, /, **params: Value) -> list[Row]:
        """Return every row."""
        ...


class Tx(Reader, Protocol):
    """An open transaction; it may be given to nothing that waits for anything but the database."""

    async def run(self, statement: Sql, /, **params: Value) -> int:
        """Change rows; return how many."""
        ...


Work: TypeAlias = Callable[[Tx], Coroutine[Any, Any, T]]
"""What is done inside one transaction. It may be started again when the database asks for that."""


class Database(Reader, Protocol):
    """A database that is open.

    Every method raises Refused (STORE_UNREACHABLE) when the database is away, full or too busy.

    Attributes:
        shares_commits: Transactions that are begun together cost one commit together.
        dialect: What its statements may say.
    """

    shares_commits: bool
    dialect: Dialect

    async def search(
        self, statement: Sql, params: Mapping[str, Value], timeout_s: float = SEARCH_TIMEOUT_S
    ) -> list[Row]:
        """Return every row of a statement that may be slow, without holding anybody up.

        Raises:
            Refused: SEARCH_TOO_SLOW when it takes longer than `timeout_s`.
        """
        ...

    async def transact(self, work: Work[T], *, durable: bool = True) -> T:
        """Do the work in one transaction; return when its changes are durable.

        With `durable` off they are in force for every process, and only a power cut may lose
        them.

        An exception of the work takes its changes back and reaches the caller.

        Raises:
            TakenError: A row stands in the way of one that was to be stored.
            Refused: STORE_UNREACHABLE; when that came of the commit, nobody knows if it was done.
        """
        ...

    async def call(self, statement: Sql, /, **params: Value) -> list[Row]:
        """Run one statement that writes, as a transaction of its own, and return its rows.

        Where each statement is a journey this is one, not three. It says itself how durable it is.
        """
        ...

    async def ping(self) -> None:
        """Return when the database answers."""
        ...

    async def close(self) -> None:
        """Finish what was begun and let go of the database."""
        ...
