"""How the logins of a while ended, as numbers."""

from datetime import datetime

from gateword.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of the tries of one slot of time; a secret nobody looked at was no try.

    Attributes:
        slot: When it began.
        logins: Right secrets.
        failures: Wrong ones, and names of nobody.
        strangers: Names of nobody alone.
    """

    slot: datetime
    logins: int = 0
    failures: int = 0
    strangers: int = 0

    @property
    def tries(self) -> int:
        """All of them."""
        return self.logins + self.failures
