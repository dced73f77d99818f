"""What a server does by itself while it runs."""

from typing import ClassVar, Protocol

from gateword.ports.parts import Parts


class Chore(Protocol):
    """Something that is done again and again, for each tenant.

    Attributes:
        name: For the log.
        every_s: Seconds from the end of one round to the begin of the next.
    """

    name: ClassVar[str]

    @property
    def every_s(self) -> float: ...

    async def run(self, parts: Parts) -> None:
        """Do what is due now. A failure is logged, and the next round comes all the same."""
        ...
