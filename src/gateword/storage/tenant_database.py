"""A database as one tenant's stores see it: every statement carries the tenant (rule R9)."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias, TypeVar

from gateword.storage.engine import Database, Row, Tx, Value
from gateword.storage.statement import Statement

T = TypeVar("T")


class TenantTx:
    """An open transaction that reaches the rows of one tenant."""

    def __init__(self, tx: Tx, tenant: int) -> None:
        self._tx = tx
        self._tenant = tenant

    async def one(self, statement: Statement, /, **params: Value) -> Row | None:
        return await self._tx.one(statement, tenant=self._tenant, **params)

    async def all(self, statement: Statement, /, **params: Value) -> list[Row]:
        return await self._tx.all(statement, tenant=self._tenant, **params)

    async def run(self, statement: Statement, /, **params: Value) -> int:
        return await self._tx.run(statement, tenant=self._tenant, **params)


TenantWork: TypeAlias = Callable[[TenantTx], Coroutine[Any, Any, T]]


class TenantDatabase:
    """A database that reaches the rows of one tenant.

    Args:
        database: The database.
        tenant: Key of the tenant; no parameter of a statement can change it.
    """

    def __init__(self, database: Database, tenant: int) -> None:
        self._database = database
        self.tenant = tenant
        self.shares_commits = database.shares_commits
        self.dialect = database.dialect

    async def one(self, statement: Statement, /, **params: Value) -> Row | None:
        return await self._database.one(statement, tenant=self.tenant, **params)

    async def all(self, statement: Statement, /, **params: Value) -> list[Row]:
        return await self._database.all(statement, tenant=self.tenant, **params)

    async def search(self, statement: Statement, /, **params: Value) -> list[Row]:
        return await self._database.search(statement, {**params, "tenant": self.tenant})

    async def transact(self, work: TenantWork[T], *, durable: bool = True) -> T:
        async def bound(tx: Tx) -> T:
            return await work(TenantTx(tx, self.tenant))

        return await self._database.transact(bound, durable=durable)

    async def call(self, statement: Statement, /, **params: Value) -> list[Row]:
        return await self._database.call(statement, tenant=self.tenant, **params)
