"""Connections, and the realm names each of them owns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import msgspec

from gateword.domain.connection import Connection
from gateword.storage.cache import ConfigCache
from gateword.storage.columns import ms, to_json
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx

_ALL: Final = Statement(
    "SELECT key, name, document FROM connections WHERE tenant = :tenant ORDER BY key"
)
_REALMS: Final = Statement(
    "SELECT realm, connection_key FROM connection_realms WHERE tenant = :tenant"
)
_PUT: Final = Statement("""
    INSERT INTO connections (tenant, name, document, created_at, updated_at)
    VALUES (:tenant, :name, :document, :at, :at)
    ON CONFLICT (tenant, name) DO UPDATE SET
        document = excluded.document, updated_at = excluded.updated_at
    RETURNING key
""")
_GIVE_UP_REALMS: Final = Statement(
    "DELETE FROM connection_realms WHERE tenant = :tenant AND connection_key = :key"
)
_OWN_REALM: Final = Statement("""
    INSERT INTO connection_realms (tenant, realm, connection_key)
    VALUES (:tenant, :realm, :key)
    ON CONFLICT DO NOTHING
""")
_decoder: Final = msgspec.json.Decoder(Connection)


class _RealmTakenError(Exception):
    """Another connection owns one of the realms; takes the transaction back."""


@dataclass(frozen=True, slots=True)
class _View:
    by_name: dict[str, Connection]
    by_realm: dict[str, Connection]


class SqlConnections:
    """The connections of one tenant (port `Connections`)."""

    def __init__(self, cache: ConfigCache) -> None:
        self._cache = cache

    async def named(self, name: str) -> Connection | None:
        return (await self._view()).by_name.get(name)

    async def owning_realm(self, realm: str) -> Connection | None:
        return (await self._view()).by_realm.get(realm)

    async def all(self) -> Sequence[Connection]:
        return tuple((await self._view()).by_name.values())

    async def put(self, connection: Connection, at: datetime) -> bool:
        realms = sorted({connection.name, *connection.realms})
        document = to_json(replace(connection, key=0))

        async def work(tx: TenantTx) -> None:
            row = await tx.one(_PUT, name=connection.name, document=document, at=ms(at))
            key = row[0] if row else 0
            await tx.run(_GIVE_UP_REALMS, key=key)
            for realm in realms:
                if await tx.run(_OWN_REALM, realm=realm, key=key) == 0:
                    raise _RealmTakenError

        try:
            await self._cache.change(work)
        except _RealmTakenError:
            return False
        return True

    async def _view(self) -> _View:
        return await self._cache.view("connections", _load)


async def _load(database: TenantDatabase) -> _View:
    by_key = {
        key: replace(_decoder.decode(document), key=key, name=name)
        for key, name, document in await database.all(_ALL)
    }
    realms = {realm: by_key[key] for realm, key in await database.all(_REALMS) if key in by_key}
    return _View({found.name: found for found in by_key.values()}, realms)
