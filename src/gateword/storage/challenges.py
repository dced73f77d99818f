"""Codes and questions under way, by the digest of their `oob_code`."""

from datetime import datetime
from typing import Final

from gateword.domain.mfa import Challenge, Verdict
from gateword.domain.secret import Secret
from gateword.storage.columns import digest, json_object, ms, time, to_json
from gateword.storage.engine import Row
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx
from gateword.storage.user_rows import HOLD

_COLUMNS: Final = (
    "user_key, authenticator_id, session, code, created_at, expires_at, verdict, details, hash"
)
_END_OTHERS: Final = Statement("""
    DELETE FROM challenges WHERE tenant = :tenant AND authenticator_id = :authenticator_id
""")
_ADD: Final = Statement("""
    INSERT INTO challenges (
        tenant, hash, user_key, authenticator_id, session, code, verdict, details, created_at,
        expires_at
    ) VALUES (
        :tenant, :hash, :user_key, :authenticator_id, :session, :code, :verdict, :details,
        :created_at, :expires_at
    )
""")
_FIND: Final = Statement(f"""
    SELECT {_COLUMNS} FROM challenges
    WHERE tenant = :tenant AND hash = :hash AND expires_at > :at
""")  # noqa: S608  # constants
_WAITING: Final = Statement(f"""
    SELECT {_COLUMNS} FROM challenges
    WHERE tenant = :tenant AND authenticator_id = :authenticator_id AND verdict = 'pending'
    AND expires_at > :at
""")  # noqa: S608  # constants
_ANSWER: Final = Statement("""
    UPDATE challenges SET verdict = :verdict
    WHERE tenant = :tenant AND hash = :hash AND code = '' AND verdict = 'pending'
    AND expires_at > :at
""")
_END: Final = Statement("DELETE FROM challenges WHERE tenant = :tenant AND hash = :hash")


class SqlChallenges:
    """The challenges of one tenant (port `Challenges`)."""

    def __init__(self, database: TenantDatabase) -> None:
        self._database = database

    async def add(self, handle: Secret, challenge: Challenge) -> None:
        async def work(tx: TenantTx) -> None:
            await tx.one(HOLD, user_key=challenge.user_key)  # of two at once one is the later
            await tx.run(_END_OTHERS, authenticator_id=challenge.authenticator_id)
            await tx.run(
                _ADD,
                hash=digest(handle),
                user_key=challenge.user_key,
                authenticator_id=challenge.authenticator_id,
                session=challenge.session,
                code=challenge.code,
                verdict=challenge.verdict.value,
                details=to_json(challenge.details),
                created_at=ms(challenge.created_at),
                expires_at=ms(challenge.expires_at),
            )

        await self._database.transact(work)

    async def find(self, handle: Secret, at: datetime) -> Challenge | None:
        row = await self._database.one(_FIND, hash=digest(handle), at=ms(at))
        return None if row is None else _challenge(row)

    async def waiting(self, authenticator_id: str, at: datetime) -> Challenge | None:
        row = await self._database.one(_WAITING, authenticator_id=authenticator_id, at=ms(at))
        return None if row is None else _challenge(row)

    async def answer(self, id_: str, verdict: Verdict, at: datetime) -> bool:
        hash_ = bytes.fromhex(id_)

        async def work(tx: TenantTx) -> bool:
            return await tx.run(_ANSWER, hash=hash_, verdict=verdict.value, at=ms(at)) == 1

        return await self._database.transact(work)

    async def end(self, handle: Secret) -> bool:
        async def work(tx: TenantTx) -> bool:
            return await tx.run(_END, hash=digest(handle)) == 1

        return await self._database.transact(work)


def _challenge(row: Row) -> Challenge:
    return Challenge(
        user_key=row[0],
        authenticator_id=row[1],
        session=bytes(row[2]),
        code=row[3],
        created_at=time(row[4]),
        expires_at=time(row[5]),
        verdict=Verdict(row[6]),
        details=json_object(row[7]),
        id=bytes(row[8]).hex(),
    )
