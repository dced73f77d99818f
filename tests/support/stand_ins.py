"""Stand-ins at the ports: time stands still, chance repeats itself, engines are under watch."""

import hashlib
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from gateword.crypto.system import SystemClock, SystemDice
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.ports.crypto import Hasher
from gateword.storage.engine import SEARCH_TIMEOUT_S, Database, Dialect, Row, Value, Work
from gateword.storage.statement import Sql

T = TypeVar("T")

START: Final = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
_ALPHABET: Final = string.ascii_letters + string.digits


class HouseClock(SystemClock):
    """A clock that a test moves."""

    def __init__(self) -> None:
        """Begin at START."""
        self.passed_s = 0.0

    def now(self) -> datetime:
        """Return START and what has passed since."""
        return START + timedelta(seconds=self.passed_s)

    def monotonic_s(self) -> float:
        """Return the seconds that have passed."""
        return self.passed_s


class HouseDice(SystemDice):
    """Chance that repeats itself: the n-th roll is the same in every run."""

    def __init__(self, seed: str) -> None:
        """Take what tells these dice from others."""
        self._seed = seed
        self._rolls = 0

    def handle(self, length: int) -> str:
        """Return `length` characters of `A-Za-z0-9_-`."""
        return "".join(f"{_ALPHABET}-_"[byte & 63] for byte in self._roll(length))

    def hex(self, length: int) -> str:
        """Return `length` hex characters."""
        return self._roll(length).hex()[:length]

    def digits(self, length: int) -> str:
        """Return `length` decimal digits."""
        return "".join(str(byte % 10) for byte in self._roll(length))

    def letters(self, length: int) -> str:
        """Return `length` characters of `A-Za-z0-9`."""
        return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in self._roll(length))

    def _roll(self, length: int) -> bytes:
        self._rolls += 1
        return hashlib.shake_256(f"{self._seed}/{self._rolls}".encode()).digest(length)


@dataclass(slots=True)
class CountedHasher:
    """The real hasher, and how often it was asked to work.

    Attributes:
        verified: Calls of `verify`, right or wrong.
    """

    real: Hasher
    verified: int = 0
    hashed: int = 0

    def check_queue(self) -> None:
        """Ask the real one."""
        self.real.check_queue()

    async def hash(self, password: Secret) -> Secret:
        """Hash, and count it."""
        self.hashed += 1
        return await self.real.hash(password)

    async def verify(
        self, password: Secret, encoded: Secret | None, kinds: Mapping[str, int] | None = None
    ) -> bool:
        """Verify, and count it."""
        self.verified += 1
        return await self.real.verify(password, encoded, kinds)

    def decoy(self, name: str, kinds: Mapping[str, int]) -> Secret:
        """Ask the real one."""
        return self.real.decoy(name, kinds)

    def is_outdated(self, encoded: Secret) -> bool:
        """Ask the real one."""
        return self.real.is_outdated(encoded)

    def recognises(self, encoded: Secret) -> bool:
        """Ask the real one."""
        return self.real.recognises(encoded)


@dataclass(slots=True)
class WatchedDatabase:
    """The real database; a test may take it away, break it, or read what was asked of it.

    Attributes:
        said: Texts of the statements, those inside transactions too.
        begun: Of each transaction, whether its commit waits for the disk; of a call it does.
        away: It cannot be reached.
        broken: Every statement with this word in it fails in a way nobody expects.
    """

    real: Database
    said: list[str] = field(default_factory=list)
    begun: list[bool] = field(default_factory=list)
    away: bool = False
    broken: str = ""
    shares_commits: bool = field(init=False)
    dialect: Dialect = field(init=False)

    def __post_init__(self) -> None:
        """Share commits as the real one does, and speak as it does."""
        self.shares_commits = self.real.shares_commits
        self.dialect = self.real.dialect

    async def one(self, statement: Sql, /, **params: Value) -> Row | None:
        """Return the first row."""
        self._hear(statement)
        return await self.real.one(statement, **params)

    async def all(self, statement: Sql, /, **params: Value) -> list[Row]:
        """Return every row."""
        self._hear(statement)
        return await self.real.all(statement, **params)

    async def search(
        self, statement: Sql, params: Mapping[str, Value], timeout_s: float = SEARCH_TIMEOUT_S
    ) -> list[Row]:
        """Return what a search finds."""
        self._hear(statement)
        return await self.real.search(statement, params, timeout_s)

    async def transact(self, work: Work[T], *, durable: bool = True) -> T:
        """Do the work, heard statement by statement."""

        async def watched(tx: Any) -> T:
            return await work(_WatchedTx(tx, self._hear))

        self._reach()
        self.begun.append(durable)
        return await self.real.transact(watched, durable=durable)

    async def call(self, statement: Sql, /, **params: Value) -> list[Row]:
        """Run a statement that writes."""
        self._hear(statement)
        self.begun.append(True)
        return await self.real.call(statement, **params)

    async def ping(self) -> None:
        """Answer unless away."""
        self._reach()
        await self.real.ping()

    async def close(self) -> None:
        """Close the real one."""
        await self.real.close()

    def _reach(self) -> None:
        if self.away:
            raise Refused(Refusal.STORE_UNREACHABLE, "taken away by the test", retry_after_s=1)

    def _hear(self, statement: Sql) -> None:
        self._reach()
        self.said.append(statement.text)
        if self.broken and self.broken in statement.text:
            raise RuntimeError(f"broken by the test: {self.broken}")


@dataclass(frozen=True, slots=True)
class _WatchedTx:
    real: Any
    hear: Callable[[Sql], None]

    async def one(self, statement: Sql, /, **params: Value) -> Row | None:
        self.hear(statement)
        row: Row | None = await self.real.one(statement, **params)
        return row

    async def all(self, statement: Sql, /, **params: Value) -> list[Row]:
        self.hear(statement)
        rows: list[Row] = await self.real.all(statement, **params)
        return rows

    async def run(self, statement: Sql, /, **params: Value) -> int:
        self.hear(statement)
        changed: int = await self.real.run(statement, **params)
        return changed
