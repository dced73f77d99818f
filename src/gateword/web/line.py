"""A line before one kind of request, so that a flood of it leaves room for all others.

The event loop looks at its sockets again only when everything that was ready has had its turn. Of a
hundred requests that become ready together, all would go before whatever comes next; here a few go
on in each pass of the loop, and the others wait for the passes after it.
"""

import asyncio
from collections import deque
from typing import Final

IN_A_PASS: Final = 8
"""A refused login takes about 0.3 ms: nobody else waits much longer than two passes of eight."""


class Line:
    """Bounds how many begin in one pass of the event loop; how many are under way, it does not."""

    def __init__(self, in_a_pass: int = IN_A_PASS) -> None:
        self._in_a_pass = in_a_pass
        self._left = in_a_pass
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_counting = False

    async def stand(self) -> None:
        """Return when it is one's turn; at once while few come."""
        loop = asyncio.get_running_loop()
        if not self._is_counting:
            self._is_counting = True
            loop.call_soon(self._begin_pass, loop)
        if self._left:
            self._left -= 1
            return
        turn = loop.create_future()
        self._waiting.append(turn)
        await turn

    def _begin_pass(self, loop: asyncio.AbstractEventLoop) -> None:
        self._left = self._in_a_pass
        while self._left and self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():  # else whoever stood there was cancelled
                turn.set_result(None)
                self._left -= 1
        self._is_counting = self._left < self._in_a_pass
        if self._is_counting:
            loop.call_soon(self._begin_pass, loop)
