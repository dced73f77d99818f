"""Databases of every size: rows that the product wrote, multiplied by SQL.

A served instance writes one row of each kind: a user logs in, with a refresh token for each of two
clients. Then every row is copied as often as asked, with keys, names and hashes of its own, so a
column that the product adds tomorrow is in the copies too.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import psycopg

FIRST: Final = 10_000_000
"""Keys of copies begin behind it; those of rows that the product writes begin at 1."""

_KEY: Final = f"{FIRST} + n"
_FAR_MS: Final = 10 * 365 * 86_400_000
_DAY_MS: Final = 86_400_000
_CACHE_KIB: Final = 400_000

Expressions: TypeAlias = Mapping[str, str]
Execute: TypeAlias = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Words:
    """What the engines call differently. `{n}` is the number of a copy."""

    series: str
    sha256: str
    md5: str
    padded: str


SQLITE: Final = Words(
    series="(WITH RECURSIVE up(n) AS (SELECT {begin} UNION ALL SELECT n + 2 FROM up"
    " WHERE n + 2 < {end}) SELECT n FROM up)",
    sha256="sha256({text})",
    md5="md5({text})",
    padded="printf('%020d', {number})",
)
POSTGRES: Final = Words(
    series="(SELECT generate_series({begin}, {end} - 1, 2) AS n)",
    sha256="sha256(convert_to({text}, 'UTF8'))",
    md5="md5(CAST({text} AS text))",
    padded="lpad(CAST({number} AS text), 20, '0')",
)


def refresh_token(number: int) -> str:
    """Return the refresh token of a copied family: of the rotating client when odd."""
    return f"grown-refresh-{number}"


def email(number: int) -> str:
    """Return the address of a copied user; his neighbours in an index are others than in keys."""
    return f"{_md5(number)[:8]}.{number}@bench.example"


def user_id(number: int) -> str:
    """Return the id of a copied user."""
    return f"auth0|{_md5(number)[:24]}"


def key(number: int) -> int:
    """Return the key of a copied row."""
    return FIRST + number


@contextmanager
def opened(target: str | Path) -> Iterator[tuple[Execute, Words]]:
    """Open a SQLite file, or the PostgreSQL database of an address; commit at the end."""
    if isinstance(target, Path):
        with closing(sqlite3.connect(target)) as file:
            file.execute("PRAGMA journal_mode = OFF")
            file.execute("PRAGMA synchronous = OFF")
            file.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            file.create_function("md5", 1, _md5, deterministic=True)
            file.create_function("sha256", 1, _sha256, deterministic=True)
            yield file.execute, SQLITE
            file.commit()
            file.execute("PRAGMA journal_mode = WAL")
    else:
        with psycopg.connect(target) as connection:
            yield connection.execute, POSTGRES
        with psycopg.connect(target, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")
            connection.execute("CHECKPOINT")


@contextmanager
def executing(target: str | Path) -> Iterator[Execute]:
    """Open what a server is using, for a small change."""
    if isinstance(target, Path):
        with closing(sqlite3.connect(target, timeout=10)) as file:
            yield file.execute
            file.commit()
    else:
        with psycopg.connect(target) as connection:
            yield connection.execute


@dataclass(frozen=True, slots=True)
class Filler:
    """Copies the one row of each kind that the product wrote.

    Attributes:
        execute: Runs one statement.
        words: Of the engine.
        email: Of the user who logged in.
    """

    execute: Execute
    words: Words
    email: str

    def fill(self, count: int, *, is_over: bool, now_ms: int) -> None:
        """Copy every row so many times.

        Args:
            count: Users; each has a refresh token, an access token and an event in the log.
            is_over: Tokens have ended yesterday, events are forty days old.
            now_ms: The time.
        """
        [(user, user_id, tenant)] = self.execute(
            f"SELECT key, user_id, tenant FROM users WHERE email = '{self.email}'"  # noqa: S608
        ).fetchall()
        md5 = self.words.md5.format(text="n")
        local = f"substr({md5}, 1, 24)"
        named = {"email": f"substr({md5}, 1, 8) || '.' || n || '@bench.example'"}
        own = {"key": _KEY, "user_key": _KEY, "user_id": f"'auth0|' || {local}"}
        ends = f"{now_ms - _DAY_MS if is_over else now_ms + _FAR_MS} - n"
        mine = f"t.user_key = {user}"
        for odd in (0, 1):
            turn = (odd, count)
            self._copy("users", f"t.key = {user}", own | named, turn)
            self._copy("identities", mine, own | named | {"local_id": local}, turn)
            self._copy("known_places", mine, own, turn)
            self._tokens(mine, own, ends, turn, is_over=is_over)
            self._events(user_id, tenant, now_ms - 40 * _DAY_MS if is_over else now_ms, turn)
        self.execute(
            f"UPDATE counters SET value = {FIRST} + {count}"  # noqa: S608
            f" WHERE tenant = {tenant} AND name = 'log'"
        )

    def _tokens(
        self, mine: str, own: Expressions, ends: str, turn: tuple[int, int], *, is_over: bool
    ) -> None:
        """Copy a family with its tokens, even ones of the plain client, odd ones rotate."""
        family = (
            f"(SELECT MIN(key) FROM refresh_families WHERE {mine.removeprefix('t.')}"  # noqa: S608
            f" AND expires_at IS {'NOT ' if turn[0] else ''}NULL)"
        )
        end = {"expires_at": ends} if turn[0] else {"revoked_at": ends} if is_over else {}
        self._copy("refresh_families", f"t.key = {family}", {**own, **end}, turn)
        child = {"key": _KEY, "family_key": _KEY}
        for table, what, more in (
            ("refresh_tokens", "refresh", {"idle_expires_at": ends} if turn[0] else {}),
            (
                "access_tokens",
                "access",
                {"user_key": own["user_key"], "user_id": own["user_id"], "expires_at": ends},
            ),
        ):
            text = f"'grown-{what}-' || n"
            hash_ = {"hash": self.words.sha256.format(text=text)}
            self._copy(table, f"t.family_key = {family}", {**child, **hash_, **more}, turn)

    def _events(self, user_id: str, tenant: int, at_ms: int, turn: tuple[int, int]) -> None:
        """Copy the event of the login: one each ten milliseconds, of another user each."""
        template = (
            f"t.position = (SELECT MIN(position) FROM logs WHERE tenant = {tenant}"  # noqa: S608
            f" AND user_id = '{user_id}')"
        )
        local = f"'auth0|' || substr({self.words.md5.format(text='n')}, 1, 24)"
        padded = self.words.padded.format(number=_KEY)
        id_ = f"substr(t.log_id, 1, 40) || {padded}"
        self._copy(
            "logs",
            template,
            {
                "position": _KEY,
                "log_id": id_,
                "at": f"{at_ms} - ({turn[1]} - n) * 10",
                "user_id": local,
                "document": f"replace(replace(t.document, t.log_id, {id_}), t.user_id, {local})",
            },
            turn,
        )

    def _copy(self, table: str, which: str, new: Expressions, turn: tuple[int, int]) -> None:
        named = [column[0] for column in self.execute(f"SELECT * FROM {table} LIMIT 0").description]  # noqa: S608
        values = ", ".join(new.get(name, f"t.{name}") for name in named)
        series = self.words.series.format(begin=turn[0], end=turn[1])
        self.execute(
            f"INSERT INTO {table} ({', '.join(named)})"  # noqa: S608  # no values from outside
            f" SELECT {values} FROM {series} AS s, {table} AS t WHERE {which}"
        )


def counts(target: str | Path, tables: Sequence[str]) -> Mapping[str, int]:
    """Return how many rows each table has."""
    with executing(target) as execute:
        return {
            table: execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in tables
        }


def _md5(number: int) -> str:
    return hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
