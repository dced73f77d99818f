"""Client grants: what a machine may do at an API."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, TypeAlias

import msgspec

from gateword.domain.resource_server import ClientGrant
from gateword.storage.cache import ConfigCache
from gateword.storage.columns import ms, to_json
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx

_ALL: Final = Statement("""
    SELECT document FROM client_grants WHERE tenant = :tenant
    ORDER BY client_id, audience, subject_type
""")
_PUT: Final = Statement("""
    INSERT INTO client_grants
        (tenant, client_id, audience, subject_type, document, created_at, updated_at)
    VALUES (:tenant, :client_id, :audience, :subject_type, :document, :at, :at)
    ON CONFLICT (tenant, client_id, audience, subject_type) DO UPDATE SET
        document = excluded.document, updated_at = excluded.updated_at
""")
_decoder: Final = msgspec.json.Decoder(ClientGrant)

_Key: TypeAlias = tuple[str, str, str]


class SqlClientGrants:
    """The client grants of one tenant (port `ClientGrants`)."""

    def __init__(self, cache: ConfigCache) -> None:
        self._cache = cache

    async def find(
        self, client_id: str, audience: str, subject_type: str = "client"
    ) -> ClientGrant | None:
        return (await self._view()).get((client_id, audience, subject_type))

    async def all(self) -> Sequence[ClientGrant]:
        return tuple((await self._view()).values())

    async def put(self, grant: ClientGrant, at: datetime) -> None:
        async def work(tx: TenantTx) -> None:
            await tx.run(
                _PUT,
                client_id=grant.client_id,
                audience=grant.audience,
                subject_type=grant.subject_type,
                document=to_json(grant),
                at=ms(at),
            )

        await self._cache.change(work)

    async def _view(self) -> dict[_Key, ClientGrant]:
        return await self._cache.view("client_grants", _load)


async def _load(database: TenantDatabase) -> dict[_Key, ClientGrant]:
    grants = [_decoder.decode(document) for (document,) in await database.all(_ALL)]
    return {(grant.client_id, grant.audience, grant.subject_type): grant for grant in grants}
