"""A tenant's attack protection, ready to act."""

from typing import Protocol

from gateword.domain.protection import Protection


class Protections(Protocol):
    """The settings of attack protection, cached like clients."""

    async def get(self) -> Protection: ...
