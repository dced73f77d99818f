"""Logins that wait for a second factor, sealed, by the digest of their `mfa_token`."""

from datetime import datetime
from typing import Final

import msgspec

from gateword.domain.mfa import HalfLogin
from gateword.domain.secret import Secret
from gateword.ports.crypto import Vault
from gateword.storage import purging
from gateword.storage.columns import digest, ms, to_json
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx

_ADD: Final = Statement("""
    INSERT INTO half_logins (tenant, hash, user_key, sealed, failures, expires_at)
    VALUES (:tenant, :hash, :user_key, :sealed, 0, :expires_at)
""")
_FIND: Final = Statement("SELECT sealed FROM half_logins WHERE tenant = :tenant AND hash = :hash")
_FAIL: Final = Statement("""
    UPDATE half_logins SET failures = failures + 1 WHERE tenant = :tenant AND hash = :hash
""")
_END: Final = Statement("""
    DELETE FROM half_logins WHERE tenant = :tenant AND hash = :hash AND failures >= :most
""")
_ENDING: Final = tuple(
    purging.ending(table, "expires_at") for table in ("half_logins", "challenges")
)
_decoder: Final = msgspec.json.Decoder(HalfLogin)


class SqlHalfLogins:
    """The waiting logins of one tenant (port `HalfLogins`)."""

    def __init__(self, database: TenantDatabase, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def add(self, handle: Secret, login: HalfLogin) -> None:
        async def work(tx: TenantTx) -> None:
            await tx.run(
                _ADD,
                hash=digest(handle),
                user_key=login.user_key,
                sealed=self._vault.seal(Secret(to_json(login)), _context(handle)),
                expires_at=ms(login.expires_at),
            )

        await self._database.transact(work)

    async def find(self, handle: Secret) -> HalfLogin | None:
        row = await self._database.one(_FIND, hash=digest(handle))
        return (
            None
            if row is None
            else _decoder.decode(self._vault.open(row[0], _context(handle)).reveal())
        )

    async def fail(self, handle: Secret, most: int) -> None:
        async def work(tx: TenantTx) -> None:
            await tx.run(_FAIL, hash=digest(handle))
            await tx.run(_END, hash=digest(handle), most=most)

        await self._database.transact(work)

    async def purge(self, before: datetime) -> int:
        until = ms(before) - 1
        return sum([await purging.purge(self._database, rows, until) for rows in _ENDING])


def _context(handle: Secret) -> str:
    """Return what binds a login to its own row: one that is put into another's does not open."""
    return f"half_logins/{digest(handle).hex()}"
