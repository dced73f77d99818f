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

from gateword.values import dataclass

STOOD_STILL_S: Final = 1.0
"""Who looks so much later than was due has stood still: a process that was stopped, a machine that
was. What the server said meanwhile has not been read yet."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How long is waited.

    Attributes:
        answer_s: Between two signs of life; longer than the server itself lets a statement take.
        commit_s: For a commit, by nobody any more, until its connection is given up.
    """

    answer_s: float = 6.0
    commit_s: float = 30.0


class Patience:
    """Ends a connection on which nothing was answered for too long; its user gets the error.

    Attributes:
        is_over: It has been ended.
    """

    def __init__(self, connection: psycopg.AsyncConnection[Any], answer_s: float) -> None:
        """Begin to watch a connection that is in use."""
        self._connection = connection
        self._answer_s = answer_s
        self._loop = asyncio.get_running_loop()
        self._told: asyncio.Future[None] | None = None
        self.is_over = False
        self.renew()
        self._timer = self._loop.call_at(self._due_s, self._look)

    def renew(self) -> None:
        """Say that the server was heard of, or that it is asked just now."""
        self._due_s = self._loop.time() + self._answer_s
        self._is_prolonged = False

    def spare(self) -> asyncio.Future[None]:
        """Leave the connection alone from now on; return what is done when patience is over."""
        self.renew()
        self._told = self._loop.create_future()
        return self._told

    def end(self) -> None:
        """Watch no more."""
        self._timer.cancel()

    def _look(self) -> None:
        if self._loop.time() > self._due_s + STOOD_STILL_S and not self._is_prolonged:
            self.renew()
            self._is_prolonged = True
        if self._loop.time() < self._due_s:
            self._timer = self._loop.call_at(self._due_s, self._look)
        elif self._told is not None:
            self._told.set_result(None)
        else:
            self.is_over = True
            cut(self._connection)


def cut(connection: psycopg.AsyncConnection[Any]) -> None:
    """Break a connection under whoever waits for it.

    The driver learns it as it learns of any connection that broke; a task that is cancelled would
    wait for the server once more, to take its statement back.
    """
    with (
        suppress(OSError, psycopg.Error),
        socket.socket(fileno=os.dup(connection.fileno())) as wire,
    ):
        wire.shutdown(socket.SHUT_RDWR)
