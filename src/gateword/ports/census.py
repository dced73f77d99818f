"""What tries have come to over all subjects and addresses, for people who look at it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateword.ports.attempts import Failures


class Census(Protocol):
    """The counters of one tenant, read as a whole; nothing of a login waits for it."""

    async def failing(self, least: int, most: int) -> Sequence[tuple[Failures, int | None]]:
        """Return counters of failures, the latest first, and whose they are; None is nobody's.

        Args:
            least: Failures of each.
            most: Counters.
        """
        ...

    async def due(
        self, prefix: str, over_ms: int, at: datetime, most: int
    ) -> Sequence[tuple[str, int]]:
        """Return buckets by key, the emptiest first, with the milliseconds until each is full.

        Only those that the database counts; a server of counters beside it is not asked.

        Args:
            prefix: Their keys begin so.
            over_ms: They need longer.
            at: Now.
            most: Buckets.
        """
        ...
