"""Which members of log events can be searched, and the statements that do it."""

from typing import Final

from gateword.domain.query import Between, Exists, Pattern, Word
from gateword.storage.query_column import Column, Kind, Params
from gateword.storage.query_json import Inside, member
from gateword.storage.query_sql import Condition, Searchable
from gateword.storage.statement import Statement
from gateword.values import dataclass

COLUMNS: Final = "SELECT position, log_id, document FROM logs WHERE tenant = :tenant"


@dataclass(frozen=True, slots=True)
class _Text(Column):
    """A text that is empty where the event has nothing to say."""

    def condition(self, query: Word | Pattern | Between | Exists, params: Params) -> str:
        if isinstance(query, Exists):
            return f"{self.read(params.dialect)} <> ''"
        return Column.condition(self, query, params)


def _member(name: str, kind: Kind = Kind.TEXT) -> _Text:
    found = member("logs.document", name, kind)
    return _Text(found.sql, found.kind, found.postgres)


SEARCHABLE: Final = Searchable(
    fields={
        "type": Column("logs.code", Kind.TEXT),
        "date": Column("logs.at", Kind.TIME),
        "log_id": Column("logs.log_id", Kind.TEXT),
        "_id": Column("logs.log_id", Kind.TEXT),
        "client_id": _Text("logs.client_id", Kind.TEXT),
        "user_id": _Text("logs.user_id", Kind.TEXT),
        **{
            name: _member(name, Kind.FOLDED)
            for name in (
                "user_name", "client_name", "connection", "description", "hostname", "user_agent"
            )
        },
        **{
            name: _member(name)
            for name in (
                "connection_id", "ip", "client_ip", "audience", "scope", "strategy",
                "strategy_type",
            )
        },
        "isMobile": Inside("logs.document", ("isMobile",)),
        "details": Inside("logs.document", ("details",)),
    },
    usual=("description", "user_name", "client_name", "connection", "ip", "user_id", "client_id"),
)  # fmt: skip


def found(condition: Condition, *, newest_first: bool) -> Statement:
    """Return the statement that reads one page, `:start` and `:limit`, behind `:after`."""
    order = "DESC" if newest_first else "ASC"
    return Statement(
        f"{COLUMNS} AND position > :after AND {condition.sql}"
        f" ORDER BY position {order} LIMIT :limit OFFSET :start"
    )


def counted(condition: Condition) -> Statement:
    """Return the statement that counts events."""
    return Statement(
        f"SELECT COUNT(*) FROM logs WHERE tenant = :tenant AND {condition.sql}"  # noqa: S608  # no values
    )
