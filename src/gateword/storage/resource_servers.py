"""Resource servers: the document as JSON, the HS256 key sealed beside it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import msgspec

from gateword.domain.resource_server import ResourceServer
from gateword.ports.crypto import Vault
from gateword.storage.cache import ConfigCache
from gateword.storage.columns import ms, to_json
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx

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
_decoder: Final = msgspec.json.Decoder(ResourceServer)


class SqlResourceServers:
    """The APIs of one tenant (port `ResourceServers`)."""

    def __init__(self, cache: ConfigCache, vault: Vault) -> None:
        self._cache = cache
        self._vault = vault

    async def get(self, identifier: str) -> ResourceServer | None:
        return (await self._view()).get(identifier)

    async def all(self) -> Sequence[ResourceServer]:
        return tuple((await self._view()).values())

    async def put(self, api: ResourceServer, at: datetime) -> None:
        document = to_json(replace(api, signing_secret=None))
        context = _context(api.identifier)
        sealed = api.signing_secret and self._vault.seal(api.signing_secret, context)

        async def work(tx: TenantTx) -> None:
            await tx.run(
                _PUT,
                identifier=api.identifier,
                document=document,
                signing_secret=sealed,
                at=ms(at),
            )

        await self._cache.change(work)

    async def _view(self) -> dict[str, ResourceServer]:
        return await self._cache.view("resource_servers", self._load)

    async def _load(self, database: TenantDatabase) -> dict[str, ResourceServer]:
        apis: dict[str, ResourceServer] = {}
        for identifier, document, sealed in await database.all(_ALL):
            secret = None if sealed is None else self._vault.open(sealed, _context(identifier))
            apis[identifier] = replace(_decoder.decode(document), signing_secret=secret)
        return apis


def _context(identifier: str) -> str:
    return f"resource_servers/{identifier}"
