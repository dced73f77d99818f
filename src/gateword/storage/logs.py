"""The tenant's log: positions without gaps, ids that sort by time.

Positions come from a counter of the tenant that is locked until the commit, so a reader who is
behind position N can never meet a position below N later, on no engine.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, TypeVar

from gateword.domain.log_event import LogEvent, LoggedDay, StoredLogEvent
from gateword.domain.query import Query
from gateword.storage import log_search, purging
from gateword.storage.columns import json_object, ms, time, to_json
from gateword.storage.engine import Row
from gateword.storage.gathered import Gathered
from gateword.storage.log_document import completed, document, log_id, position_of
from gateword.storage.log_search import COLUMNS
from gateword.storage.query_sql import condition
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx, TenantWork

T = TypeVar("T")

_COUNT_UP: Final = Statement("""
    UPDATE counters SET value = value + :events WHERE tenant = :tenant AND name = 'log'
    RETURNING value
""")
_APPEND: Final = Statement("""
    INSERT INTO logs (tenant, position, log_id, code, at, client_id, user_id, document)
    VALUES (:tenant, :position, :log_id, :code, :at, :client_id, :user_id, :document)
""")
_READ: Final = Statement(f"{COLUMNS} AND position > :after ORDER BY position LIMIT :limit")
_READ_CODE: Final = Statement(
    f"{COLUMNS} AND code = :code AND position > :after ORDER BY position LIMIT :limit"
)
_LATEST: Final = Statement(f"{COLUMNS} ORDER BY position DESC LIMIT :limit")
_LATEST_CODE: Final = Statement(f"{COLUMNS} AND code = :code ORDER BY position DESC LIMIT :limit")
_GET: Final = Statement(f"{COLUMNS} AND position = :position AND log_id = :log_id")
_LAST_BEFORE: Final = Statement(
    "SELECT position FROM logs WHERE tenant = :tenant AND at < :at ORDER BY at DESC, position DESC"
    " LIMIT 1"
)
_ENDING: Final = purging.ending("logs", "at")
_DAY_MS: Final = 86_400_000
_LOGINS: Final = ("s", "sepft")
_SIGNUPS: Final = ("ss",)
_LEAKED: Final = ("pwd_leak", "signup_pwd_leak", "reset_pwd_leak")


def _codes(codes: Sequence[str]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


def _how_many(codes: Sequence[str]) -> str:
    return f"COUNT(CASE WHEN code IN ({_codes(codes)}) THEN 1 END)"


_DAYS: Final = Statement(
    f"SELECT at / {_DAY_MS}, {_how_many(_LOGINS)}, {_how_many(_SIGNUPS)}, {_how_many(_LEAKED)},"  # noqa: S608  # no values
    " MIN(at), MAX(at) FROM logs WHERE tenant = :tenant AND at >= :begin AND at < :end"
    f" AND code IN ({_codes((*_LOGINS, *_SIGNUPS, *_LEAKED))})"
    f" GROUP BY at / {_DAY_MS} ORDER BY at / {_DAY_MS}"
)


class SqlLogs:
    """The log of one tenant (port `Logs`)."""

    def __init__(self, database: TenantDatabase) -> None:
        self._database = database
        self.gathered = None if database.shares_commits else Gathered(database)

    async def append(self, events: Sequence[LogEvent]) -> None:
        if not events:
            return
        if self.gathered is None:
            await self._write(events)
        else:
            await self.gathered.write(events)

    async def with_rows(self, work: TenantWork[T], rows: Sequence[LogEvent]) -> T:
        """Do some work and write rows of the log with it; both are durable then.

        Where appends gather anyway the rows come after it, and their commit makes both durable:
        within it they would hold up whoever appends meanwhile.
        """
        if not rows:
            return await self._database.transact(work)
        if self.gathered is not None:
            came = await self._database.transact(work, durable=False)
            await self.append(rows)
            return came

        async def both(tx: TenantTx) -> T:
            came = await work(tx)
            await self.add(tx, rows)
            return came

        return await self._database.transact(both)

    async def add(self, tx: TenantTx, events: Sequence[LogEvent]) -> None:
        """Write rows as part of a transaction; until it ends nobody else can append."""
        row = await tx.one(_COUNT_UP, events=len(events))
        if row is None:
            raise LookupError(f"tenant {self._database.tenant} does not exist")
        for position, event in enumerate(events, start=row[0] - len(events) + 1):
            await self._insert(tx, position, event)

    async def _write(self, events: Sequence[LogEvent]) -> None:
        async def work(tx: TenantTx) -> None:
            await self.add(tx, events)

        await self._database.transact(work)

    async def read(
        self, *, after: int, limit: int, code: str | None = None
    ) -> Sequence[StoredLogEvent]:
        if code is None:
            rows = await self._database.all(_READ, after=after, limit=limit)
        else:
            rows = await self._database.all(_READ_CODE, after=after, limit=limit, code=code)
        return [_stored(row) for row in rows]

    async def latest(self, limit: int, code: str | None = None) -> Sequence[StoredLogEvent]:
        if code is None:
            rows = await self._database.all(_LATEST, limit=limit)
        else:
            rows = await self._database.all(_LATEST_CODE, limit=limit, code=code)
        return [_stored(row) for row in reversed(rows)]

    async def get(self, log_id: str) -> StoredLogEvent | None:
        position = self.position_of(log_id)
        if position is None:
            return None
        row = await self._database.one(_GET, position=position, log_id=log_id)
        return None if row is None else _stored(row)

    def position_of(self, log_id: str) -> int | None:
        return position_of(log_id, self._database.tenant)

    async def search(
        self,
        query: Query,
        *,
        newest_first: bool = True,
        start: int = 0,
        limit: int,
        after: int = 0,
    ) -> Sequence[StoredLogEvent]:
        asked = condition(query, log_search.SEARCHABLE, self._database.dialect)
        statement = log_search.found(asked, newest_first=newest_first)
        rows = await self._database.search(
            statement, after=after, start=start, limit=limit, **asked.params
        )
        return [_stored(row) for row in rows]

    async def count(self, query: Query) -> int:
        asked = condition(query, log_search.SEARCHABLE, self._database.dialect)
        rows = await self._database.search(log_search.counted(asked), **asked.params)
        total: int = rows[0][0]
        return total

    async def last_before(self, at: datetime) -> int:
        row = await self._database.one(_LAST_BEFORE, at=ms(at))
        return 0 if row is None else int(row[0])

    async def days(self, begin: datetime, end: datetime) -> Sequence[LoggedDay]:
        rows = await self._database.search(_DAYS, begin=ms(begin), end=ms(end))
        return [
            LoggedDay(
                begin=time(day * _DAY_MS),
                logins=logins,
                signups=signups,
                leaked=leaked,
                first=time(first),
                last=time(last),
            )
            for day, logins, signups, leaked, first, last in rows
        ]

    async def purge(self, before: datetime) -> int:
        return await purging.purge(self._database, _ENDING, ms(before) - 1)

    async def _insert(self, tx: TenantTx, position: int, event: LogEvent) -> None:
        id_ = log_id(event.at, self._database.tenant, position)
        await tx.run(
            _APPEND,
            position=position,
            log_id=id_,
            code=event.code.value,
            at=ms(event.at),
            client_id=_plain(event.client_id),
            user_id=_plain(event.user_id),
            document=to_json(document(event, id_)),
        )


def _stored(row: Row) -> StoredLogEvent:
    position, id_, stored = row
    return StoredLogEvent(position=position, log_id=id_, document=completed(json_object(stored)))


def _plain(text: str) -> str:
    """Return what an index holds of a text: PostgreSQL takes no NUL; the document has it all."""
    return text.replace("\0", "")
