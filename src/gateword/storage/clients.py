"""Clients: the document as JSON, the secret sealed beside it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from gateword.domain.client import Client
from gateword.domain.connection import Connection
from gateword.domain.secret import Secret
from gateword.ports.crypto import Vault
from gateword.storage.cache import ConfigCache
from gateword.storage.columns import digest, ms, to_json
from gateword.storage.many import Many
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx
from gateword.values import replace

_FIRST: Final = Statement("""
    SELECT client_id, document, secret FROM clients WHERE tenant = :tenant
    ORDER BY client_id LIMIT :most
""")
_ONE: Final = Statement("""
    SELECT client_id, document, secret FROM clients
    WHERE tenant = :tenant AND client_id = :client_id
""")
_WITH_ORIGINS: Final = Statement(
    "SELECT document FROM clients WHERE tenant = :tenant AND document LIKE :some"
)
_SOME_ORIGIN: Final = '%"origins":["%'
_PUT: Final = Statement("""
    INSERT INTO clients (tenant, client_id, document, secret, created_at, updated_at)
    VALUES (:tenant, :client_id, :document, :secret, :at, :at)
    ON CONFLICT (tenant, client_id) DO UPDATE SET
        document = excluded.document, secret = excluded.secret, updated_at = excluded.updated_at
""")
_REMOVE: Final = Statement("DELETE FROM clients WHERE tenant = :tenant AND client_id = :client_id")
_REMOVE_ACCESS: Final = Statement(
    "DELETE FROM access_tokens WHERE tenant = :tenant AND client_id = :client_id"
)
_CONNECTIONS: Final = Statement("SELECT key, document FROM connections WHERE tenant = :tenant")
_SET_CONNECTION: Final = Statement(
    "UPDATE connections SET document = :document WHERE tenant = :tenant AND key = :key"
)
_USE_ASSERTION: Final = Statement("""
    INSERT INTO client_assertions (tenant, client_id, jti_hash, expires_at)
    VALUES (:tenant, :client_id, :jti_hash, :expires_at)
    ON CONFLICT DO NOTHING
""")
_decoder: Final = msgspec.json.Decoder(Client)
_connections: Final = msgspec.json.Decoder(Connection)


class SqlClients:
    """The clients of one tenant (port `Clients`)."""

    def __init__(self, database: TenantDatabase, cache: ConfigCache, vault: Vault) -> None:
        self._database = database
        self._cache = cache
        self._vault = vault
        self._known: Many[str, Client] = Many(
            "clients",
            database,
            cache,
            first=_FIRST,
            one=_ONE,
            where=lambda client_id: {"client_id": client_id},
            read=lambda row: (row[0], self._client(*row)),
        )

    async def get(self, client_id: str) -> Client | None:
        return await self._known.get(client_id)

    async def again(self, client_id: str) -> Client | None:
        self._cache.doubt()
        return await self._known.get(client_id)

    async def all(self) -> Sequence[Client]:
        return await self._known.all()

    async def origins(self) -> frozenset[str]:
        return await self._cache.view("origins", _origins)

    async def put(self, client: Client, at: datetime) -> None:
        async def work(tx: TenantTx) -> None:
            await self._store(tx, client, at)

        await self._cache.change(work)

    async def change(
        self, client_id: str, how: Callable[[Client], Client], at: datetime
    ) -> Client | None:
        async def work(tx: TenantTx) -> Client | None:
            row = await tx.one(_ONE, client_id=client_id)
            if row is None:
                return None
            after = how(self._client(*row))
            await self._store(tx, after, at)
            return after

        return await self._cache.change(work)

    async def remove(self, client_id: str) -> bool:
        async def work(tx: TenantTx) -> bool:
            await tx.run(_REMOVE_ACCESS, client_id=client_id)
            await _disable(tx, client_id)
            return await tx.run(_REMOVE, client_id=client_id) == 1

        return await self._cache.change(work)

    async def use_assertion(self, client_id: str, jti: str, expires_at: datetime) -> bool:
        async def work(tx: TenantTx) -> bool:
            noted = await tx.run(
                _USE_ASSERTION,
                client_id=client_id,
                jti_hash=digest(Secret(jti)),
                expires_at=ms(expires_at),
            )
            return noted == 1

        return await self._database.transact(work)

    def _client(self, client_id: str, document: str, sealed: bytes | None) -> Client:
        secret = None if sealed is None else self._vault.open(sealed, _context(client_id))
        return replace(_decoder.decode(document), secret=secret)

    async def _store(self, tx: TenantTx, client: Client, at: datetime) -> None:
        await tx.run(
            _PUT,
            client_id=client.client_id,
            document=to_json(replace(client, secret=None)),
            secret=client.secret and self._vault.seal(client.secret, _context(client.client_id)),
            at=ms(at),
        )


async def _origins(database: TenantDatabase) -> frozenset[str]:
    rows = await database.all(_WITH_ORIGINS, some=_SOME_ORIGIN)
    clients = (_decoder.decode(document) for (document,) in rows)
    return frozenset(origin for client in clients for origin in client.origins)


async def _disable(tx: TenantTx, client_id: str) -> None:
    """Take a client out of every connection: one that gets its id later has none of its doors."""
    for key, document in await tx.all(_CONNECTIONS):
        connection = _connections.decode(document)
        if client_id in connection.enabled_clients:
            left = connection.enabled_clients - {client_id}
            changed = to_json(replace(connection, enabled_clients=left))
            await tx.run(_SET_CONNECTION, key=key, document=changed)


def _context(client_id: str) -> str:
    return f"clients/{client_id}"
