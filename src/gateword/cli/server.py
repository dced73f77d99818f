"""One server process: it says when it is ready, and leaves without cutting anybody off.

SIGINT ends it at once, as Ctrl-C should: what is in flight is answered, idle connections are
closed. SIGTERM does so too, but first lets `/readyz` say 503 for `drain_s` seconds, in which a
load balancer finds another server, and gives idle connections a moment for one last answer. SIGHUP
is for a worker whose successor has started already: it leaves all new connections to the others. A
server that is alone says that it goes on; but it ends with the terminal that it was started in.
"""

import asyncio
import logging
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

import uvicorn

from gateword.web import standing
from gateword.web.protocol import BoundedHttp

LAST_ANSWER_S: Final = 1.0
"""How long a connection that is idle may still ask once, after nobody new is listened to."""

HANDSHAKE_S: Final = 0.25
"""How long whoever has just connected may take until he asks; nobody else is waited for."""

_LOOK_EVERY_S: Final = 0.05
_LOOK_SOON_S: Final = 0.001

_STDIN: Final = 0

_log: Final = logging.getLogger("gateword")


class Server(uvicorn.Server):
    """Ends with status 0 when it was asked to stop.

    Args:
        config: What it serves, and how.
        drain_s: How long it goes on listening after SIGTERM, in seconds.
        tell: Called when it is ready.
        is_worker: Others listen on the same socket, and SIGHUP retires it.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        drain_s: float,
        tell: Callable[[], None] | None = None,
        *,
        is_worker: bool = False,
    ) -> None:
        super().__init__(config)
        self._drain_s = drain_s
        self._tell = tell
        self._is_worker = is_worker
        self._standing = standing.Standing()
        self._stop_at_s: float | None = None
        self._is_in_haste = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.lifespan.state[standing.NAME] = self._standing
        await super().startup(sockets)
        if self.started and self._tell:
            self._tell()

    async def on_tick(self, counter: int) -> bool:
        is_over = self._stop_at_s is not None and time.monotonic() >= self._stop_at_s
        return is_over or await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if sig == signal.SIGHUP and not self._is_worker:
            asyncio.get_running_loop().call_soon_threadsafe(_say_that_it_goes_on)
        elif sig == signal.SIGINT:
            self._is_in_haste = True
            super().handle_exit(sig, frame)
        elif self._stop_at_s is None:  # the supervisor of a container may send it twice
            self._standing.is_closing = True
            self._standing.is_leaving = sig == signal.SIGTERM
            drain_s = self._drain_s if sig == signal.SIGTERM else 0
            self._stop_at_s = time.monotonic() + drain_s

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        is_busy = bool(self.server_state.connections)
        if self._standing.is_leaving:
            is_busy |= await self._let_in()
        for server in self.servers:
            server.close()
        for held in sockets or []:
            held.close()
        await self._last_answers(HANDSHAKE_S if is_busy else 0)
        await super().shutdown(sockets)

    async def _let_in(self) -> bool:
        """Let in whoever has knocked already; say whether anybody had.

        A connection is made by the system before we hear of it, and who closes the socket resets
        those that are. Who knocks now is made to wait, and refused when the socket is closed.
        """
        doors = [
            socket.socket(fileno=os.dup(one.fileno()))
            for server in self.servers
            for one in server.sockets
        ]
        knocks = select.poll()
        for door in doors:
            door.listen(0)
            knocks.register(door, select.POLLIN)
        had_any, give_up_s = False, time.monotonic() + LAST_ANSWER_S
        while knocks.poll(0) and not self._is_in_haste and time.monotonic() < give_up_s:
            had_any = True
            await asyncio.sleep(_LOOK_SOON_S)
        for door in doors:
            door.close()
        return had_any

    async def _last_answers(self, least_s: float) -> None:
        """Wait until every connection had its last answer, but not for long.

        Args:
            least_s: For those that are not heard of before their handshake is over, in seconds.
        """
        least_s = time.monotonic() + least_s
        give_up_s = time.monotonic() + LAST_ANSWER_S
        while not self._is_in_haste:
            there = [one for one in self._connections() if not one.transport.is_closing()]
            # Who came last was perhaps not read from yet.
            youngest_s = max((one.made_at_s for one in there), default=0.0)
            now_s = time.monotonic()
            if now_s > max(give_up_s, youngest_s + LAST_ANSWER_S) or (
                now_s > least_s and not there
            ):
                break
            await asyncio.sleep(_LOOK_EVERY_S)

    def _connections(self) -> Iterator[BoundedHttp]:
        return (one for one in self.server_state.connections if isinstance(one, BoundedHttp))

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        handled = [signal.SIGINT, signal.SIGTERM]
        if self._is_worker or not os.isatty(_STDIN):  # else its window is closed
            handled.append(signal.SIGHUP)
        former = {number: signal.signal(number, self.handle_exit) for number in handled}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)


def _say_that_it_goes_on() -> None:
    reason = "one process has nobody to replace it: restart it, or serve with --workers"
    _log.warning("restart_ignored", extra={"reason": reason})
