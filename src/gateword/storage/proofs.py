"""Proofs of a second factor: used once, in one transaction with the login they complete.

Rule: the user's row is held first, so that of many who try at once one is let in, and nobody whose
user was deleted, blocked, given a new password or a first factor a moment ago.
"""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Final

from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.ports.mfa import ENROLLMENT, Spent
from gateword.storage import tickets
from gateword.storage.authenticators import confirm_others
from gateword.storage.columns import digest, ms, ms_or_none
from gateword.storage.engine import Row
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx
from gateword.storage.user_rows import HOLD

_TAKE: Final = Statement("""
    DELETE FROM half_logins
    WHERE tenant = :tenant AND hash = :hash AND user_key = :user_key AND expires_at > :at
""")
_STEP: Final = Statement("""
    UPDATE authenticators
    SET last_step = :step, failures = 0, last_used_at = :at,
        confirmed_at = COALESCE(confirmed_at, :at), expires_at = NULL
    WHERE tenant = :tenant AND id = :id AND user_key = :user_key AND last_step < :step
    AND (expires_at IS NULL OR expires_at > :at)
    RETURNING pair
""")
_UNCONFIRMED: Final = Statement(
    "SELECT id FROM authenticators WHERE tenant = :tenant AND id = :id AND confirmed_at IS NULL"
)
_CHALLENGE: Final = Statement("""
    DELETE FROM challenges
    WHERE tenant = :tenant AND hash = :hash AND user_key = :user_key AND expires_at > :at
    RETURNING authenticator_id
""")
_USED: Final = Statement("""
    UPDATE authenticators
    SET failures = 0, last_used_at = :at, confirmed_at = COALESCE(confirmed_at, :at),
        expires_at = NULL
    WHERE tenant = :tenant AND id = :id AND user_key = :user_key
    AND (expires_at IS NULL OR expires_at > :at)
    RETURNING pair
""")
_RECOVERY_CODE: Final = Statement("""
    UPDATE authenticators SET code_hash = :successor, last_used_at = :at
    WHERE tenant = :tenant AND user_key = :user_key AND kind = 'recovery-code'
    AND code_hash = :code AND confirmed_at IS NOT NULL
""")
_FORGIVE: Final = Statement(
    "UPDATE authenticators SET failures = 0 WHERE tenant = :tenant AND user_key = :user_key"
)


class _TakenBack(Exception):
    """Takes everything back: its argument says why the proof does not count."""


class SqlProofs:
    """The proofs of one tenant (port `Proofs`)."""

    def __init__(self, database: TenantDatabase) -> None:
        self._database = database

    async def step(
        self,
        handle: Secret | None,
        user: User,
        authenticator_id: str,
        step: int,
        at: datetime,
        *,
        ticket: Secret | None = None,
    ) -> Spent | None:
        async def proof(tx: TenantTx, held: Row) -> bool:
            whose, is_first = user.key, await self._is_unconfirmed(tx, authenticator_id)
            if is_first and _has_enrolled(user, held):
                return False
            row = await tx.one(_STEP, id=authenticator_id, user_key=whose, step=step, at=ms(at))
            if row is not None:
                await confirm_others(tx, whose, authenticator_id, row[0], ms(at))
            return row is not None and await _is_let_in(tx, ticket, at)

        return await self._used(handle, user, at, proof)

    async def challenge(
        self,
        handle: Secret | None,
        user: User,
        oob_code: Secret,
        at: datetime,
        *,
        ticket: Secret | None = None,
    ) -> Spent | None:
        async def proof(tx: TenantTx, held: Row) -> bool:
            row = await tx.one(_CHALLENGE, hash=digest(oob_code), user_key=user.key, at=ms(at))
            if row is None:
                return False
            is_first = await self._is_unconfirmed(tx, row[0])
            if is_first and _has_enrolled(user, held):
                return False
            used = await tx.one(_USED, id=row[0], user_key=user.key, at=ms(at))
            if used is not None:
                await confirm_others(tx, user.key, row[0], used[0], ms(at))
            return await _is_let_in(tx, ticket, at)

        return await self._used(handle, user, at, proof)

    async def recovery_code(
        self, handle: Secret, user: User, code: Secret, successor: Secret, at: datetime
    ) -> Spent | None:
        async def proof(tx: TenantTx, _held: Row) -> bool:
            used = await tx.run(
                _RECOVERY_CODE,
                user_key=user.key,
                code=digest(code),
                successor=digest(successor),
                at=ms(at),
            )
            await tx.run(_FORGIVE, user_key=user.key)  # who has it may use all factors again
            return used == 1

        return await self._used(handle, user, at, proof)

    async def _is_unconfirmed(self, tx: TenantTx, id_: str) -> bool:
        return await tx.one(_UNCONFIRMED, id=id_) is not None

    async def _used(
        self,
        handle: Secret | None,
        user: User,
        at: datetime,
        proof: Callable[[TenantTx, Row], Coroutine[Any, Any, bool]],
    ) -> Spent | None:
        async def work(tx: TenantTx) -> Spent | None:
            held = await tx.one(HOLD, user_key=user.key)
            if held is None or held[0] or held[1] != ms_or_none(user.last_password_reset):
                return Spent.SESSION
            if not await proof(tx, held):
                raise _TakenBack(Spent.PROOF)
            if handle is not None:
                taken = await tx.run(_TAKE, hash=digest(handle), user_key=user.key, at=ms(at))
                if not taken:
                    raise _TakenBack(Spent.SESSION)
            return None

        try:
            return await self._database.transact(work)
        except _TakenBack as back:
            why: Spent = back.args[0]
            return why


async def _is_let_in(tx: TenantTx, ticket: Secret | None, at: datetime) -> bool:
    """Use the ticket by which a factor is set up, if it is one that does so."""
    return ticket is None or await tickets.use_in(tx, ticket, ENROLLMENT, at) is not None


def _has_enrolled(user: User, held: Row) -> bool:
    """Say whether a user has confirmed a factor since they were looked at."""
    return {*held[2].split()} != {*user.factors}
