"""Places and devices from which a user's logins were complete."""

from datetime import datetime
from typing import Protocol

from gateword.domain.risk import Risk, Seen


class Familiar(Protocol):
    """What one tenant's users are known by."""

    async def seen(self, user_key: int, place: str, device: str | None, at: datetime) -> Seen:
        """Return what is known; one read."""
        ...

    async def learn(self, risk: Risk, at: datetime) -> None:
        """Make the place and the device of a complete login the user's own; one transaction."""
        ...

    async def purge(self, at: datetime) -> int:
        """Delete devices that count no more; return how many. Places go with the attempts."""
        ...
