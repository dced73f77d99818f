"""A hasher that knows whether the password it is shown was let in by the gate (promise G8)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from gateword.domain.secret import Secret
from gateword.ports.crypto import Hasher
from gateword.storage.engine import Database
from gateword.storage.statement import Statement

LEASES: Final = Statement("SELECT COUNT(*) FROM leases WHERE tenant = :tenant")


@dataclass(slots=True)
class Watch:
    """What was seen.

    Attributes:
        unleased: How often a password was looked at while nobody had reserved a try.
    """

    unleased: int = 0


@dataclass(slots=True)
class LeaseWatch:
    """The hasher of one tenant, over the one that all share.

    Attributes:
        database: Of the installation; not the one that counts what it hears.
    """

    real: Hasher
    database: Callable[[], Database]
    tenant: int
    watch: Watch = field(default_factory=Watch)

    def check_queue(self) -> None:
        """Ask the real one."""
        self.real.check_queue()

    async def hash(self, password: Secret) -> Secret:
        """Ask the real one."""
        return await self.real.hash(password)

    async def verify(
        self, password: Secret, encoded: Secret | None, kinds: Mapping[str, int] | None = None
    ) -> bool:
        """Ask the real one, and note it when no try is under way."""
        row = await self.database().one(LEASES, tenant=self.tenant)
        if row is None or row[0] == 0:
            self.watch.unleased += 1
        return await self.real.verify(password, encoded, kinds)

    def decoy(self, name: str, kinds: Mapping[str, int]) -> Secret:
        """Ask the real one."""
        return self.real.decoy(name, kinds)

    def is_outdated(self, encoded: Secret) -> bool:
        """Ask the real one."""
        return self.real.is_outdated(encoded)

    def recognises(self, encoded: Secret) -> bool:
        """Ask the real one."""
        return self.real.recognises(encoded)
