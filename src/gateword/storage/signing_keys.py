"""Signing keys: the private half is sealed; exactly one is current and one is next."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from gateword.ports.crypto import Vault
from gateword.ports.token_stores import SigningKey
from gateword.storage.cache import ConfigCache
from gateword.storage.columns import ms, ms_or_none, time, time_or_none
from gateword.storage.engine import Row
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx

_ALL: Final = Statement("""
    SELECT
        kid, state, private_key, certificate, created_at, revoked_at, current_since, current_until
    FROM signing_keys
    WHERE tenant = :tenant ORDER BY created_at, kid
""")
_ADD: Final = Statement("""
    INSERT INTO signing_keys
        (tenant, kid, state, private_key, certificate, created_at, revoked_at)
    VALUES (:tenant, :kid, :state, :private_key, :certificate, :created_at, :revoked_at)
""")
_RETIRE: Final = Statement("""
    UPDATE signing_keys SET state = 'previous', current_until = :at
    WHERE tenant = :tenant AND state = 'current'
""")
_PROMOTE: Final = Statement("""
    UPDATE signing_keys SET state = 'current', current_since = :at
    WHERE tenant = :tenant AND state = 'next'
""")
_REVOKE: Final = Statement("""
    UPDATE signing_keys SET state = 'revoked', revoked_at = :at
    WHERE tenant = :tenant AND kid = :kid AND state = 'previous'
""")


class SqlSigningKeys:
    """The signing keys of one tenant (port `SigningKeys`)."""

    def __init__(self, cache: ConfigCache, vault: Vault) -> None:
        self._cache = cache
        self._vault = vault

    async def all(self) -> Sequence[SigningKey]:
        return await self._cache.view("signing_keys", self._load, may_be_old=True)

    async def add(self, key: SigningKey) -> None:
        async def work(tx: TenantTx) -> None:
            await self._insert(tx, key)

        await self._cache.change(work)

    async def rotate(self, new_next: SigningKey, at: datetime) -> None:
        async def work(tx: TenantTx) -> None:
            await tx.run(_RETIRE, at=ms(at))
            await tx.run(_PROMOTE, at=ms(at))
            await self._insert(tx, new_next)

        await self._cache.change(work)

    async def revoke(self, kid: str, at: datetime) -> bool:
        async def work(tx: TenantTx) -> bool:
            return await tx.run(_REVOKE, kid=kid, at=ms(at)) == 1

        return await self._cache.change(work)

    async def _insert(self, tx: TenantTx, key: SigningKey) -> None:
        await tx.run(
            _ADD,
            kid=key.kid,
            state=key.state,
            private_key=self._vault.seal(key.private_pem, _context(key.kid)),
            certificate=key.certificate_pem,
            created_at=ms(key.created_at),
            revoked_at=ms_or_none(key.revoked_at),
        )

    async def _load(self, database: TenantDatabase) -> tuple[SigningKey, ...]:
        return tuple([self._key(row) for row in await database.all(_ALL)])

    def _key(self, row: Row) -> SigningKey:
        kid, state, private_key, certificate, created_at, revoked_at, since, until = row
        return SigningKey(
            kid=kid,
            state=state,
            private_pem=self._vault.open(private_key, _context(kid)),
            certificate_pem=certificate,
            created_at=time(created_at),
            revoked_at=time_or_none(revoked_at),
            current_since=time_or_none(since),
            current_until=time_or_none(until),
        )


def _context(kid: str) -> str:
    return f"signing_keys/{kid}"
