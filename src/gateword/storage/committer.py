"""Threads that wait for the disk, so that nobody else has to: one commits, one tidies the log."""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from typing import Final

EVERY_S: Final = 1.0
"""How long a committed page waits at most for its place in the database file."""

Told = Callable[[sqlite3.Error | None], None]


class Committer:
    """Commits one transaction after another; SQLite lets go of the interpreter meanwhile.

    The connection is used by one thread at a time: by the loop until it asks for the commit, by
    this thread until the answer is back on the loop.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take the connection that writes; it must not check its thread."""
        self._connection = connection
        self._asked: queue.SimpleQueue[tuple[asyncio.AbstractEventLoop, Told] | None]
        self._asked = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def commit(self, told: Told) -> None:
        """Commit the open transaction, then call `told` on the loop with the error, if any."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="commit", daemon=True)
            self._thread.start()
        self._asked.put((asyncio.get_running_loop(), told))

    def stop(self) -> None:
        """End the thread; nothing may be waiting for it."""
        if self._thread is not None:
            self._asked.put(None)
            self._thread.join()

    def _work(self) -> None:
        while (asked := self._asked.get()) is not None:
            loop, told = asked
            error = None
            try:
                self._connection.execute("COMMIT")
            except sqlite3.Error as failed:
                error = failed
            loop.call_soon_threadsafe(told, error)


class Checkpointer:
    """Folds the log into the database file, off the path of the commits.

    SQLite by itself does that inside a commit, which then takes as long as the disk needs for a
    thousand pages at once: 40 to 1,200 ms were seen. Done once a second it is little, and beside.
    """

    def __init__(
        self, open_file: Callable[[], sqlite3.Connection], every_s: float = EVERY_S
    ) -> None:
        """Take what opens a connection of its own, and the seconds between two rounds."""
        self._open_file = open_file
        self._every_s = every_s
        self._due = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self) -> None:
        """Say that something was committed."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="checkpoint", daemon=True)
            self._thread.start()
        self._due.set()

    def stop(self) -> None:
        """End the thread after the round in its hands."""
        self._stopping.set()
        self._due.set()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        # A round that the disk or another process does not let through is made up by the next.
        while not self._stopping.is_set():
            with (
                contextlib.suppress(sqlite3.Error, OSError),
                contextlib.closing(self._open_file()) as opened,
            ):
                self._fold(opened)
            self._stopping.wait(self._every_s)  # it could not be opened: no file may be opened now

    def _fold(self, opened: sqlite3.Connection) -> None:
        while not self._stopping.wait(self._every_s):
            self._due.wait()
            self._due.clear()
            with contextlib.suppress(sqlite3.Error):
                opened.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
