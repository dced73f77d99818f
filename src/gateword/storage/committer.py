"""A thread that commits, so that waiting for the disk holds up nobody but who waits for it."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable

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
