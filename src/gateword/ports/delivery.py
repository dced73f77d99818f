"""How letters leave the house."""

from typing import Protocol

from gateword.ports.queues import Letter


class Undeliverable(Exception):
    """A letter did not go out; the message says why and holds no secret.

    Attributes:
        is_final: Trying again will not help.
    """

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


class Courier(Protocol):
    """Delivers letters."""

    async def deliver(self, letter: Letter) -> None:
        """Hand a letter over.

        Raises:
            Undeliverable: It was not taken.
        """
        ...
