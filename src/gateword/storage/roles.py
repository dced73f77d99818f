"""Roles, who has them, and what users may do at an API."""

from collections.abc import Sequence
from typing import Final

from gateword.domain.resource_server import Role
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx

_ALL: Final = Statement(
    "SELECT id, name, description FROM roles WHERE tenant = :tenant ORDER BY name"
)
_PERMISSIONS: Final = Statement(
    "SELECT role_id, audience, permission FROM role_permissions WHERE tenant = :tenant"
)
_PUT: Final = Statement("""
    INSERT INTO roles (tenant, id, name, description)
    VALUES (:tenant, :id, :name, :description)
    ON CONFLICT (tenant, name) DO UPDATE SET description = excluded.description
    RETURNING id
""")
_FORBID_ALL: Final = Statement(
    "DELETE FROM role_permissions WHERE tenant = :tenant AND role_id = :role_id"
)
_PERMIT: Final = Statement("""
    INSERT INTO role_permissions (tenant, role_id, audience, permission)
    VALUES (:tenant, :role_id, :audience, :permission)
""")
_PERMISSIONS_OF_USER: Final = Statement("""
    SELECT permission FROM user_permissions
    WHERE tenant = :tenant AND user_key = :user_key AND audience = :audience
    UNION
    SELECT permitted.permission FROM user_roles
    JOIN role_permissions AS permitted
        ON permitted.tenant = user_roles.tenant AND permitted.role_id = user_roles.role_id
    WHERE user_roles.tenant = :tenant AND user_roles.user_key = :user_key
        AND permitted.audience = :audience
""")
_OF_USER: Final = Statement("""
    SELECT role_id FROM user_roles WHERE tenant = :tenant AND user_key = :user_key
""")
_ID: Final = Statement("SELECT id FROM roles WHERE tenant = :tenant AND name = :name")
_ASSIGN: Final = Statement("""
    INSERT INTO user_roles (tenant, user_key, role_id)
    SELECT tenant, key, :role_id FROM users WHERE tenant = :tenant AND key = :user_key
    ON CONFLICT DO NOTHING
""")


class SqlRoles:
    """The roles of one tenant (port `Roles`)."""

    def __init__(self, database: TenantDatabase) -> None:
        self._database = database

    async def all(self) -> Sequence[Role]:
        permissions: dict[str, set[tuple[str, str]]] = {}
        for role_id, audience, permission in await self._database.all(_PERMISSIONS):
            permissions.setdefault(role_id, set()).add((audience, permission))
        return tuple(
            Role(
                id=role_id,
                name=name,
                description=description,
                permissions=frozenset(permissions.get(role_id, ())),
            )
            for role_id, name, description in await self._database.all(_ALL)
        )

    async def put(self, role: Role) -> None:
        async def work(tx: TenantTx) -> None:
            row = await tx.one(_PUT, id=role.id, name=role.name, description=role.description)
            role_id = row[0] if row else role.id
            await tx.run(_FORBID_ALL, role_id=role_id)
            for audience, permission in sorted(role.permissions):
                await tx.run(_PERMIT, role_id=role_id, audience=audience, permission=permission)

        await self._database.transact(work)

    async def permissions_of(self, user_key: int, audience: str) -> frozenset[str]:
        rows = await self._database.all(_PERMISSIONS_OF_USER, user_key=user_key, audience=audience)
        return frozenset(permission for (permission,) in rows)

    async def of_user(self, user_key: int) -> Sequence[Role]:
        held = {role_id for (role_id,) in await self._database.all(_OF_USER, user_key=user_key)}
        return tuple(role for role in await self.all() if role.id in held)

    async def assign(self, user_key: int, role_names: Sequence[str]) -> bool:
        async def work(tx: TenantTx) -> bool:
            rows = [await tx.one(_ID, name=name) for name in role_names]
            ids = [row[0] for row in rows if row is not None]
            if len(ids) < len(role_names):
                return False
            for role_id in ids:
                await tx.run(_ASSIGN, user_key=user_key, role_id=role_id)
            return True

        return await self._database.transact(work)
