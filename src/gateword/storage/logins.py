"""Right logins: the end of the try and the user's count of logins are one transaction."""

from datetime import datetime
from typing import Final, Protocol

from gateword.domain.user import User
from gateword.ports.attempts import Lease
from gateword.storage import user_rows
from gateword.storage.columns import ms, ms_or_none
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx

_UNCOUNT: Final = Statement("""
    UPDATE users SET
        logins_count = logins_count - 1,
        last_login = CASE WHEN last_login = :at THEN :before_at ELSE last_login END,
        last_ip = CASE WHEN last_login = :at THEN :before_ip ELSE last_ip END
    WHERE tenant = :tenant AND key = :key AND logins_count > 0
""")
_COUNT: Final = Statement("""
    UPDATE users SET
        logins_count = logins_count + 1, last_login = :at, last_ip = :ip, updated_at = :at
    WHERE tenant = :tenant AND key = :key
""")


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

    async def uncount(
        self, user_key: int, at: datetime, before: tuple[datetime | None, str | None]
    ) -> None:
        before_at, before_ip = before

        async def work(tx: TenantTx) -> None:
            await tx.run(
                _UNCOUNT,
                key=user_key,
                at=ms(at),
                before_at=ms_or_none(before_at),
                before_ip=before_ip,
            )

        await self._database.transact(work)

    async def count(self, user_key: int, ip: str, at: datetime) -> User | None:
        async def work(tx: TenantTx) -> User | None:
            await tx.run(_COUNT, key=user_key, ip=ip, at=ms(at))
            return user_rows.user(await tx.all(user_rows.BY_KEY, key=user_key))

        return await self._database.transact(work)
