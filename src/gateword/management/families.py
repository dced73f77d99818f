"""What lists of live logins have in common: ids, filters, pages.

A family of refresh tokens is what Auth0 calls a refresh token, a device credential, and, with the
others of the same user, client and audience, a grant. Ids are the family's number in 24 hex
characters.
"""

import re
from collections.abc import Callable
from typing import Final

from gateword.domain.token import RefreshFamily
from gateword.management.resource import Call, Document, Slice
from gateword.ports.families import Whose

_ID: Final = re.compile(r"[0-9a-f]{24}")
NOBODY: Final = 0
"""Key of no user."""


def id_of(family: RefreshFamily) -> str:
    """Return the id under which a family goes over the wire."""
    return f"{family.key:024x}"


async def by_id(call: Call, id_: str) -> RefreshFamily | None:
    """Return the live family of an id."""
    key = int(id_, 16) if _ID.fullmatch(id_) else 0
    if not 0 < key < 2**63:
        return None
    return await call.parts.stores.families.get(key, call.at)


async def user_key(call: Call, user_id: str) -> int:
    """Return the number of a user; that of nobody when there is no such user."""
    user = await call.parts.stores.users.by_id(user_id)
    return NOBODY if user is None else user.key


async def page(call: Call, whose: Whose, shown: Callable[[RefreshFamily], Document]) -> Slice:
    """Return one page of live families."""
    families, paging = call.parts.stores.families, call.paging
    after = int(paging.after) if paging.after else 0
    found = await families.live(
        whose, call.at, after=after, start=paging.start, limit=paging.limit + 1
    )
    items = found[: paging.limit]
    total = await families.count(whose, call.at) if paging.with_totals else None
    behind = str(items[-1].key) if items and len(found) > len(items) else None
    return Slice([shown(family) for family in items], total, behind)
