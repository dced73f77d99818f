"""Passwords that people had, and the one way in which a password is replaced.

As in `ports/stores.py`, the store is bound to one tenant and a method is a transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateword.domain.secret import Secret
from gateword.values import dataclass


@dataclass(frozen=True, slots=True)
class OldPassword:
    """The hash of a password, and when it was last in use; None while it is still the one."""

    encoded: Secret
    replaced_at: datetime | None


class Passwords(Protocol):
    """Current and former password hashes of identities."""

    async def identity_key(
        self, user_key: int, connection_key: int, email: str | None = None
    ) -> int | None:
        """Return the number of a user's identity in that connection.

        A user may have several there, once accounts are linked: it is the one with this address
        (in normal form), else the first.
        """
        ...

    async def known(self, identity_key: int, limit: int) -> Sequence[OldPassword]:
        """Return the current hash and those before it, newest first."""
        ...

    async def change(
        self, user_key: int, encoded: Secret | None, at: datetime, *, identity_key: int, keep: int
    ) -> bool:
        """Replace the password of one identity of a user.

        All refresh tokens, opaque access tokens and links of the user end with it, and so do
        blocks after wrong passwords (Auth0: "Brute-force Protection"). Nor are the places any more
        known from which the user logged in: whoever had the old password was there too.

        Args:
            user_key: Whose.
            encoded: The new hash; None where the password is kept elsewhere.
            at: Now.
            identity_key: Which of the user's accounts.
            keep: How many former hashes are kept, the one that is replaced included.

        Returns:
            False when the user has no such identity (any more).
        """
        ...
