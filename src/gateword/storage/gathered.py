"""What PostgreSQL is told of grants: in one statement for all that wait for it together.

Each statement is a journey, and each commit waits for the disk, so those that come while a commit
is under way share the next one. It holds plain exchanges of refresh tokens and rows of the log; a
row that belongs to an exchange is written if the exchange stands.

Rule: an exchange is carried out only while the locked rows are still those on which it was decided.
What they are not any more, or what somebody else holds at the moment, is told to the caller, with
nothing done, and decided anew by `refresh_exchange`.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from gateword.domain.log_event import LogEvent
from gateword.domain.refused import Refused
from gateword.storage.columns import ms, to_json
from gateword.storage.gathered_sql import EXCHANGE_ALL, WRITE_ROWS
from gateword.storage.log_document import document, log_id
from gateword.storage.tenant_database import TenantDatabase
from gateword.values import dataclass

_POSITION_DIGITS: Final = 20
_OPENING: Final = '{"_id":"","log_id":"",'
"""How a document begins that has no id yet."""

_COUNTED: Final = -1


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What waits to be written with others.

    Attributes:
        rows: Of the log.
        exchange: Members of `asked`, but for its number; None where there is none.
        written: Whether all of it was written.
    """

    rows: Sequence[LogEvent]
    exchange: Mapping[str, object] | None
    written: asyncio.Future[bool]

    @property
    def family(self) -> object:
        """Which family it changes, if any."""
        return None if self.exchange is None else self.exchange["family"]

    def end(self, *, is_written: bool) -> None:
        """Tell the waiter, unless it has gone."""
        if not self.written.done():
            self.written.set_result(is_written)

    def fail(self, error: Exception) -> None:
        """Tell the waiter why not, unless it has gone."""
        if not self.written.done():
            self.written.set_exception(error)


class Gathered:
    """What one tenant's requests have to write."""

    def __init__(self, database: TenantDatabase) -> None:
        self._database = database
        self._waiting: list[_Waiting] = []
        self._writer: asyncio.Task[None] | None = None

    async def write(
        self, rows: Sequence[LogEvent], exchange: Mapping[str, object] | None = None
    ) -> bool:
        """Write rows of the log, and with them what an exchange comes to.

        Args:
            rows: Of the log.
            exchange: Members of `asked`, but for its number.

        Returns:
            False, with nothing done, when the exchange must be decided anew.
        """
        waiting = _Waiting(rows, exchange, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_waiting())
        return await waiting.written

    async def _write_waiting(self) -> None:
        """Write what has gathered while the commit before was under way, until nothing has.

        They would take turns at the tenant's counter anyway; this way they hold one connection.
        """
        while self._waiting:
            batch = self._next()
            try:
                await self._write_batch(batch)
            except Refused as error:  # the database is away, for each of them
                for one in batch:
                    one.fail(error)
            except Exception as error:  # noqa: BLE001  # it belongs to those who wait
                await self._write_singly(batch, error)
        self._writer = None

    async def _write_singly(self, batch: Sequence[_Waiting], error: Exception) -> None:
        """Write one after the other, so that only whose fault it was hears of it."""
        if len(batch) == 1:
            batch[0].fail(error)
            return
        for one in batch:
            try:
                await self._write_batch([one])
            except Exception as own:  # noqa: BLE001  # it belongs to who waits
                one.fail(own)

    def _next(self) -> Sequence[_Waiting]:
        """Return what is written next: of each family one exchange, since the next may see it."""
        batch, later, families = [], [], set[object]()
        for one in self._waiting:
            if one.written.done():  # whoever waited has gone
                continue
            if one.family in families:
                later.append(one)
                continue
            families |= set() if one.family is None else {one.family}
            batch.append(one)
        self._waiting = later
        return batch

    async def _write_batch(self, batch: Sequence[_Waiting]) -> None:
        tenant = self._database.tenant
        rows = to_json(
            [
                _row(number, one, event, tenant)
                for number, one in enumerate(batch)
                for event in one.rows
            ]
        )
        asked = [{"n": number, **one.exchange} for number, one in enumerate(batch) if one.exchange]
        if asked:
            found = await self._database.call(EXCHANGE_ALL, exchanges=to_json(asked), rows=rows)
        else:
            found = await self._database.call(WRITE_ROWS, rows=rows)
        done = {number for (number,) in found}
        for number, one in enumerate(batch):
            if _COUNTED in done:
                one.end(is_written=one.exchange is None or number in done)
            else:  # it is committed, without the rows: none of it is to be sent again
                one.fail(LookupError(f"tenant {tenant} does not exist"))


def _row(number: int, waiting: _Waiting, event: LogEvent, tenant: int) -> dict[str, object]:
    return {
        "n": number,
        "exchange": None if waiting.exchange is None else number,
        "code": event.code.value,
        "at": ms(event.at),
        "client_id": event.client_id.replace("\0", ""),
        "user_id": event.user_id.replace("\0", ""),
        "id": log_id(event.at, tenant, 0)[:-_POSITION_DIGITS],
        "document": to_json(document(event, "")).removeprefix(_OPENING),
    }
