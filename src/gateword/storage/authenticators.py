"""What users have enrolled; seeds are sealed, of recovery codes only the digest is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from gateword.domain.mfa import Authenticator, Kind
from gateword.domain.secret import Secret
from gateword.policy import brought_factors
from gateword.ports.clock import Dice
from gateword.ports.crypto import Vault
from gateword.ports.factor import ID_CHARS
from gateword.storage import authenticator_sql as sql
from gateword.storage import imported_factors, purging
from gateword.storage.columns import digest, ms, ms_or_none, time, time_or_none
from gateword.storage.engine import Row
from gateword.storage.many_rows import among, values
from gateword.storage.tenant_database import TenantDatabase, TenantTx
from gateword.storage.user_rows import HOLD


class SqlAuthenticators:
    """The authenticators of one tenant (port `Authenticators`)."""

    def __init__(self, database: TenantDatabase, vault: Vault, dice: Dice) -> None:
        self._database = database
        self._vault = vault
        self._dice = dice

    async def of_user(self, user_key: int, at: datetime) -> Sequence[Authenticator]:
        if await self._database.one(imported_factors.THERE, user_key=user_key) is not None:
            await self._take_over(user_key, at)
        rows = await self._database.all(sql.OF_USER, user_key=user_key, at=ms(at))
        return [self._authenticator(row) for row in rows]

    async def of_users(self, user_keys: Sequence[int]) -> Mapping[int, Sequence[Authenticator]]:
        """Return the confirmed authenticators of at most `MOST` users, by the user's key."""
        found: dict[int, list[Authenticator]] = {}
        for row in await self._database.all(
            among(sql.OF_USERS, len(user_keys)), **values(list(user_keys))
        ):
            found.setdefault(row[1], []).append(self._authenticator(row))
        return found

    async def get(self, id_: str) -> Authenticator | None:
        row = await self._database.one(sql.GET, id=id_)
        return None if row is None else self._authenticator(row)

    async def add(
        self,
        made: Sequence[Authenticator],
        most: int,
        *,
        recovery_code: Secret | None = None,
        replaces: bool = False,
    ) -> bool:
        async def work(tx: TenantTx) -> bool:
            first = made[0]
            if await tx.one(HOLD, user_key=first.user_key) is None:
                return False
            if replaces:
                await tx.run(sql.REMOVE_ALL, user_key=first.user_key)
                await tx.run(sql.REMOVE_ALL_CHALLENGES, user_key=first.user_key)
            row = await tx.one(sql.COUNT, user_key=first.user_key, at=ms(first.created_at))
            if row is None or row[0] + len(made) > most:
                return False
            for one in made:
                await self._add(tx, one, recovery_code)
            await note_kinds(tx, first.user_key)
            return True

        return await self._database.transact(work)

    async def describe(self, changed: Sequence[Authenticator]) -> int:
        async def work(tx: TenantTx) -> int:
            done = 0
            for one in changed:
                done += await tx.run(
                    sql.DESCRIBE, id=one.id, user_key=one.user_key, name=one.name, pair=one.group
                )
            return done

        return await self._database.transact(work)

    async def remove(self, user_key: int, ids: Sequence[str]) -> int:
        async def work(tx: TenantTx) -> int:
            await tx.one(HOLD, user_key=user_key)
            gone = 0
            for id_ in ids:
                row = await tx.one(sql.PAIR, user_key=user_key, id=id_)
                if row is not None:
                    await tx.run(sql.REMOVE_CHALLENGES, user_key=user_key, id=id_, pair=row[0])
                    gone += await tx.run(sql.REMOVE, user_key=user_key, id=id_, pair=row[0])
            await note_kinds(tx, user_key)
            return gone

        return await self._database.transact(work)

    async def admit_device(self, id_: str, key: Secret, name: str, at: datetime) -> bool:
        sealed = self._vault.seal(key, _context(id_))

        async def work(tx: TenantTx) -> bool:
            return await tx.run(sql.ADMIT, id=id_, seed=sealed, name=name, at=ms(at)) == 1

        return await self._database.transact(work)

    async def advance(self, id_: str, counter: int) -> bool:
        async def work(tx: TenantTx) -> bool:
            return await tx.run(sql.ADVANCE, id=id_, counter=counter) == 1

        return await self._database.transact(work)

    async def fail(self, ids: Sequence[str]) -> None:
        async def work(tx: TenantTx) -> None:
            for id_ in ids:
                await tx.one(sql.HOLD_OWNER, id=id_)
                await tx.run(sql.FAIL, id=id_)

        await self._database.transact(work)

    async def replace_recovery_code(self, made: Authenticator, code: Secret) -> None:
        async def work(tx: TenantTx) -> None:
            await tx.one(HOLD, user_key=made.user_key)
            await tx.run(sql.REMOVE_CODES, user_key=made.user_key)
            await self._add(tx, made, code)
            await note_kinds(tx, made.user_key)

        await self._database.transact(work)

    async def purge(self, before: datetime) -> int:
        return await purging.purge(self._database, sql.ENDING, ms(before) - 1)

    async def _take_over(self, user_key: int, at: datetime) -> None:
        """Make authenticators of what an import has brought along."""

        async def work(tx: TenantTx) -> None:
            await tx.one(HOLD, user_key=user_key)
            brought = await imported_factors.take(tx, self._vault, user_key)
            rows = await tx.all(sql.OF_USER, user_key=user_key, at=ms(at))
            owned = [self._authenticator(row) for row in rows]
            made = brought_factors.authenticators(
                imported_factors.new_ones(owned, brought),
                user_key,
                at,
                lambda: self._dice.letters(ID_CHARS),
            )
            for one in made:
                await self._add(tx, one, None)
            await note_kinds(tx, user_key)

        await self._database.transact(work)

    async def _add(self, tx: TenantTx, made: Authenticator, code: Secret | None) -> None:
        is_code = made.kind is Kind.RECOVERY_CODE and code is not None
        await tx.run(
            sql.ADD,
            id=made.id,
            user_key=made.user_key,
            kind=made.kind.value,
            name=made.name,
            target=made.target,
            seed=made.seed and self._vault.seal(made.seed, _context(made.id)),
            code_hash=digest(code) if is_code and code else None,
            pair=made.group,
            last_step=made.last_step,
            created_at=ms(made.created_at),
            confirmed_at=ms_or_none(made.confirmed_at),
            expires_at=ms_or_none(made.expires_at),
        )

    def _authenticator(self, row: Row) -> Authenticator:
        sealed = row[6]
        return Authenticator(
            id=row[0],
            user_key=row[1],
            kind=Kind(row[2]),
            created_at=time(row[3]),
            name=row[4],
            target=row[5],
            seed=None if sealed is None else self._vault.open(sealed, _context(row[0])),
            group=row[7],
            last_step=row[8],
            failures=row[9],
            confirmed_at=time_or_none(row[10]),
            last_used_at=time_or_none(row[11]),
            expires_at=time_or_none(row[12]),
        )


async def confirm_others(tx: TenantTx, user_key: int, id_: str, pair: str, at: int) -> None:
    """Confirm what goes together with an authenticator that was proved, and its recovery code.

    A recovery code that came with another enrolment is nobody's from now on: whoever began that
    one may have had the password alone.
    """
    await tx.run(sql.CONFIRM_PAIR, user_key=user_key, pair=pair, at=at)
    if await tx.run(sql.CONFIRM_CODE, user_key=user_key, id=id_, pair=pair, at=at):
        await tx.run(sql.REMOVE_OTHER_CODES, user_key=user_key)
    await note_kinds(tx, user_key)


async def note_kinds(tx: TenantTx, user_key: int, brought: Sequence[str] = ()) -> None:
    """Write down with the user what kinds are confirmed, or wait as they were brought along."""
    kinds = {kind for (kind,) in await tx.all(sql.KINDS, user_key=user_key)}
    await tx.run(sql.NOTE_KINDS, user_key=user_key, factors=" ".join(sorted({*kinds, *brought})))


def _context(id_: str) -> str:
    return f"authenticators/{id_}"
