"""A tenant's log says when its velocity counters are away, and when they are back (promise D3)."""

from datetime import datetime
from typing import Final

from gateword.domain.log_event import LogCode, LogEvent
from gateword.ports.attempts import Attempts, Bucket
from gateword.ports.stores import Logs
from gateword.storage.valkey_scripts import Server

AWAY: Final = (
    "Velocity counters are away: Valkey does not answer. Meanwhile nobody is throttled for too "
    "many tries from one address, of one user or through one client; blocks of accounts stay"
)
BACK: Final = "Velocity counters are back: Valkey answers again, and throttling goes on"

_AGAIN_S: Final = 60


class Outage:
    """Tells at most once a minute of each, over all processes that share the database.

    Args:
        server: What may be away.
        database: Counts in SQL how often it was told.
        logs: Of the tenant.
    """

    def __init__(self, server: Server, database: Attempts, logs: Logs) -> None:
        self._server = server
        self._database = database
        self._logs = logs
        self._is_away = False

    async def note(self, is_away: bool, at: datetime) -> None:  # noqa: FBT001  # the one thing it is told
        """Tell of it, when there is something to tell."""
        if is_away:
            self._is_away = True
            if self._database.is_first("valkey away", _AGAIN_S):
                await self._tell("away", AWAY, at, {"reason": self._server.reason})
        elif self._is_away:
            self._is_away = False
            await self._tell("back", BACK, at, {})

    async def _tell(
        self, which: str, description: str, at: datetime, details: dict[str, object]
    ) -> None:
        each = Bucket(shield="", key=f"valkey {which}", size=1, refill_ms=_AGAIN_S * 1000)
        if await self._database.take([each], at) is None:
            event = LogEvent(code=LogCode.W, at=at, description=description, details=details)
            await self._logs.append([event])
