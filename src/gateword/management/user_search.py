"""`GET /users` and `GET /users-by-email`: who there is.

Source: Auth0 Management API v2 "List or search users", "Search users by email"; Auth0 "User Search
Query Syntax".
"""

from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.query import Every, Query, Word
from gateword.domain.refused import Refused
from gateword.management import searching
from gateword.management.resource import Call, Document, Listed, Slice, Verb
from gateword.management.schema import text
from gateword.management.user_schema import USER
from gateword.policy.query_words import MAX_CHARS
from gateword.policy.user_document import rendered

MOST: Final = 1_000
"""Users that pages reach."""

_OLDEST_FIRST: Final = "created_at:1"
_TOO_FAR: Final = f"You can only page through the first {MOST} records; narrow the query"


async def found(call: Call) -> Slice:
    """Answer one page of the users that fit."""
    query = _asked(call)
    users, paging = call.parts.stores.users, call.paging
    limit = max(0, min(paging.limit, MOST - paging.start))
    order = call.text("sort") or _OLDEST_FIRST
    with searching.readable():
        found = await users.search(query, order=order, start=paging.start, limit=limit)
        is_counted = paging.with_totals or limit == 0
        total = await users.count(query) if is_counted else None
    if limit == 0 and total is not None and total > MOST:
        # An empty page would say that these are all.
        raise Refused(ManagementRefusal.NOT_SUPPORTED, text=_TOO_FAR)
    return Slice([rendered(user) for user in found], total)


async def by_email(call: Call) -> list[Document]:
    """Answer the users with an address, whatever their connection."""
    email = call.text("email")
    if not email:
        fault = "Missing required property: email"
        raise Refused(ManagementRefusal.INVALID_QUERY, fault=fault)
    return [rendered(user) for user in await call.parts.stores.users.with_email(email)]


def _asked(call: Call) -> Query:
    query = searching.asked(call.text("q"))
    connection = call.text("connection")
    if connection is None:
        return query
    return Every((query, Word("identities.connection", connection)))


LIST: Final = Verb(
    method="GET",
    path="/users",
    scopes=("read:users",),
    run=found,
    summary="List or search users",
    query={
        "q": text("Query, as in “User Search Query Syntax”.", most=MAX_CHARS),
        "search_engine": text("Only the newest is here.", choices=("v2", "v3")),
        "sort": text("`field:1` or `field:-1`.", most=128),
        "connection": text("Name of a connection of theirs.", most=128),
    },
    listed=Listed(key="users", id="user_id", item=USER, with_length=True),
    fields=True,
    refusals=(ManagementRefusal.SEARCH_TOO_SLOW, ManagementRefusal.NOT_SUPPORTED),
)
BY_EMAIL: Final = Verb(
    method="GET",
    path="/users-by-email",
    scopes=("read:users",),
    run=by_email,
    summary="Search users by email",
    query={"email": text("Address, whatever its case.", most=320)},
    listed=Listed(key="users", id="user_id", item=USER, totals=False),
    fields=True,
)
