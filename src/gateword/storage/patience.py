"""How long an answer of PostgreSQL is waited for, when its own time-outs stand as still as it does.

A machine that freezes, or a network that swallows packets, leaves connections open on which nothing
is ever said again. Whoever waits for one hears of it here.
"""

import asyncio
import os
import socket
from contextlib import suppress
from typing import Any, Final

import psycopg

ANSWER_S: Final = 6.0
"""Between two signs of life; longer than the server itself lets a statement take."""


class Patience:
    """Ends a connection on which nothing was answered for too long; its user gets the error.

    Attributes:
        is_over: It has been ended.
    """

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Begin to watch a connection that is in use."""
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self.is_over = False
        self.renew()
        self._timer = self._loop.call_at(self._due_s, self._look)

    def renew(self) -> None:
        """Say that the server was heard of, or that it is asked just now."""
        self._due_s = self._loop.time() + ANSWER_S

    def end(self) -> None:
        """Watch no more."""
        self._timer.cancel()

    def _look(self) -> None:
        if self._loop.time() < self._due_s:
            self._timer = self._loop.call_at(self._due_s, self._look)
            return
        self.is_over = True
        # The driver learns it as it learns of any connection that broke; a task that is cancelled
        # would wait for the server once more, to take its statement back.
        with (
            suppress(OSError, psycopg.Error),
            socket.socket(fileno=os.dup(self._connection.fileno())) as wire,
        ):
            wire.shutdown(socket.SHUT_RDWR)
