"""What an installation needs at so many logins a second: arithmetic over measured figures.

`Figures` are the inputs, each with its unit and where it was measured; `docs/explanation/sizing.md`
holds the table that this prints, and a test compares the two. A figure of another machine is put in
by its name: `python -m scripts.sizing --set argon2_ms=16 --set refreshes_per_login=1`.
"""

import argparse
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

RATES: Final = (10, 100, 1_000, 10_000)
"""Logins a second at the busiest time, the columns."""

_DAY_S: Final = 86_400
_MIB_PER_GIB: Final = 1024
_DATABASE_CORES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Measured ones first, then what an operator chooses.

    Attributes:
        argon2_ms: Processor time of one Argon2id hash, 19 MiB and two passes.
        login_ms: Processor time of a node for all else in a login, every shield up, PostgreSQL.
        refresh_ms: The same of a rotating refresh.
        database_login_ms: Processor time of PostgreSQL for a login.
        database_refresh_ms: The same for a refresh.
        login_commits: Commits of a login that wait for the disk, 16 logins at once at one worker.
        refresh_commits: The same of a refresh.
        login_rows: Rows that a login with a refresh token writes, changes or deletes.
        refresh_rows: The same of a refresh.
        login_wal: Bytes of write-ahead log for a login with a refresh token.
        refresh_wal: The same for a refresh.
        login_stored: Bytes that a login with a refresh token adds to tables and indexes.
        refresh_stored: The same of a refresh.
        login_wire: Bytes between client and node for a login, both ways, before TLS.
        login_inner: Bytes between node and PostgreSQL for a login, both ways.
        refresh_inner: The same for a refresh.
        node_mib: Resident memory of a worker beside its hashes and scripts.
        hash_mib: What each hashing thread keeps.
        scripts_mib: A process of scripts; there is one for each core where a tenant has rules.
        commits_limit: Such commits a second of one PostgreSQL, 16 connections.
        row_limit: Changes a second of one row, 16 connections: each tenant numbers its log by one.
        login_numbers: Changes of that row for a login; events that come together share one.
        refresh_numbers: The same for a refresh.
        connections: To PostgreSQL, of a worker.
        refreshes_per_login: How often a login is followed by a refresh.
        peak: The busiest time against the mean of a day.
        busy: How much of the cores and limits is planned to be used at the busiest time.
        node_cores: Cores of a node.
        days: How long log rows and tokens are kept.
    """

    argon2_ms: float = 20.0
    login_ms: float = 4.4
    refresh_ms: float = 3.2
    database_login_ms: float = 2.2
    database_refresh_ms: float = 1.7
    login_commits: float = 1.24
    refresh_commits: float = 0.25
    login_rows: float = 9
    refresh_rows: float = 6
    login_wal: float = 4_690
    refresh_wal: float = 3_240
    login_stored: float = 2_120
    refresh_stored: float = 1_850
    login_wire: float = 2_240
    login_inner: float = 26_900
    refresh_inner: float = 7_700
    node_mib: float = 63
    hash_mib: float = 19
    scripts_mib: float = 21
    commits_limit: float = 3_480
    row_limit: float = 1_130
    login_numbers: float = 0.49
    refresh_numbers: float = 0.21
    connections: float = 10
    refreshes_per_login: float = 3
    peak: float = 3
    busy: float = 0.7
    node_cores: float = 8
    days: float = 30


def node_cores(rate: float, told: Figures) -> float:
    """Return the cores that all nodes need together."""
    login_ms = told.argon2_ms + told.login_ms
    return rate * (login_ms + told.refreshes_per_login * told.refresh_ms) / 1000 / told.busy


def nodes(rate: float, told: Figures) -> int:
    """Return how many nodes, with one that may be away."""
    return math.ceil(node_cores(rate, told) / told.node_cores) + 1


def workers(rate: float, told: Figures) -> int:
    """Return how many workers a node: each has one loop, which does all but the hashes."""
    loops = both(rate, told, told.login_ms, told.refresh_ms) / 1000 / told.busy
    return math.ceil(loops / (nodes(rate, told) - 1))


def node_memory_mib(rate: float, told: Figures) -> float:
    """Return what a node keeps when every core hashes and runs scripts."""
    cores_mib = told.node_cores * (told.hash_mib + told.scripts_mib)
    return workers(rate, told) * told.node_mib + cores_mib


def both(rate: float, told: Figures, login: float, refresh: float) -> float:
    """Return a cost a second, of logins and the refreshes that follow them."""
    return rate * (login + told.refreshes_per_login * refresh)


def database_cores(rate: float, told: Figures) -> float:
    """Return the cores that PostgreSQL needs."""
    used_ms = both(rate, told, told.database_login_ms, told.database_refresh_ms)
    return used_ms / 1000 / told.busy


def events(rate: float, told: Figures) -> float:
    """Return log rows a second: every login has one, and every refresh."""
    return both(rate, told, 1, 1)


def databases(rate: float, told: Figures) -> dict[str, int]:
    """Return how many databases each limit asks for, by its name; the largest counts."""
    commits = both(rate, told, told.login_commits, told.refresh_commits)
    changes = both(rate, told, told.login_numbers, told.refresh_numbers)
    return {
        "commits": math.ceil(commits / told.commits_limit / told.busy),
        "log counters": math.ceil(changes / told.row_limit / told.busy),
        "cores": math.ceil(database_cores(rate, told) / _DATABASE_CORES),
    }


def first_limit(told: Figures) -> dict[str, float]:
    """Return the logins a second at which each limit of one database is reached, all of it used."""
    one = replace(told, busy=1)
    return {
        "log counter of one tenant": told.row_limit
        / both(1, one, told.login_numbers, told.refresh_numbers),
        "commits that wait for the disk": told.commits_limit
        / both(1, one, told.login_commits, told.refresh_commits),
        f"{_DATABASE_CORES} cores of PostgreSQL": _DATABASE_CORES / database_cores(1, one),
    }


_ROWS: Final[Sequence[tuple[str, Callable[[float, Figures], str]]]] = (
    ("cores of all nodes", lambda rate, told: _number(node_cores(rate, told))),
    ("of these for hashes", lambda rate, told: _number(rate * told.argon2_ms / 1000 / told.busy)),
    ("nodes, one of them spare", lambda rate, told: _number(nodes(rate, told))),
    ("workers of a node", lambda rate, told: _number(workers(rate, told))),
    (
        "memory of all nodes, GiB",
        lambda rate, told: _number(nodes(rate, told) * node_memory_mib(rate, told) / _MIB_PER_GIB),
    ),
    (
        "connections to PostgreSQL",
        lambda rate, told: _number(nodes(rate, told) * workers(rate, told) * told.connections),
    ),
    ("cores of PostgreSQL", lambda rate, told: _number(database_cores(rate, told))),
    (
        "commits that wait for the disk, a second",
        lambda rate, told: _number(both(rate, told, told.login_commits, told.refresh_commits)),
    ),
    (
        "rows written a second",
        lambda rate, told: _number(both(rate, told, told.login_rows, told.refresh_rows)),
    ),
    (
        "write-ahead log, MB/s",
        lambda rate, told: _number(both(rate, told, told.login_wal, told.refresh_wal) / 1e6),
    ),
    (
        "log rows a day, millions",
        lambda rate, told: _number(events(rate, told) * _DAY_S / told.peak / 1e6),
    ),
    (
        "added a day, GB",
        lambda rate, told: _number(_stored_a_day(rate, told) / 1e9),
    ),
    (
        "kept, GB",
        lambda rate, told: _number(_stored_a_day(rate, told) * told.days / 1e9),
    ),
    (
        "clients and nodes, Mbit/s",
        lambda rate, told: _number(both(rate, told, told.login_wire, told.login_wire) * 8 / 1e6),
    ),
    (
        "nodes and PostgreSQL, Mbit/s",
        lambda rate, told: _number(
            both(rate, told, told.login_inner, told.refresh_inner) * 8 / 1e6
        ),
    ),
    (
        "databases, by what asks for them",
        lambda rate, told: "{} ({})".format(*_most(databases(rate, told))),
    ),
)


def table(told: Figures) -> str:
    """Return what each rate needs, in Markdown."""
    lines = [
        "| logins a second | " + " | ".join(f"{rate:,}" for rate in RATES) + " |",
        "|---|" + "---|" * len(RATES),
    ]
    for name, of in _ROWS:
        lines.append(f"| {name} | " + " | ".join(of(rate, told) for rate in RATES) + " |")
    return "\n".join(lines)


def limits(told: Figures) -> str:
    """Return where each limit of one database is reached, the lowest first, in Markdown."""
    lines = ["| limit of one database | reached at |", "|---|---|"]
    for name, rate in sorted(first_limit(told).items(), key=lambda one: one[1]):
        lines.append(f"| {name} | {_number(rate)} logins a second |")
    return "\n".join(lines)


def _stored_a_day(rate: float, told: Figures) -> float:
    stored = both(rate, told, told.login_stored, told.refresh_stored)
    return stored * _DAY_S / told.peak


def _most(asked: dict[str, int]) -> tuple[int, str]:
    count = max(asked.values())
    return count, "any" if count == 1 else max(asked, key=lambda name: asked[name])


def _number(value: float) -> str:
    """Return a number with as many digits as an estimate deserves."""
    if value >= 100:  # noqa: PLR2004  # two digits are certain at most
        size = 10 ** (math.floor(math.log10(value)) - 1)
        return f"{round(value / size) * size:,}"
    return f"{value:.2g}"


def _told(words: Sequence[str]) -> Figures:
    known = {one.name for one in fields(Figures)}
    given: dict[str, float] = {}
    for word in words:
        name, _, value = word.partition("=")
        if name not in known:
            raise SystemExit(f"no figure is called {name}; there are: {', '.join(sorted(known))}")
        given[name] = float(value)
    return replace(Figures(), **given)


def main() -> None:
    """Print the tables for the figures that were given."""
    reader = argparse.ArgumentParser(description="What an installation needs, on paper.")
    reader.add_argument("--set", action="append", default=[], metavar="FIGURE=NUMBER")
    told = _told(reader.parse_args().set)
    print(f"{table(told)}\n\n{limits(told)}")


if __name__ == "__main__":
    main()
