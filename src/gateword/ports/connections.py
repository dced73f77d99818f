"""Connections: the directories of a tenant, and who owns which realm name."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from gateword.domain.connection import Connection


class RealmTaken(Exception):
    """Another connection owns one of the realms; nothing was done."""


class Connections(Protocol):
    """Directories, cached like clients."""

    async def named(self, name: str) -> Connection | None: ...

    async def by_id(self, connection_id: str) -> Connection | None: ...

    async def owning_realm(self, realm: str) -> Connection | None: ...

    async def all(self) -> Sequence[Connection]:
        """Return all connections, oldest first."""
        ...

    async def put(self, connection: Connection, at: datetime) -> bool:
        """Create or replace by `name` (`key` 0 when new); False when a realm is taken."""
        ...

    async def add(self, connection: Connection, at: datetime) -> Connection | None:
        """Create and return it as it is stored; None when the name is taken.

        Raises:
            RealmTaken: Nothing was done.
        """
        ...

    async def change(
        self, connection_id: str, how: Callable[[Connection], Connection], at: datetime
    ) -> Connection | None:
        """Change in one transaction and return it as it is stored; None when it is gone.

        Args:
            connection_id: Its id.
            how: Returns the changed connection; what it raises takes the transaction back.
            at: Time of the change.

        Raises:
            RealmTaken: Nothing was done.
        """
        ...

    async def remove_users(self, connection_id: str, most: int) -> int:
        """Delete up to `most` users who live there, as `Users.remove` does; return how many."""
        ...

    async def remove(self, connection_id: str) -> bool:
        """Delete a connection with all users who live there; False when there is none.

        A user who only linked an account of it loses that account.
        """
        ...
