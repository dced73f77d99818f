"""Letters that wait for the courier, sealed: they hold links that open accounts."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

import msgspec

from gateword.domain.secret import Secret
from gateword.ports.crypto import Vault
from gateword.ports.queues import Letter, Waiting
from gateword.storage.columns import ms, to_json
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx

_CONTEXT: Final = "outbox"
_ADD: Final = Statement("""
    INSERT INTO outbox (tenant, letter, tries, due_at, created_at)
    VALUES (:tenant, :letter, 0, :due_at, :at)
""")
_IS_DUE: Final = Statement("SELECT 1 FROM outbox WHERE tenant = :tenant AND due_at <= :at LIMIT 1")
_DUE: Final = Statement(
    """
    SELECT key FROM outbox WHERE tenant = :tenant AND due_at <= :at
    ORDER BY due_at, key LIMIT :limit
    """,
    locking=True,
)
_CLAIM: Final = Statement("""
    UPDATE outbox SET due_at = :until WHERE tenant = :tenant AND key = :key AND due_at <= :at
    RETURNING key, letter, tries
""")
_REMOVE: Final = Statement("DELETE FROM outbox WHERE tenant = :tenant AND key = :key")
_AGAIN: Final = Statement("""
    UPDATE outbox SET tries = tries + 1, due_at = :again_at
    WHERE tenant = :tenant AND key = :key
""")
_HEAD_START: Final = timedelta(days=1)
"""By this much urgent letters are due before they come in: so they are claimed before all others,
however many of those wait."""
_decoder: Final = msgspec.json.Decoder(Letter)


class SqlOutbox:
    """The outbox of one tenant (port `Outbox`)."""

    def __init__(self, database: TenantDatabase, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def add(self, letter: Letter, at: datetime) -> None:
        sealed = self._vault.seal(Secret(to_json(asdict(letter))), _CONTEXT)
        due_at = at - _HEAD_START if letter.is_urgent else at

        async def work(tx: TenantTx) -> None:
            await tx.run(_ADD, letter=sealed, due_at=ms(due_at), at=ms(at))

        await self._database.transact(work)

    async def claim(self, at: datetime, until: datetime, limit: int) -> Sequence[Waiting]:
        if await self._database.one(_IS_DUE, at=ms(at)) is None:
            return ()  # the usual case: nothing to do costs no transaction

        async def work(tx: TenantTx) -> list[Waiting]:
            claimed = []
            for (key,) in await tx.all(_DUE, at=ms(at), limit=limit):
                row = await tx.one(_CLAIM, key=key, at=ms(at), until=ms(until))
                if row is not None:
                    letter = _decoder.decode(self._vault.open(row[1], _CONTEXT).reveal())
                    claimed.append(Waiting(key=row[0], letter=letter, tries=row[2]))
            return claimed

        return await self._database.transact(work)

    async def delivered(self, key: int) -> None:
        async def work(tx: TenantTx) -> None:
            await tx.run(_REMOVE, key=key)

        await self._database.transact(work)

    async def failed(self, key: int, again_at: datetime | None) -> None:
        async def work(tx: TenantTx) -> None:
            if again_at is None:
                await tx.run(_REMOVE, key=key)
            else:
                await tx.run(_AGAIN, key=key, again_at=ms(again_at))

        await self._database.transact(work)
