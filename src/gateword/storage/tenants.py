"""Tenants, and the settings of one."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from gateword.domain.tenant import Tenant
from gateword.storage.cache import ConfigCache
from gateword.storage.columns import to_json
from gateword.storage.engine import Database, Tx
from gateword.storage.looks import within_look
from gateword.storage.statement import AcrossTenants, Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx
from gateword.values import replace

_ALL: Final = AcrossTenants("SELECT key, name, domain, document FROM tenants ORDER BY key")
_ADD: Final = AcrossTenants("""
    INSERT INTO tenants (name, domain, document) VALUES (:name, :domain, :document)
    ON CONFLICT DO NOTHING
    RETURNING key
""")
_COUNT_FROM: Final = Statement(
    "INSERT INTO counters (tenant, name, value) VALUES (:tenant, :name, 0)"
)
_GET: Final = Statement("SELECT key, name, domain, document FROM tenants WHERE key = :tenant")
_SAVE: Final = Statement("UPDATE tenants SET document = :document WHERE key = :tenant")
_decoder: Final = msgspec.json.Decoder(Tenant)


class SqlTenants:
    """All tenants of the installation (port `Tenants`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Sequence[Tenant]:
        rows = await within_look(self._database.all(_ALL))
        return tuple(_tenant(*row) for row in rows)

    async def add(self, name: str, domain: str, at: datetime) -> Tenant | None:
        del at  # a tenant's row does not say when it was made
        document = to_json(Tenant(key=0, name=name, domain=domain))

        async def work(tx: Tx) -> Tenant | None:
            row = await tx.one(_ADD, name=name, domain=domain, document=document)
            if row is None:
                return None
            for counter in ("config", "log"):
                await tx.run(_COUNT_FROM, tenant=row[0], name=counter)
            return _tenant(row[0], name, domain, document)

        return await self._database.transact(work)


class SqlTenantSettings:
    """The bound tenant's own row (port `TenantSettings`)."""

    def __init__(self, cache: ConfigCache) -> None:
        self._cache = cache

    async def get(self) -> Tenant:
        return await self._cache.view("tenant", _load, may_be_old=True)

    async def save(self, tenant: Tenant) -> None:
        async def work(tx: TenantTx) -> None:
            await tx.run(_SAVE, document=to_json(tenant))

        await self._cache.change(work)

    async def change(self, how: Callable[[Tenant], Tenant]) -> Tenant:
        async def work(tx: TenantTx) -> Tenant:
            after = how(await _load(tx))
            await tx.run(_SAVE, document=to_json(after))
            return after

        return await self._cache.change(work)


async def _load(rows: TenantDatabase | TenantTx) -> Tenant:
    row = await rows.one(_GET)
    if row is None:
        raise LookupError("the tenant does not exist")
    return _tenant(*row)


def _tenant(key: int, name: str, domain: str, document: str) -> Tenant:
    return replace(_decoder.decode(document), key=key, name=name, domain=domain)
