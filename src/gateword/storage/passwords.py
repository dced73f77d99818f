"""Password hashes: the current one on the identity, former ones beside it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from gateword.domain.secret import Secret
from gateword.ports.passwords import OldPassword
from gateword.storage.attempt_sql import FORGET_DEVICES, FORGET_PLACES, LIFT_USER
from gateword.storage.columns import ms, time
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx
from gateword.storage.token_rows import END_FAMILIES_OF_USER

_CURRENT: Final = Statement(
    "SELECT password_hash FROM identities WHERE tenant = :tenant AND key = :identity_key"
)
_FORMER: Final = Statement("""
    SELECT hash, at FROM password_history
    WHERE tenant = :tenant AND identity_key = :identity_key
    ORDER BY key DESC LIMIT :limit
""")
_OLD: Final = Statement(
    """
    SELECT password_hash FROM identities
    WHERE tenant = :tenant AND user_key = :user_key AND key = :identity_key
    """,
    locking=True,
)
_IDENTITY: Final = Statement("""
    SELECT key FROM identities
    WHERE tenant = :tenant AND user_key = :user_key AND connection_key = :connection_key
    ORDER BY CASE WHEN email = :email THEN 0 ELSE 1 END, position LIMIT 1
""")
_SET: Final = Statement("""
    UPDATE identities SET password_hash = :encoded WHERE tenant = :tenant AND key = :identity_key
""")
_REMEMBER: Final = Statement("""
    INSERT INTO password_history (tenant, identity_key, hash, at)
    VALUES (:tenant, :identity_key, :hash, :at)
""")
_FORGET: Final = Statement("""
    DELETE FROM password_history
    WHERE tenant = :tenant AND identity_key = :identity_key AND key NOT IN (
        SELECT key FROM password_history
        WHERE tenant = :tenant AND identity_key = :identity_key
        ORDER BY key DESC LIMIT :keep
    )
""")
_NOTE_RESET: Final = Statement("""
    UPDATE users SET last_password_reset = :at, updated_at = :at
    WHERE tenant = :tenant AND key = :user_key
""")
_END_OPAQUE: Final = Statement("""
    DELETE FROM access_tokens
    WHERE tenant = :tenant AND user_key = :user_key AND family_key IS NULL
""")
_END_TICKETS: Final = Statement(
    "DELETE FROM tickets WHERE tenant = :tenant AND user_key = :user_key AND used_at IS NULL"
)


class SqlPasswords:
    """The passwords of one tenant (port `Passwords`)."""

    def __init__(self, database: TenantDatabase, lifted: Callable[[], None]) -> None:
        """Take the rows, and who is to know when a new password lifts a user's blocks."""
        self._database = database
        self._lifted = lifted

    async def identity_key(
        self, user_key: int, connection_key: int, email: str | None = None
    ) -> int | None:
        row = await self._database.one(
            _IDENTITY, user_key=user_key, connection_key=connection_key, email=email
        )
        return None if row is None else int(row[0])

    async def known(self, identity_key: int, limit: int) -> Sequence[OldPassword]:
        current = await self._database.one(_CURRENT, identity_key=identity_key)
        found = []
        if current is not None and current[0] is not None:
            found.append(OldPassword(Secret(current[0]), None))
        rows = await self._database.all(_FORMER, identity_key=identity_key, limit=limit)
        found += [OldPassword(Secret(hash_), time(at)) for hash_, at in rows]
        return found[:limit]

    async def change(
        self, user_key: int, encoded: Secret | None, at: datetime, *, identity_key: int, keep: int
    ) -> bool:
        async def work(tx: TenantTx) -> bool:
            row = await tx.one(_OLD, user_key=user_key, identity_key=identity_key)
            if row is None:
                return False
            hash_ = None if encoded is None else encoded.reveal()
            await tx.run(_SET, identity_key=identity_key, encoded=hash_)
            if row[0] is not None and keep > 0:
                await tx.run(_REMEMBER, identity_key=identity_key, hash=row[0], at=ms(at))
            await tx.run(_FORGET, identity_key=identity_key, keep=keep)
            await tx.run(_NOTE_RESET, user_key=user_key, at=ms(at))
            await tx.run(END_FAMILIES_OF_USER, user_key=user_key, at=ms(at))
            await tx.run(_END_OPAQUE, user_key=user_key)
            await tx.run(_END_TICKETS, user_key=user_key)
            await tx.run(LIFT_USER, user_key=user_key)
            await tx.run(FORGET_PLACES, user_key=user_key)
            await tx.run(FORGET_DEVICES, user_key=user_key)
            return True

        try:
            return await self._database.transact(work)
        finally:
            self._lifted()
