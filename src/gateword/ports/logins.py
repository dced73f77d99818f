"""Logins that were right: the try is settled and the login counted, both or neither."""

from datetime import datetime
from typing import Protocol

from gateword.domain.user import User
from gateword.ports.attempts import Lease


class Logins(Protocol):
    """The logins of one tenant's users."""

    async def record(
        self, lease: Lease, user_key: int, ip: str, at: datetime, *, remembers: bool
    ) -> User | None:
        """Settle a right try, count it as a login of the user, and return the user with it.

        In force at once; durable with the next write that is, so before the ask is answered: its
        row of the log follows.

        Args:
            lease: The try.
            user_key: Number of the user who was found.
            ip: Address of the end user.
            at: Now.
            remembers: The place becomes one of the user's.

        Returns:
            None when the user is gone.
        """
        ...

    async def uncount(
        self, user_key: int, at: datetime, before: tuple[datetime | None, str | None]
    ) -> None:
        """Take a login back that has not come to an end: it is counted when it has.

        Args:
            user_key: Number of the user.
            at: When it was counted; another one since then stays the last.
            before: Time and address of the login before.
        """
        ...

    async def count(self, user_key: int, ip: str, at: datetime) -> User | None:
        """Count a login of the user, and return the user with it; None when they are gone."""
        ...
