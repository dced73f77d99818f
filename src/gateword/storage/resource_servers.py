"""Resource servers: the document as JSON, the HS256 key sealed beside it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from gateword.domain.resource_server import ResourceServer
from gateword.ports.crypto import Vault
from gateword.storage.cache import ConfigCache
from gateword.storage.columns import ms, to_json
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx
from gateword.values import replace

_ALL: Final = Statement("""
    SELECT identifier, document, signing_secret FROM resource_servers
    WHERE tenant = :tenant ORDER BY identifier
""")
_PUT: Final = Statement("""
    INSERT INTO resource_servers
        (tenant, identifier, document, signing_secret, created_at, updated_at)
    VALUES (:tenant, :identifier, :document, :signing_secret, :at, :at)
    ON CONFLICT (tenant, identifier) DO UPDATE SET
        document = excluded.document, signing_secret = excluded.signing_secret,
        updated_at = excluded.updated_at
""")
_ONE: Final = Statement("""
    SELECT document, signing_secret FROM resource_servers
    WHERE tenant = :tenant AND identifier = :identifier
""")
_ADD: Final = Statement("""
    INSERT INTO resource_servers
        (tenant, identifier, document, signing_secret, created_at, updated_at)
    VALUES (:tenant, :identifier, :document, :signing_secret, :at, :at)
    ON CONFLICT DO NOTHING
""")
_REMOVE: Final = (
    Statement("DELETE FROM role_permissions WHERE tenant = :tenant AND audience = :identifier"),
    Statement("DELETE FROM user_permissions WHERE tenant = :tenant AND audience = :identifier"),
    Statement("DELETE FROM resource_servers WHERE tenant = :tenant AND identifier = :identifier"),
)
_decoder: Final = msgspec.json.Decoder(ResourceServer)


class SqlResourceServers:
    """The APIs of one tenant (port `ResourceServers`)."""

    def __init__(self, cache: ConfigCache, vault: Vault) -> None:
        self._cache = cache
        self._vault = vault

    async def get(self, identifier: str) -> ResourceServer | None:
        return await self._cache.find(
            "resource_servers", self._load, lambda known: known.get(identifier)
        )

    async def all(self) -> Sequence[ResourceServer]:
        return tuple((await self._view()).values())

    async def put(self, api: ResourceServer, at: datetime) -> None:
        async def work(tx: TenantTx) -> None:
            await self._store(tx, _PUT, api, at)

        await self._cache.change(work)

    async def add(self, api: ResourceServer, at: datetime) -> bool:
        async def work(tx: TenantTx) -> bool:
            return await self._store(tx, _ADD, api, at) == 1

        return await self._cache.change(work)

    async def change(
        self, identifier: str, how: Callable[[ResourceServer], ResourceServer], at: datetime
    ) -> ResourceServer | None:
        async def work(tx: TenantTx) -> ResourceServer | None:
            row = await tx.one(_ONE, identifier=identifier)
            if row is None:
                return None
            after = how(self._api(identifier, *row))
            await self._store(tx, _PUT, after, at)
            return after

        return await self._cache.change(work)

    async def remove(self, identifier: str) -> bool:
        async def work(tx: TenantTx) -> bool:
            gone = [await tx.run(statement, identifier=identifier) for statement in _REMOVE]
            return gone[-1] == 1

        return await self._cache.change(work)

    async def _view(self) -> dict[str, ResourceServer]:
        return await self._cache.view("resource_servers", self._load)

    async def _load(self, database: TenantDatabase) -> dict[str, ResourceServer]:
        apis: dict[str, ResourceServer] = {}
        for identifier, document, sealed in await database.all(_ALL):
            apis[identifier] = self._api(identifier, document, sealed)
        return apis

    def _api(self, identifier: str, document: str, sealed: bytes | None) -> ResourceServer:
        secret = None if sealed is None else self._vault.open(sealed, _context(identifier))
        return replace(_decoder.decode(document), signing_secret=secret)

    async def _store(
        self, tx: TenantTx, statement: Statement, api: ResourceServer, at: datetime
    ) -> int:
        secret = api.signing_secret
        return await tx.run(
            statement,
            identifier=api.identifier,
            document=to_json(replace(api, signing_secret=None)),
            signing_secret=secret and self._vault.seal(secret, _context(api.identifier)),
            at=ms(at),
        )


def _context(identifier: str) -> str:
    return f"resource_servers/{identifier}"
