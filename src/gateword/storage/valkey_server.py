"""A Valkey or Redis server, asked within a bounded time.

Rule 1: nobody waits for a server that is known to be away. For a second nobody asks it, and then
only one of those who come.
Rule 2: a flood does not make it away. Waiting for a connection is not timed, the loop's lag does
not count, and an answer that is late is asked for again: three times in a row mean away.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

from valkey.asyncio import ConnectionPool, Valkey
from valkey.exceptions import NoScriptError, ValkeyError
from valkey.exceptions import TimeoutError as LateError

from gateword.ports.meter import VELOCITY, Meter
from gateword.storage.valkey_scripts import Script

WITHIN_S: Final = 0.5
"""How long an answer may take, a new connection and its proof included."""

IN_A_ROW: Final = 3
"""Answers that may be late, one after another, until the server is away."""

AGAIN_S: Final = 1.0
"""How long a server that is away is left alone."""

_LOOKS: Final = 10
_CONNECTIONS: Final = 32
_log = logging.getLogger("gateword.storage")


class ValkeyServer:
    """One server, for all tenants of a process.

    Args:
        url: `valkey://`, `valkeys://`, `redis://`, `rediss://` or `unix://`.
        prefix: Begins every key.
        meter: Counts how it answers.
        monotonic_s: Tells when it may be asked again.
        within_s: How long an answer may take.

    Raises:
        ValueError: A URL that cannot be read.
    """

    def __init__(
        self,
        url: str,
        prefix: str,
        meter: Meter,
        monotonic_s: Callable[[], float],
        *,
        within_s: float = WITHIN_S,
    ) -> None:
        pool = _pool(url)
        self._client: Any = Valkey.from_pool(pool)  # its commands have no types
        self._slots = asyncio.Semaphore(pool.max_connections)
        self._within_s = within_s
        self._meter = meter
        self._monotonic_s = monotonic_s
        self._again_at_s: float | None = None
        self._late = 0
        self._late_at_s = 0.0
        self.prefix = prefix
        self.reason = ""

    async def run(self, script: Script, keys: Sequence[str], args: Sequence[str | int]) -> Any:
        return await self._answer(lambda: self._run(script, (len(keys), *keys, *args)))

    async def ask(self, *command: str) -> Any:
        return await self._answer(lambda: self._client.execute_command(*command))

    async def greet(self) -> None:
        await self.ask("PING")

    async def close(self) -> None:
        await self._client.aclose()

    async def _run(self, script: Script, rest: tuple[str | int, ...]) -> Any:
        try:
            return await self._client.execute_command("EVALSHA", script.sha1, *rest)
        except NoScriptError:  # a server that was started anew
            return await self._client.execute_command("EVAL", script.text, *rest)

    async def _answer(self, ask: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        for tried in range(1, IN_A_ROW + 1):
            if not await self._came_to_ask():
                self._meter.count(VELOCITY, "not asked")
                return None
            asked_at_s = self._monotonic_s()
            try:
                answer = await self._within_time(ask())
            except (TimeoutError, LateError) as error:
                self._is_late(error, asked_at_s, is_last=tried == IN_A_ROW)
            except (ValkeyError, OSError) as error:
                self._is_away(error)
            else:
                self._is_there()
                self._meter.count(VELOCITY, "answered")
                return answer
            if self._again_at_s is not None:
                break
        self._meter.count(VELOCITY, "away")
        return None

    async def _came_to_ask(self) -> bool:
        """Wait for a free connection; return False, without one, when nobody is to ask now."""
        if self._is_left_alone():
            return False
        await self._slots.acquire()
        if self._is_left_alone():  # found away by those who had the connections
            self._slots.release()
            return False
        if self._again_at_s is not None:
            self._again_at_s = self._monotonic_s() + AGAIN_S  # this one asks; others go on
        return True

    def _is_left_alone(self) -> bool:
        return self._again_at_s is not None and self._monotonic_s() < self._again_at_s

    async def _within_time(self, ask: Coroutine[Any, Any, Any]) -> Any:
        """Wait for an answer; its connection is free when nobody reads from it any more."""
        asked = asyncio.create_task(ask)
        asked.add_done_callback(self._ended)
        try:
            # Each look gives the loop a turn to read what has come, however late the turn is.
            for _ in range(_LOOKS):
                done, _ = await asyncio.wait([asked], timeout=self._within_s / _LOOKS)
                if done:
                    return asked.result()
        finally:
            asked.cancel()
        raise TimeoutError

    def _ended(self, asked: asyncio.Task[Any]) -> None:
        self._slots.release()
        if not asked.cancelled():
            asked.exception()  # looked at, though nobody may wait for it any more

    def _is_late(self, error: Exception, asked_at_s: float, *, is_last: bool) -> None:
        # Those who were asking already when another was late tell nothing new.
        if asked_at_s >= self._late_at_s:
            self._late += 1
            self._late_at_s = self._monotonic_s()
        if is_last or self._late >= IN_A_ROW:
            self._is_away(error)

    def _is_away(self, error: Exception) -> None:
        if self._again_at_s is None:
            self.reason = type(error).__name__
            meanwhile = "tries are not throttled; blocks of accounts stay"
            said = {"reason": f"{self.reason}: {error}", "meanwhile": meanwhile}
            _log.warning("valkey_away", extra=said)
        self._again_at_s = self._monotonic_s() + AGAIN_S

    def _is_there(self) -> None:
        if self._again_at_s is not None:
            _log.warning("valkey_back")
        self._again_at_s = None
        self._late = 0


def _pool(url: str) -> ConnectionPool:
    try:
        # No time-outs of the driver: they would count the loop's lag.
        pool: Any = ConnectionPool.from_url(
            url, max_connections=_CONNECTIONS, socket_timeout=None, socket_connect_timeout=None
        )
        pool.make_connection()  # reaches nobody yet; reads the rest of the URL
    except (ValueError, TypeError, ValkeyError):
        # What the driver says may hold a piece of the password.
        raise ValueError(
            "valkey_url is no address such as valkey://USER:PASSWORD@HOST:6379/0; what is special "
            "in a URL is written %XX in a password"
        ) from None
    made: ConnectionPool = pool
    return made
