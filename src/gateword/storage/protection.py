"""The settings of attack protection, read once for each version of a tenant's configuration."""

from typing import Final

from gateword.domain.protection import Protection
from gateword.policy import attack_protection, protection
from gateword.storage.cache import ConfigCache
from gateword.storage.columns import json_object
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase

_STORED: Final = Statement(
    "SELECT id, document FROM documents WHERE tenant = :tenant AND kind = :kind"
)


class SqlProtections:
    """The attack protection of one tenant (port `Protections`)."""

    def __init__(self, cache: ConfigCache) -> None:
        self._cache = cache

    async def get(self) -> Protection:
        return await self._cache.view("protection", _load)


async def _load(database: TenantDatabase) -> Protection:
    rows = await database.all(_STORED, kind=attack_protection.KIND)
    return protection.read({id_: json_object(document) for id_, document in rows})
