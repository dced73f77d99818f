"""Tries that were no failures, and whose end could not be written."""

from datetime import datetime

from gateword.ports.attempts import Lease, Outcome
from gateword.storage import attempt_writes
from gateword.storage.tenant_database import TenantDatabase, TenantTx


class Unended:
    """What must be ended before another try begins.

    A database that takes a lease and then not its end, as a full one may, would turn right
    passwords into failures, one after another, until they shut the account.
    """

    def __init__(self, database: TenantDatabase) -> None:
        self._database = database
        self._leases: list[Lease] = []

    def note(self, lease: Lease) -> None:
        """Keep a try in mind."""
        if lease.id:
            self._leases.append(lease)

    async def end(self, at: datetime) -> None:
        """Give all of them back.

        Raises:
            Refused: STORE_UNREACHABLE; nobody is let in meanwhile.
        """
        if not self._leases:
            return
        leases, self._leases = self._leases, []

        async def work(tx: TenantTx) -> None:
            for lease in leases:
                await attempt_writes.settled(tx, lease, Outcome.VOID, at, remembers=False)

        try:
            await self._database.transact(work)
        except BaseException:
            self._leases += leases
            raise
