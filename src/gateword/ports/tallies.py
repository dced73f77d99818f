"""How all logins of a tenant end, counted for alarms; asking costs the login no query."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateword.domain.tally import Tally
from gateword.ports.attempts import Outcome


class Tallies(Protocol):
    """The numbers of one tenant: counted in this process, added up for all of them by `flush`.

    Attributes:
        is_alarmed: The tenant is under attack, as far as this process has heard.
    """

    is_alarmed: bool

    def note(
        self, outcome: Outcome, client_id: str, place: str, *, told_by_client: bool, at: datetime
    ) -> None:
        """Count how a try ended, in memory; VOID ends nothing.

        Args:
            outcome: How it ended.
            client_id: The application.
            place: Address group of the end user.
            told_by_client: The application named the address.
            at: Now.
        """
        ...

    async def flush(self) -> None:
        """Add what was counted since to what is stored."""
        ...

    async def read(self, since: datetime) -> Sequence[Tally]:
        """Return what is stored of slots that began at that time or later, oldest first."""
        ...

    def crowded(self) -> Sequence[str]:
        """Return the applications whose new addresses were an attack's since this was last asked.

        It is what this process saw: 1,000 applications and 1,000 addresses of each at most. Of
        more, those seen longest ago are forgotten, and new again when they return.
        """
        ...

    async def purge(self, before: datetime) -> int:
        """Delete slots that began before that time; return how many."""
        ...
