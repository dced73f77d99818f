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
