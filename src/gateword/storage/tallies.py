"""How logins end, counted in memory and added up in SQL (port `Tallies`)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from gateword.domain.tally import Tally
from gateword.policy.alarm import slot_of
from gateword.ports.attempts import Outcome
from gateword.storage.columns import ms, time
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx
from gateword.storage.told_addresses import ToldAddresses

_MINUTE_MS: Final = 60_000
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
        self._counted: dict[datetime, Tally] = {}
        self._told = ToldAddresses()

    def note(
        self, outcome: Outcome, client_id: str, place: str, *, told_by_client: bool, at: datetime
    ) -> None:
        if outcome is Outcome.VOID:
            return
        has_failed = outcome is not Outcome.RIGHT
        self._add(
            Tally(
                slot=slot_of(at),
                logins=int(not has_failed),
                failures=int(has_failed),
                strangers=int(outcome is Outcome.UNKNOWN),
            )
        )
        if told_by_client:
            self._told.note(client_id, place, ms(at) // _MINUTE_MS, has_failed=has_failed)

    async def flush(self) -> None:
        counted, self._counted = self._counted, {}
        if not counted:
            return
        try:
            await self._store(counted)
        except BaseException:
            for tally in counted.values():
                self._add(tally)
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

    def _add(self, more: Tally) -> None:
        known = self._counted.get(more.slot, Tally(slot=more.slot))
        self._counted[more.slot] = replace(
            known,
            logins=known.logins + more.logins,
            failures=known.failures + more.failures,
            strangers=known.strangers + more.strangers,
        )

    async def _store(self, counted: Mapping[datetime, Tally]) -> None:
        async def work(tx: TenantTx) -> None:
            for slot in sorted(counted):  # in one order, so that no two processes wait crosswise
                tally = counted[slot]
                await tx.run(
                    _ADD,
                    slot=ms(slot),
                    logins=tally.logins,
                    failures=tally.failures,
                    strangers=tally.strangers,
                )

        await self._database.transact(work)
