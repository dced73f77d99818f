"""Searches of a SQLite file: in threads of their own, each with a read-only connection.

Rule: a search never runs on the event loop, and is interrupted at its deadline.
"""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.storage.engine import FOLD, Row, Value
from gateword.storage.sqlite_file import connect
from gateword.storage.statement import Sql

SEARCHERS: Final = 2
_STEPS_BETWEEN_LOOKS: Final = 20_000
"""Virtual machine steps, about a millisecond, after which a search looks at the time."""


class Searchers:
    """Threads that search one file; they and their connections begin with the first search.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pool = ThreadPoolExecutor(SEARCHERS, thread_name_prefix="search")
        self._own = threading.local()
        self._connections: list[sqlite3.Connection] = []

    async def search(
        self, statement: Sql, timeout_s: float, params: Mapping[str, Value]
    ) -> list[Row]:
        """Return the rows of a statement.

        Raises:
            Refused: SEARCH_TOO_SLOW.
            sqlite3.Error: The file cannot be read.
        """
        end_s = time.monotonic() + timeout_s
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._searched, statement, end_s, params)

    async def close(self) -> None:
        """Interrupt what is running and let go of the file."""
        for connection in self._connections:
            connection.interrupt()
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)
        for connection in self._connections:
            connection.close()

    def _searched(self, statement: Sql, end_s: float, params: Mapping[str, Value]) -> list[Row]:
        connection = self._connection()
        connection.set_progress_handler(lambda: time.monotonic() > end_s, _STEPS_BETWEEN_LOOKS)
        try:
            if time.monotonic() > end_s:
                raise Refused(ManagementRefusal.SEARCH_TOO_SLOW)
            return connection.execute(statement.text, params).fetchall()
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
                raise Refused(ManagementRefusal.SEARCH_TOO_SLOW) from None
            raise

    def _connection(self) -> sqlite3.Connection:
        """Return the connection of this thread."""
        found: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if found is None:
            found = self._own.connection = connect(self._path)
            found.execute("PRAGMA query_only = ON")
            found.create_function(FOLD, 1, _fold, deterministic=True)
            self._connections.append(found)
        return found


def _fold(value: str | float | bytes | None) -> str | float | bytes | None:
    return value.lower() if isinstance(value, str) else value
