"""Passwords that people had, and the one way in which a password is replaced.

As in `ports/stores.py`, the store is bound to one tenant and a method is a transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateword.domain.secret import Secret


@dataclass(frozen=True, slots=True)
class OldPassword:
    """The hash of a password, and when it was last in use; None while it is still the one."""

    encoded: Secret
    replaced_at: datetime | None


class Passwords(Protocol):
    """Current and former password hashes of identities."""

    async def identity_key(self, user_key: int, connection_key: int) -> int | None:
        """Return the number of a user's identity in that connection."""
        ...

    async def known(self, identity_key: int, limit: int) -> Sequence[OldPassword]:
        """Return the current hash and those before it, newest first."""
        ...

    async def change(
        self, user_key: int, connection_key: int, encoded: Secret, at: datetime, *, keep: int
    ) -> bool:
        """Replace the password of a user's identity in that connection.

        All refresh tokens, opaque access tokens and links of the user end with it.

        Args:
            user_key: Whose.
            connection_key: In which directory.
            encoded: The new hash.
            at: Now.
            keep: How many former hashes are kept, the one that is replaced included.

        Returns:
            False when there is no such identity.
        """
        ...
