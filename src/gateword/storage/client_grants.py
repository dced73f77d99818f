"""Client grants: what a machine may do at an API."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias

import msgspec

from gateword.domain.resource_server import ClientGrant
from gateword.storage.cache import ConfigCache
from gateword.storage.columns import ms, to_json
from gateword.storage.engine import Row, Value
from gateword.storage.many import EVERY, Many
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx

_FIRST: Final = Statement("""
    SELECT document FROM client_grants WHERE tenant = :tenant
    ORDER BY client_id, audience, subject_type LIMIT :most
""")
_ONE: Final = Statement("""
    SELECT document FROM client_grants
    WHERE tenant = :tenant AND client_id = :client_id AND audience = :audience
        AND subject_type = :subject_type
""")
_PUT: Final = Statement("""
    INSERT INTO client_grants
        (tenant, client_id, audience, subject_type, document, created_at, updated_at)
    VALUES (:tenant, :client_id, :audience, :subject_type, :document, :at, :at)
    ON CONFLICT (tenant, client_id, audience, subject_type) DO UPDATE SET
        document = excluded.document, updated_at = excluded.updated_at
""")
_ADD: Final = Statement("""
    INSERT INTO client_grants
        (tenant, client_id, audience, subject_type, document, created_at, updated_at)
    VALUES (:tenant, :client_id, :audience, :subject_type, :document, :at, :at)
    ON CONFLICT DO NOTHING
""")
_REMOVE: Final = Statement("""
    DELETE FROM client_grants
    WHERE tenant = :tenant AND client_id = :client_id AND audience = :audience
        AND subject_type = :subject_type
""")
_decoder: Final = msgspec.json.Decoder(ClientGrant)

_Key: TypeAlias = tuple[str, str, str]


class SqlClientGrants:
    """The client grants of one tenant (port `ClientGrants`)."""

    def __init__(self, database: TenantDatabase, cache: ConfigCache) -> None:
        self._cache = cache
        self._known: Many[_Key, ClientGrant] = Many(
            "client_grants", database, cache, first=_FIRST, one=_ONE, where=_where, read=_read
        )

    async def find(
        self, client_id: str, audience: str, subject_type: str = "client"
    ) -> ClientGrant | None:
        return await self._known.get((client_id, audience, subject_type))

    async def all(self) -> Sequence[ClientGrant]:
        return await self._known.all()

    async def put(self, grant: ClientGrant, at: datetime) -> None:
        async def work(tx: TenantTx) -> None:
            await _store(tx, _PUT, grant, at)

        await self._cache.change(work)

    async def add(self, grant: ClientGrant, at: datetime) -> bool:
        async def work(tx: TenantTx) -> bool:
            return await _store(tx, _ADD, grant, at) == 1

        return await self._cache.change(work)

    async def change(
        self, grant_id: str, how: Callable[[ClientGrant], ClientGrant], at: datetime
    ) -> ClientGrant | None:
        async def work(tx: TenantTx) -> ClientGrant | None:
            grant = await _named(tx, grant_id)
            if grant is None:
                return None
            after = how(grant)
            await _store(tx, _PUT, after, at)
            return after

        return await self._cache.change(work)

    async def remove(self, grant_id: str) -> bool:
        async def work(tx: TenantTx) -> bool:
            grant = await _named(tx, grant_id)
            if grant is None:
                return False
            return await tx.run(_REMOVE, **_where(_key(grant))) == 1

        return await self._cache.change(work)


async def _store(tx: TenantTx, statement: Statement, grant: ClientGrant, at: datetime) -> int:
    return await tx.run(
        statement,
        client_id=grant.client_id,
        audience=grant.audience,
        subject_type=grant.subject_type,
        document=to_json(grant),
        at=ms(at),
    )


async def _named(tx: TenantTx, grant_id: str) -> ClientGrant | None:
    grants = (_read(row)[1] for row in await tx.all(_FIRST, most=EVERY))
    return next((grant for grant in grants if grant.id == grant_id), None)


def _read(row: Row) -> tuple[_Key, ClientGrant]:
    grant = _decoder.decode(row[0])
    return _key(grant), grant


def _key(grant: ClientGrant) -> _Key:
    return grant.client_id, grant.audience, grant.subject_type


def _where(key: _Key) -> Mapping[str, Value]:
    client_id, audience, subject_type = key
    return {"client_id": client_id, "audience": audience, "subject_type": subject_type}
