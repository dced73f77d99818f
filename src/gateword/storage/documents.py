"""Documents by kind: JSON as it came, with a sealed secret beside it where there is one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from gateword.domain.secret import Secret
from gateword.ports.crypto import Vault
from gateword.ports.documents import Kept
from gateword.storage.cache import ConfigCache
from gateword.storage.columns import json_object, ms, time, to_json
from gateword.storage.engine import Row, Value
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx
from gateword.values import dataclass, replace

_COLUMNS: Final = (
    "SELECT kind, id, name, position, document, secret, created_at, updated_at FROM documents"
)
_ALL: Final = Statement(f"{_COLUMNS} WHERE tenant = :tenant ORDER BY kind, position, id")
_OF_KIND: Final = Statement(
    f"{_COLUMNS} WHERE tenant = :tenant AND kind = :kind ORDER BY position, id"
)
_ADD: Final = Statement("""
    INSERT INTO documents
        (tenant, kind, id, name, position, document, secret, created_at, updated_at)
    VALUES (:tenant, :kind, :id, :name, :position, :document, :secret, :at, :at)
    ON CONFLICT DO NOTHING
""")
_TAKEN: Final = Statement("""
    SELECT 1 FROM documents
    WHERE tenant = :tenant AND kind = :kind AND id <> :id
        AND (name = :name OR position = :position)
""")
_CHANGE: Final = Statement("""
    UPDATE documents SET name = :name, position = :position, document = :document,
        secret = :secret, updated_at = :at
    WHERE tenant = :tenant AND kind = :kind AND id = :id
""")
_REMOVE: Final = Statement(
    "DELETE FROM documents WHERE tenant = :tenant AND kind = :kind AND id = :id"
)


@dataclass(frozen=True, slots=True)
class _View:
    by_kind: dict[str, dict[str, Kept]]


class SqlDocuments:
    """The documents of one tenant (port `Documents`)."""

    def __init__(self, cache: ConfigCache, vault: Vault) -> None:
        self._cache = cache
        self._vault = vault

    async def get(self, kind: str, id_: str) -> Kept | None:
        return (await self._of_kind(kind)).get(id_)

    async def all(self, kind: str) -> Sequence[Kept]:
        return tuple((await self._of_kind(kind)).values())

    async def add(self, kind: str, kept: Kept, at: datetime) -> bool:
        row = self._row(kind, kept, at)

        async def work(tx: TenantTx) -> bool:
            return await tx.run(_ADD, **row) == 1

        return await self._cache.change(work)

    async def put(self, kind: str, kept: Kept, at: datetime) -> bool:
        row = self._row(kind, kept, at)
        place = {name: row[name] for name in ("kind", "id", "name", "position")}

        async def work(tx: TenantTx) -> bool:
            if await tx.one(_TAKEN, **place) is not None:
                return False
            return await tx.run(_CHANGE, **row) == 1 or await tx.run(_ADD, **row) == 1

        return await self._cache.change(work)

    async def edit(
        self, kind: str, made: Callable[[Mapping[str, Kept]], Kept], at: datetime
    ) -> Kept:
        async def work(tx: TenantTx) -> Kept:
            rows = await tx.all(_OF_KIND, kind=kind)
            present = {row[1]: self._kept(row) for row in rows}
            kept = made(present)
            row = self._row(kind, kept, at)
            if await tx.run(_CHANGE, **row) == 0:
                await tx.run(_ADD, **row)
            before, now = present.get(kept.id), time(ms(at))
            return replace(kept, created_at=before.created_at if before else now, updated_at=now)

        return await self._cache.change(work)

    async def rearrange(
        self, kind: str, made: Callable[[Mapping[str, Kept]], Sequence[Kept]], at: datetime
    ) -> None:
        async def work(tx: TenantTx) -> None:
            rows = await tx.all(_OF_KIND, kind=kind)
            changed = made({row[1]: self._kept(row) for row in rows})
            for kept in changed:  # nobody stands where another one will
                await tx.run(_CHANGE, **self._row(kind, replace(kept, position=None), at))
            for kept in changed:
                await tx.run(_CHANGE, **self._row(kind, kept, at))

        await self._cache.change(work)

    async def remove(self, kind: str, id_: str) -> bool:
        async def work(tx: TenantTx) -> bool:
            return await tx.run(_REMOVE, kind=kind, id=id_) == 1

        return await self._cache.change(work)

    def _row(self, kind: str, kept: Kept, at: datetime) -> dict[str, Value]:
        secret = kept.secret and self._vault.seal(kept.secret, _context(kind, kept.id))
        return {
            "kind": kind,
            "id": kept.id,
            "name": kept.name,
            "position": kept.position,
            "document": to_json(kept.document),
            "secret": secret,
            "at": ms(at),
        }

    async def _of_kind(self, kind: str) -> Mapping[str, Kept]:
        view = await self._cache.view("documents", self._load)
        return view.by_kind.get(kind, {})

    async def _load(self, database: TenantDatabase) -> _View:
        by_kind: dict[str, dict[str, Kept]] = {}
        for row in await database.all(_ALL):
            by_kind.setdefault(row[0], {})[row[1]] = self._kept(row)
        return _View(by_kind)

    def _kept(self, row: Row) -> Kept:
        kind, id_, name, position, document, sealed, created, updated = row
        secret: Secret | None = None
        if sealed is not None:
            secret = self._vault.open(sealed, _context(kind, id_))
        return Kept(
            id=id_,
            name=name,
            position=position,
            document=json_object(document),
            secret=secret,
            created_at=time(created),
            updated_at=time(updated),
        )


def _context(kind: str, id_: str) -> str:
    return f"documents/{kind}/{id_}"
