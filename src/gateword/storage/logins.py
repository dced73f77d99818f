"""Right logins: the end of the try and the user's count of logins are one transaction."""

from datetime import datetime
from typing import Protocol

from gateword.domain.user import User
from gateword.ports.attempts import Lease
from gateword.storage import user_rows
from gateword.storage.tenant_database import TenantDatabase


class _Counters(Protocol):
    """What settles tries."""

    async def record(
        self, lease: Lease, user_key: int, ip: str, at: datetime, *, remembers: bool
    ) -> None: ...


class SqlLogins:
    """The logins of one tenant's users (port `Logins`)."""

    def __init__(self, database: TenantDatabase, attempts: _Counters) -> None:
        self._database = database
        self._attempts = attempts

    async def record(
        self, lease: Lease, user_key: int, ip: str, at: datetime, *, remembers: bool
    ) -> User | None:
        await self._attempts.record(lease, user_key, ip, at, remembers=remembers)
        return user_rows.user(await self._database.all(user_rows.BY_KEY, key=user_key))
