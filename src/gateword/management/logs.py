"""`/logs` and `/users/{id}/logs`: what happened in the tenant.

Source: Auth0 Management API v2 "Logs" and "Log Search Query Syntax", recorded events.
"""

from collections.abc import Sequence
from typing import Final

from gateword.domain.log_event import StoredLogEvent
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.query import Query, Word
from gateword.domain.refused import Refused
from gateword.management import searching
from gateword.management.resource import Call, Document, Listed, Resource, Slice, Verb
from gateword.management.schema import Schema, free, nullable, obj, text

_MOST_FOUND: Final = 1000
"""Events that pages reach; whoever wants all goes on with `from` and `take`."""

_TOO_FAR: Final = f"Pages reach the first {_MOST_FOUND} events; go on with from and take"

_SORTS: Final = {"date:-1": True, "date:1": False, "log_id:-1": True, "log_id:1": False}
"""What can be sorted by, and whether the newest come first: ids follow the time."""

_EVENT: Final[Schema] = obj(
    {
        "_id": text("The same as `log_id`."),
        "log_id": text("60 digits that sort by time."),
        "date": text(),
        "type": text("Type code."),
        "description": nullable(text()),
        "details": free(),
    },
    required=("_id", "log_id", "date", "type"),
    others=True,
)
_LISTED: Final = Listed(
    key="logs",
    item=_EVENT,
    id="log_id",
    checkpoint=True,
    with_length=True,
    bare_checkpoint=True,
)
_SORT: Final = text("`date:1` or `date:-1` (the newest first, as without it).", choices=_SORTS)


async def found(call: Call) -> Slice:
    """Answer the events that fit a query; with `from` or `take` all, the oldest first."""
    if call.paging.by_checkpoint:
        return await _behind(call)
    return await _searched(call, searching.asked(call.text("q") or call.text("search")))


async def one(call: Call) -> Document:
    """Answer an event."""
    event = await call.parts.stores.logs.get(call.path["id"])
    if event is None:
        raise Refused(ManagementRefusal.NO_LOG_EVENT)
    return event.document


async def of_user(call: Call) -> Slice:
    """Answer the events of a user, also of one who is gone."""
    return await _searched(call, Word("user_id", call.path["user_id"]))


async def _searched(call: Call, query: Query) -> Slice:
    paging, logs = call.paging, call.parts.stores.logs
    limit = max(0, min(paging.limit, _MOST_FOUND - paging.start))
    with searching.readable():
        events = await logs.search(
            query,
            newest_first=_SORTS[call.text("sort") or "date:-1"],
            start=paging.start,
            limit=limit,
        )
        is_counted = paging.with_totals or limit == 0
        total = await logs.count(query) if is_counted else None
    if limit == 0 and total is not None and total > _MOST_FOUND:
        # An empty page would say that these are all.
        raise Refused(ManagementRefusal.INVALID_QUERY, fault=_TOO_FAR)
    return Slice(_documents(events), total)


async def _behind(call: Call) -> Slice:
    logs, paging = call.parts.stores.logs, call.paging
    position = 0
    if paging.after is not None:
        known = logs.position_of(paging.after)
        if known is None:
            fault = "Unknown checkpoint on property from"
            raise Refused(ManagementRefusal.INVALID_QUERY, fault=fault)
        position = known
    return Slice(_documents(await logs.read(after=position, limit=paging.limit)))


def _documents(events: Sequence[StoredLogEvent]) -> list[Document]:
    return [event.document for event in events]


RESOURCE: Final = Resource(
    name="logs",
    doc="What happened in the tenant.",
    verbs=(
        Verb(
            method="GET",
            path="/logs",
            scopes=("read:logs", "read:logs_users"),
            run=found,
            summary="Search the log",
            query={
                "q": text("Search, such as `type:(f OR fp) AND ip:192.0.2.*`.", most=4096),
                "search": text("Another name of `q`.", most=4096),
                "sort": _SORT,
            },
            listed=_LISTED,
            fields=True,
            refusals=(ManagementRefusal.SEARCH_TOO_SLOW,),
        ),
        Verb(
            method="GET",
            path="/logs/{id}",
            scopes=("read:logs", "read:logs_users"),
            run=one,
            summary="Get an event of the log",
            answer=_EVENT,
            refusals=(ManagementRefusal.NO_LOG_EVENT,),
        ),
        Verb(
            method="GET",
            path="/users/{user_id}/logs",
            scopes=("read:logs", "read:logs_users"),
            run=of_user,
            summary="Get the events of a user",
            query={"sort": _SORT},
            listed=_LISTED,
            fields=True,
            refusals=(ManagementRefusal.SEARCH_TOO_SLOW,),
        ),
    ),
)
