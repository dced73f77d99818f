"""What tries have come to over all subjects and addresses: people look at it and lift it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateword.ports.attempts import Failures


class Census(Protocol):
    """The counters of one tenant, as a whole; nothing of a login waits for it."""

    async def failing(
        self, least: int, most: int, *, place: str | None = None
    ) -> Sequence[tuple[Failures, int | None]]:
        """Return counters of failures, the latest first, and whose they are; None is nobody's.

        Args:
            least: Failures of each.
            most: Counters.
            place: Address group that they are of; None looks at all.
        """
        ...

    async def names_at(self, place: str, since: datetime, most: int) -> int:
        """Return how many names failed at an address group after a time; it is counted so far."""
        ...

    async def crowded(self, least: int, since: datetime, most: int) -> Sequence[str]:
        """Return the address groups at which so many names failed, those that failed last first.

        Args:
            least: Names, of users and of nobody, in all directories.
            since: Each failed after it.
            most: Address groups.
        """
        ...

    async def disperse(self, place: str, under: int | None) -> int:
        """Forget the names that failed at an address group; return how many.

        Args:
            place: The address group; what was counted over all addresses stays.
            under: Users with so many failures there keep them; None forgets theirs too.
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
