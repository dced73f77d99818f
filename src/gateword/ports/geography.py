"""Where addresses are."""

from typing import Protocol

from gateword.domain.risk import Location


class Geography(Protocol):
    """A geo database."""

    def locate(self, ip: str) -> Location:
        """Return where an address is; all that is not known is empty."""
        ...
