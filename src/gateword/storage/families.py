"""Live families of refresh tokens, by user, client and audience (port `Families`)."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain, combinations
from typing import Final

from gateword.domain.token import RefreshFamily, UserGrant
from gateword.policy.refresh import FAMILIES_PER_USER_AND_CLIENT
from gateword.ports.families import Whose
from gateword.storage.columns import json_texts, ms, time_or_none
from gateword.storage.engine import Row, Value
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx
from gateword.storage.token_rows import refresh_grant

_FILTERS: Final = {
    "user_key": "family.user_key = :user_key",
    "client_id": "family.client_id = :client_id",
    "audience": "COALESCE(family.audience, '') = :audience",
    "rotating": "newest.rotating = :rotating",
}
_COLUMNS: Final = """
    family.key, family.user_key, family.user_id, family.client_id, family.connection,
    family.audience, family.scopes, family.gty, family.auth_time, family.created_at,
    family.expires_at, family.mfa_at, newest.rotating, newest.idle_expires_at
"""
_LIVE: Final = """
    refresh_families AS family
    JOIN refresh_tokens AS newest ON newest.key = (
        SELECT MAX(token.key) FROM refresh_tokens AS token WHERE token.family_key = family.key
    )
    WHERE family.tenant = :tenant AND family.revoked_at IS NULL
        AND (family.expires_at IS NULL OR family.expires_at > :at)
        AND (newest.idle_expires_at IS NULL OR newest.idle_expires_at > :at)
"""
_NAMES: Final = tuple(
    chain.from_iterable(combinations(_FILTERS, length) for length in range(len(_FILTERS) + 1))
)


def _where(names: Sequence[str]) -> str:
    return "".join(f" AND {_FILTERS[name]}" for name in names)


_PAGES: Final = {
    names: Statement(
        f"SELECT {_COLUMNS} FROM {_LIVE} {_where(names)}"  # noqa: S608  # constants
        " AND family.key > :after ORDER BY family.key LIMIT :limit OFFSET :start"
    )
    for names in _NAMES
}
_COUNTS: Final = {
    names: Statement(f"SELECT COUNT(*) FROM {_LIVE} {_where(names)}")  # noqa: S608  # constants
    for names in _NAMES
}
_ENDS: Final = {
    names: Statement(
        "UPDATE refresh_families SET revoked_at = :at WHERE tenant = :tenant"  # noqa: S608
        f" AND key IN (SELECT family.key FROM {_LIVE} {_where(names)}) AND revoked_at IS NULL"
    )
    for names in _NAMES
}
_GROUP: Final = "family.user_key, family.user_id, family.client_id, family.audience"
_GRANTS: Final = {
    names: Statement(
        f"SELECT MIN(family.key), MIN(family.scopes), MAX(family.scopes), {_GROUP}"  # noqa: S608
        f" FROM {_LIVE} {_where(names)} GROUP BY {_GROUP}"
        " ORDER BY MIN(family.key) LIMIT :limit OFFSET :start"
    )
    for names in _NAMES
}
_GRANT_COUNTS: Final = {
    names: Statement(
        f"SELECT COUNT(*) FROM (SELECT 1 FROM {_LIVE} {_where(names)} GROUP BY {_GROUP}) AS one"  # noqa: S608
    )
    for names in _NAMES
}
_GET: Final = Statement(f"SELECT {_COLUMNS} FROM {_LIVE} AND family.key = :key")  # noqa: S608
_END_BY: Final = Statement("""
    UPDATE refresh_families SET expires_at = :until
    WHERE tenant = :tenant AND key = :key AND revoked_at IS NULL
        AND (expires_at IS NULL OR expires_at > :until)
""")
_NOTE_FACTOR: Final = Statement("""
    UPDATE refresh_families SET mfa_at = :at WHERE tenant = :tenant AND key = :key
""")
_END_ONE: Final = Statement("""
    UPDATE refresh_families SET revoked_at = :at
    WHERE tenant = :tenant AND key = :key AND revoked_at IS NULL
        AND (expires_at IS NULL OR expires_at > :at)
""")


class SqlFamilies:
    """The live families of one tenant."""

    def __init__(self, database: TenantDatabase) -> None:
        self._database = database

    async def live(
        self, whose: Whose, at: datetime, *, after: int = 0, start: int = 0, limit: int
    ) -> Sequence[RefreshFamily]:
        names, values = _asked(whose)
        rows = await self._database.all(
            _PAGES[names], at=ms(at), after=after, start=start, limit=limit, **values
        )
        return [_family(row) for row in rows]

    async def count(self, whose: Whose, at: datetime) -> int:
        names, values = _asked(whose)
        row = await self._database.one(_COUNTS[names], at=ms(at), **values)
        return row[0] if row else 0

    async def grants(
        self, whose: Whose, at: datetime, *, start: int, limit: int
    ) -> Sequence[UserGrant]:
        names, values = _asked(whose)
        rows = await self._database.all(
            _GRANTS[names], at=ms(at), start=start, limit=limit, **values
        )
        return [await self._grant(row, at) for row in rows]

    async def count_grants(self, whose: Whose, at: datetime) -> int:
        names, values = _asked(whose)
        row = await self._database.one(_GRANT_COUNTS[names], at=ms(at), **values)
        return row[0] if row else 0

    async def _grant(self, row: Row, at: datetime) -> UserGrant:
        key, least, most, user_key, user_id, client_id, audience = row
        scopes = dict.fromkeys(json_texts(least))
        if least != most:
            whose = Whose(user_key=user_key, client_id=client_id, audience=audience or "")
            for family in await self.live(whose, at, limit=FAMILIES_PER_USER_AND_CLIENT):
                scopes |= dict.fromkeys(family.grant.scopes)
        return UserGrant(
            key=key,
            user_id=user_id,
            client_id=client_id,
            audience=audience,
            scopes=tuple(scopes),
        )

    async def get(self, key: int, at: datetime) -> RefreshFamily | None:
        row = await self._database.one(_GET, key=key, at=ms(at))
        return None if row is None else _family(row)

    async def end(self, whose: Whose, at: datetime) -> int:
        names, values = _asked(whose)

        async def work(tx: TenantTx) -> int:
            return await tx.run(_ENDS[names], at=ms(at), **values)

        return await self._database.transact(work)

    async def end_by(self, key: int, until: datetime) -> bool:
        async def work(tx: TenantTx) -> bool:
            return await tx.run(_END_BY, key=key, until=ms(until)) == 1

        return await self._database.transact(work)

    async def note_factor(self, key: int, at: datetime) -> None:
        async def work(tx: TenantTx) -> None:
            await tx.run(_NOTE_FACTOR, key=key, at=ms(at))

        await self._database.transact(work)

    async def end_one(self, key: int, at: datetime) -> bool:
        async def work(tx: TenantTx) -> bool:
            return await tx.run(_END_ONE, key=key, at=ms(at)) == 1

        return await self._database.transact(work)


def _asked(whose: Whose) -> tuple[tuple[str, ...], dict[str, Value]]:
    """Return the filters that are asked for, and their values."""
    given: dict[str, Value] = {
        "user_key": whose.user_key,
        "client_id": whose.client_id,
        "audience": whose.audience,
        "rotating": None if whose.rotating is None else int(whose.rotating),
    }
    values: dict[str, Value] = {name: value for name, value in given.items() if value is not None}
    return tuple(values), values


def _family(row: Row) -> RefreshFamily:
    return RefreshFamily(
        key=row[0],
        grant=refresh_grant(row[1:12]),
        rotating=bool(row[12]),
        idle_expires_at=time_or_none(row[13]),
    )
