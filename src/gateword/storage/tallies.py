"""How logins end, counted in memory and added up in SQL (port `Tallies`)."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from gateword.domain.tally import Tally
from gateword.policy.alarm import SLOT
from gateword.ports.attempts import Outcome
from gateword.storage.columns import ms, time
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx
from gateword.storage.told_addresses import ToldAddresses

_Counted: TypeAlias = Counter[tuple[int, Outcome]]
"""By slot, in unix milliseconds, and outcome: how often."""

_OUTCOMES: Final = (Outcome.RIGHT, Outcome.WRONG, Outcome.UNKNOWN)
_MINUTE_MS: Final = 60_000
_SLOT_MS: Final = SLOT // timedelta(milliseconds=1)
_ADD: Final = Statement("""
    INSERT INTO tallies (tenant, slot, logins, failures, strangers)
    VALUES (:tenant, :slot, :logins, :failures, :strangers)
    ON CONFLICT (tenant, slot) DO UPDATE SET
        logins = tallies.logins + excluded.logins,
        failures = tallies.failures + excluded.failures,
        strangers = tallies.strangers + excluded.strangers
""")
_READ: Final = Statement("""
    SELECT slot, logins, failures, strangers FROM tallies
    WHERE tenant = :tenant AND slot >= :since ORDER BY slot
""")
_PURGE: Final = Statement("DELETE FROM tallies WHERE tenant = :tenant AND slot < :before")


class SqlTallies:
    """The numbers of one tenant."""

    def __init__(self, database: TenantDatabase) -> None:
        self.is_alarmed = False
        self._database = database
        self._counted: _Counted = Counter()
        self._told = ToldAddresses()

    def note(
        self, outcome: Outcome, client_id: str, place: str, *, told_by_client: bool, at: datetime
    ) -> None:
        if outcome is Outcome.VOID:
            return
        has_failed = outcome is not Outcome.RIGHT
        self._counted[ms(at) // _SLOT_MS * _SLOT_MS, outcome] += 1
        if told_by_client:
            self._told.note(client_id, place, ms(at) // _MINUTE_MS, has_failed=has_failed)

    async def flush(self) -> None:
        counted, self._counted = self._counted, Counter()
        if not counted:
            return
        try:
            await self._store(counted)
        except BaseException:
            self._counted.update(counted)
            raise

    async def read(self, since: datetime) -> Sequence[Tally]:
        return [
            Tally(slot=time(slot), logins=logins, failures=failures, strangers=strangers)
            for slot, logins, failures, strangers in await self._database.all(
                _READ, since=ms(since)
            )
        ]

    def crowded(self) -> Sequence[str]:
        return self._told.crowded()

    async def purge(self, before: datetime) -> int:
        async def work(tx: TenantTx) -> int:
            return await tx.run(_PURGE, before=ms(before))

        return await self._database.transact(work)

    async def _store(self, counted: _Counted) -> None:
        async def work(tx: TenantTx) -> None:
            # In one order, so that no two processes wait crosswise.
            for slot in sorted({slot for slot, _ in counted}):
                right, wrong, strangers = (counted[slot, outcome] for outcome in _OUTCOMES)
                await tx.run(
                    _ADD, slot=slot, logins=right, failures=wrong + strangers, strangers=strangers
                )

        await self._database.transact(work)
