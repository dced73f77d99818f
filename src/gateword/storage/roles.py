"""Roles, who has them, and what users may do at an API."""

from collections.abc import Collection, Sequence
from typing import Final

from gateword.domain.resource_server import Role
from gateword.domain.user import User
from gateword.ports.roles import Permissions
from gateword.storage import user_rows
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
_ADD: Final = Statement("""
    INSERT INTO roles (tenant, id, name, description)
    VALUES (:tenant, :id, :name, :description)
    ON CONFLICT DO NOTHING
""")
_RENAME: Final = Statement("""
    UPDATE roles SET name = :name, description = :description
    WHERE tenant = :tenant AND id = :id AND NOT EXISTS (
        SELECT 1 FROM roles AS other
        WHERE other.tenant = :tenant AND other.name = :name AND other.id <> :id
    )
""")
_HOLD: Final = Statement("SELECT id FROM roles WHERE tenant = :tenant", locking=True)
"""Names are compared with those of all others, which must stay as they are meanwhile."""

_REMOVE: Final = Statement("DELETE FROM roles WHERE tenant = :tenant AND id = :id")
_EXISTS: Final = Statement("SELECT 1 FROM roles WHERE tenant = :tenant AND id = :id", locking=True)
_FORBID_ALL: Final = Statement(
    "DELETE FROM role_permissions WHERE tenant = :tenant AND role_id = :role_id"
)
_PERMIT: Final = Statement("""
    INSERT INTO role_permissions (tenant, role_id, audience, permission)
    VALUES (:tenant, :role_id, :audience, :permission)
    ON CONFLICT DO NOTHING
""")
_FORBID: Final = Statement("""
    DELETE FROM role_permissions
    WHERE tenant = :tenant AND role_id = :role_id
        AND audience = :audience AND permission = :permission
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
_NAMES_OF_USER: Final = Statement("""
    SELECT roles.name FROM user_roles
    JOIN roles ON roles.tenant = user_roles.tenant AND roles.id = user_roles.role_id
    WHERE user_roles.tenant = :tenant AND user_roles.user_key = :user_key
    ORDER BY roles.name
""")
_ID: Final = Statement("SELECT id FROM roles WHERE tenant = :tenant AND name = :name")
_ASSIGN: Final = Statement("""
    INSERT INTO user_roles (tenant, user_key, role_id)
    SELECT tenant, key, :role_id FROM users WHERE tenant = :tenant AND key = :user_key
    ON CONFLICT DO NOTHING
""")
_TAKE: Final = Statement("""
    DELETE FROM user_roles
    WHERE tenant = :tenant AND user_key = :user_key AND role_id = :role_id
""")
_MEMBERS: Final = user_rows.select("""
    users.key IN (
        SELECT user_key FROM user_roles
        WHERE tenant = :tenant AND role_id = :role_id AND user_key > :after
        ORDER BY user_key LIMIT :limit OFFSET :start
    )
""")
_COUNT: Final = Statement(
    "SELECT count(*) FROM user_roles WHERE tenant = :tenant AND role_id = :role_id"
)
_DIRECT: Final = Statement("""
    SELECT audience, permission FROM user_permissions
    WHERE tenant = :tenant AND user_key = :user_key
""")
_PERMIT_USER: Final = Statement("""
    INSERT INTO user_permissions (tenant, user_key, audience, permission)
    SELECT tenant, key, :audience, :permission FROM users
    WHERE tenant = :tenant AND key = :user_key
    ON CONFLICT DO NOTHING
""")
_FORBID_USER: Final = Statement("""
    DELETE FROM user_permissions
    WHERE tenant = :tenant AND user_key = :user_key
        AND audience = :audience AND permission = :permission
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

    async def by_id(self, role_id: str) -> Role | None:
        return next((role for role in await self.all() if role.id == role_id), None)

    async def put(self, role: Role) -> None:
        async def work(tx: TenantTx) -> None:
            row = await tx.one(_PUT, id=role.id, name=role.name, description=role.description)
            role_id = row[0] if row else role.id
            await tx.run(_FORBID_ALL, role_id=role_id)
            await _permit(tx, role_id, role.permissions)

        await self._database.transact(work)

    async def add(self, role: Role) -> bool:
        async def work(tx: TenantTx) -> bool:
            row = {"id": role.id, "name": role.name, "description": role.description}
            if await tx.run(_ADD, **row) == 0:
                return False
            await _permit(tx, role.id, role.permissions)
            return True

        return await self._database.transact(work)

    async def rename(self, role: Role) -> bool:
        async def work(tx: TenantTx) -> bool:
            row = {"id": role.id, "name": role.name, "description": role.description}
            await tx.all(_HOLD)
            return await tx.run(_RENAME, **row) == 1

        return await self._database.transact(work)

    async def remove(self, role_id: str) -> bool:
        async def work(tx: TenantTx) -> bool:
            return await tx.run(_REMOVE, id=role_id) == 1

        return await self._database.transact(work)

    async def permit(self, role_id: str, permissions: Permissions) -> bool:
        async def work(tx: TenantTx) -> bool:
            if await tx.one(_EXISTS, id=role_id) is None:
                return False
            await _permit(tx, role_id, permissions)
            return True

        return await self._database.transact(work)

    async def forbid(self, role_id: str, permissions: Permissions) -> bool:
        async def work(tx: TenantTx) -> bool:
            for audience, permission in permissions:
                await tx.run(_FORBID, role_id=role_id, audience=audience, permission=permission)
            return await tx.one(_EXISTS, id=role_id) is not None

        return await self._database.transact(work)

    async def permissions_of(self, user_key: int, audience: str) -> frozenset[str]:
        rows = await self._database.all(_PERMISSIONS_OF_USER, user_key=user_key, audience=audience)
        return frozenset(permission for (permission,) in rows)

    async def of_user(self, user_key: int) -> Sequence[Role]:
        held = {role_id for (role_id,) in await self._database.all(_OF_USER, user_key=user_key)}
        return tuple(role for role in await self.all() if role.id in held)

    async def names_of_user(self, user_key: int) -> Sequence[str]:
        rows = await self._database.all(_NAMES_OF_USER, user_key=user_key)
        return tuple(name for (name,) in rows)

    async def assign(self, user_key: int, role_names: Sequence[str]) -> bool:
        async def work(tx: TenantTx) -> bool:
            rows = [await tx.one(_ID, name=name) for name in role_names]
            ids = [row[0] for row in rows if row is not None]
            if len(ids) < len(role_names):
                return False
            await _give(tx, ids, (user_key,))
            return True

        return await self._database.transact(work)

    async def give(self, role_ids: Collection[str], user_keys: Collection[int]) -> bool:
        async def work(tx: TenantTx) -> bool:
            for role_id in role_ids:
                if await tx.one(_EXISTS, id=role_id) is None:
                    return False
            await _give(tx, role_ids, user_keys)
            return True

        return await self._database.transact(work)

    async def take(self, role_ids: Collection[str], user_keys: Collection[int]) -> None:
        async def work(tx: TenantTx) -> None:
            for role_id in role_ids:
                for user_key in user_keys:
                    await tx.run(_TAKE, role_id=role_id, user_key=user_key)

        await self._database.transact(work)

    async def members(
        self, role_id: str, *, after: int = 0, start: int = 0, limit: int
    ) -> Sequence[User]:
        rows = await self._database.all(
            _MEMBERS, role_id=role_id, after=after, start=start, limit=limit
        )
        return user_rows.users(rows)

    async def count_members(self, role_id: str) -> int:
        row = await self._database.one(_COUNT, role_id=role_id)
        return row[0] if row else 0

    async def direct_permissions(self, user_key: int) -> frozenset[tuple[str, str]]:
        rows = await self._database.all(_DIRECT, user_key=user_key)
        return frozenset((audience, permission) for audience, permission in rows)

    async def permit_user(self, user_key: int, permissions: Permissions) -> None:
        await self._for_user(_PERMIT_USER, user_key, permissions)

    async def forbid_user(self, user_key: int, permissions: Permissions) -> None:
        await self._for_user(_FORBID_USER, user_key, permissions)

    async def _for_user(
        self, statement: Statement, user_key: int, permissions: Permissions
    ) -> None:
        async def work(tx: TenantTx) -> None:
            for audience, permission in sorted(permissions):
                await tx.run(statement, user_key=user_key, audience=audience, permission=permission)

        await self._database.transact(work)


async def _permit(tx: TenantTx, role_id: str, permissions: Permissions) -> None:
    for audience, permission in sorted(permissions):
        await tx.run(_PERMIT, role_id=role_id, audience=audience, permission=permission)


async def _give(tx: TenantTx, role_ids: Collection[str], user_keys: Collection[int]) -> None:
    for role_id in sorted(role_ids):
        for user_key in sorted(user_keys):
            await tx.run(_ASSIGN, user_key=user_key, role_id=role_id)
