"""The disk is full under load, and has room again (promise D6)."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from scripts.soak_audit import Audit
from scripts.soak_case import Ground, Report
from scripts.soak_house import guarded, under_load
from scripts.soak_ledger import Ledger
from scripts.soak_probes import watched
from tests.support import postgres
from tests.support.served import Served

SQLITE_MIB: Final = 96
"""More than the log of writes can grow to (62 MiB), or it fills the disk for good."""

POSTGRES_MIB: Final = 64
FULL_AGAIN_S: Final = 0.1
"""How often what was given back is taken again: SQLite and PostgreSQL both cut their files."""

BACK_S: Final = 15.0
_PIECES: Final = (1 << 20, 1 << 12, 1)


class NoDisk(Exception):
    """A small disk cannot be made here."""


def of_sqlite(ground: Ground) -> Report:
    """Fill the disk that holds the data folder, and the file that the server prints to."""
    with _small_disk(ground.folder / "disk", SQLITE_MIB) as disk:
        return _full(ground, guarded(disk / "data"), disk)


def of_postgres(ground: Ground) -> Report:
    """Fill the disk that holds the tables; PostgreSQL's own log of writes lies elsewhere."""
    with postgres.running() as server, server.database() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
        owner = Path(folder).stat().st_uid
        # Others pass through neither the folder of the case nor that of the server.
        where = Path(f"/tmp/gateword-soak-{os.getpid()}")  # noqa: S108  # root's own, and mounted on
        with _small_disk(where, POSTGRES_MIB, owner) as disk:
            _move(url, disk)
            try:
                return _full(ground, guarded(ground.folder / "data", url), disk)
            finally:
                _move(url, None)


def _move(url: str, disk: Path | None) -> None:
    """Put the database of a URL onto a disk, or back to where the others are."""
    name = str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])
    where = sql.Identifier("small" if disk else "pg_default")
    move = sql.SQL("ALTER DATABASE {} SET TABLESPACE {}").format(sql.Identifier(name), where)
    make = sql.SQL("CREATE TABLESPACE small LOCATION {}").format(sql.Literal(str(disk)))
    with psycopg.connect(url, dbname="postgres", autocommit=True) as connection:
        if disk:
            connection.execute(make)
        connection.execute(move)
        if not disk:
            connection.execute("DROP TABLESPACE small")


@contextmanager
def _small_disk(where: Path, size_mib: int, owner: int = 0) -> Iterator[Path]:
    """Mount a disk of a size, and take it away afterwards.

    Raises:
        NoDisk: That takes root, and a container that lets root mount.
    """
    where.mkdir()
    options = f"size={size_mib}m,mode=700,uid={owner}"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(where)],  # noqa: S607
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        where.rmdir()
        raise NoDisk(f"a small disk cannot be mounted: {done.stderr.strip()}")
    try:
        yield where
    finally:
        subprocess.run(["umount", "--lazy", str(where)], check=False)  # noqa: S607
        where.rmdir()


def _full(ground: Ground, served: Served, disk: Path) -> Report:
    report = Report()
    served.options = (*served.options, "--workers", "2")
    ledger = Ledger(report)
    audit = Audit(served, ledger)
    served.start()
    try:
        for number in range(ground.times):
            asyncio.run(_filled(ground, served, ledger, disk))
            asyncio.run(audit.of_what_is_new())
            ground.say(f"full {number + 1} times, {len(report.faults)} faults")
        asyncio.run(audit.of_all())
    finally:
        served.stop()
    unanswered = report.counts["asks that were not answered"]
    report.expect(f"{unanswered} asks were not answered", holds=unanswered == 0)
    return report


async def _filled(ground: Ground, served: Served, ledger: Ledger, disk: Path) -> None:
    """Fill the disk while everybody works, and give the room back."""
    counts = ledger.report.counts
    filler = disk / "filler"
    async with watched(served, ledger.report), under_load(served, ledger):
        await asyncio.sleep(ground.load_s)
        before = counts["told to come again (503)"]
        rounds = int(2 * ground.load_s / FULL_AGAIN_S)
        for _ in range(rounds):
            await asyncio.to_thread(_fill, filler)
            await asyncio.sleep(FULL_AGAIN_S)
        refused = counts["told to come again (503)"] - before
        ledger.report.expect("nobody was refused by a full disk", holds=refused > 0)
        filler.unlink()
        granted = len(ledger.answered)
        for _ in range(int(BACK_S / FULL_AGAIN_S)):
            if len(ledger.answered) > granted:
                break
            await asyncio.sleep(FULL_AGAIN_S)
        else:
            ledger.report.faults.append(f"no grant {BACK_S:g} s after there was room again")
        await asyncio.sleep(ground.load_s)
    counts["times the disk was full"] += 1


def _fill(filler: Path) -> None:
    """Write until there is no room."""
    with filler.open("ab", buffering=0) as file:
        for piece in _PIECES:
            with suppress(OSError):
                while file.write(b"\0" * piece) == piece:
                    pass
