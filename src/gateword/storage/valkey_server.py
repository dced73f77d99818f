"""A Valkey or Redis server, asked within a bounded time.

Rule: nobody waits for a server that is known to be away. Whoever finds it so has waited a quarter
of a second; for a second then nobody asks, and after it only one of those who come.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from valkey.asyncio import BlockingConnectionPool, Valkey
from valkey.exceptions import NoScriptError, ValkeyError

from gateword.ports.meter import VELOCITY, Meter
from gateword.storage.valkey_scripts import Script

WITHIN_S: Final = 0.25
"""How long an answer may take, a new connection and its proof included."""

AGAIN_S: Final = 1.0
"""How long a server that is away is left alone."""

_CONNECTIONS: Final = 16
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
        self._client: Any = Valkey.from_pool(_pool(url, within_s))  # its commands have no types
        self._within_s = within_s
        self._meter = meter
        self._monotonic_s = monotonic_s
        self._again_at_s: float | None = None
        self.prefix = prefix
        self.reason = ""

    async def run(self, script: Script, keys: Sequence[str], args: Sequence[str | int]) -> Any:
        return await self._within_time(lambda: self._run(script, (len(keys), *keys, *args)))

    async def ask(self, *command: str) -> Any:
        return await self._within_time(lambda: self._client.execute_command(*command))

    async def greet(self) -> None:
        await self.ask("PING")

    async def close(self) -> None:
        await self._client.aclose()

    async def _run(self, script: Script, rest: tuple[str | int, ...]) -> Any:
        try:
            return await self._client.execute_command("EVALSHA", script.sha1, *rest)
        except NoScriptError:  # a server that was started anew
            return await self._client.execute_command("EVAL", script.text, *rest)

    async def _within_time(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        if self._again_at_s is not None:
            now_s = self._monotonic_s()
            if now_s < self._again_at_s:
                self._meter.count(VELOCITY, "not asked")
                return None
            self._again_at_s = now_s + AGAIN_S  # this one asks; others go on meanwhile
        try:
            async with asyncio.timeout(self._within_s):
                answer = await ask()
        except (ValkeyError, OSError) as error:  # TimeoutError is an OSError
            self._meter.count(VELOCITY, "away")
            self._is_away(error)
            return None
        self._meter.count(VELOCITY, "answered")
        self._is_there()
        return answer

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


def _pool(url: str, within_s: float) -> BlockingConnectionPool:
    try:
        pool: Any = BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=within_s,
            socket_timeout=within_s,
            socket_connect_timeout=within_s,
        )
        pool.make_connection()  # reaches nobody yet; reads the rest of the URL
    except (ValueError, TypeError, ValkeyError):
        # What the driver says may hold a piece of the password.
        raise ValueError(
            "valkey_url is no address such as valkey://USER:PASSWORD@HOST:6379/0; what is special "
            "in a URL is written %XX in a password"
        ) from None
    made: BlockingConnectionPool = pool
    return made
