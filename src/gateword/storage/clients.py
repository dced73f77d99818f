"""Clients: the document as JSON, the secret sealed beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import msgspec

from gateword.domain.client import Client
from gateword.domain.secret import Secret
from gateword.ports.crypto import Vault
from gateword.storage.cache import ConfigCache
from gateword.storage.columns import digest, ms, to_json
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx

_ALL: Final = Statement(
    "SELECT client_id, document, secret FROM clients WHERE tenant = :tenant ORDER BY client_id"
)
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
_USE_ASSERTION: Final = Statement("""
    INSERT INTO client_assertions (tenant, client_id, jti_hash, expires_at)
    VALUES (:tenant, :client_id, :jti_hash, :expires_at)
    ON CONFLICT DO NOTHING
""")
_decoder: Final = msgspec.json.Decoder(Client)


@dataclass(frozen=True, slots=True)
class _View:
    by_id: dict[str, Client]
    origins: frozenset[str]


class SqlClients:
    """The clients of one tenant (port `Clients`)."""

    def __init__(self, database: TenantDatabase, cache: ConfigCache, vault: Vault) -> None:
        self._database = database
        self._cache = cache
        self._vault = vault

    async def get(self, client_id: str) -> Client | None:
        return (await self._view()).by_id.get(client_id)

    async def all(self) -> Sequence[Client]:
        return tuple((await self._view()).by_id.values())

    async def origins(self) -> frozenset[str]:
        return (await self._view()).origins

    async def put(self, client: Client, at: datetime) -> None:
        document = to_json(replace(client, secret=None))
        secret = client.secret and self._vault.seal(client.secret, _context(client.client_id))

        async def work(tx: TenantTx) -> None:
            await tx.run(
                _PUT, client_id=client.client_id, document=document, secret=secret, at=ms(at)
            )

        await self._cache.change(work)

    async def remove(self, client_id: str) -> bool:
        async def work(tx: TenantTx) -> bool:
            await tx.run(_REMOVE_ACCESS, client_id=client_id)
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

    async def _view(self) -> _View:
        return await self._cache.view("clients", self._load)

    async def _load(self, database: TenantDatabase) -> _View:
        by_id: dict[str, Client] = {}
        for client_id, document, sealed in await database.all(_ALL):
            client = _decoder.decode(document)
            secret = None if sealed is None else self._vault.open(sealed, _context(client_id))
            by_id[client_id] = replace(client, secret=secret)
        origins = frozenset(origin for client in by_id.values() for origin in client.origins)
        return _View(by_id, origins)


def _context(client_id: str) -> str:
    return f"clients/{client_id}"
