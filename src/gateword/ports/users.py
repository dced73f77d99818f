"""People and their identities, as they are kept.

As in `ports/stores.py`, the store is bound to one tenant and a method is a transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum, unique
from typing import Protocol

from gateword.domain.connection import Connection
from gateword.domain.query import Query
from gateword.domain.secret import Secret
from gateword.domain.user import Account, Identity, NewUser, User


@unique
class Unchanged(Enum):
    """Why a user was not changed."""

    GONE = "gone"
    """There is no such user."""
    TAKEN = "taken"
    """A login name is somebody else's in that connection."""


class Users(Protocol):
    """People and their identities."""

    async def account(
        self, connection_key: int, names: Sequence[tuple[str, str]]
    ) -> Account | None:
        """Return the account of the first (kind, normal form) that fits.

        Args:
            connection_key: The directory.
            names: (`email` | `username` | `phone`, normal form), in order of preference, each
                kind once.
        """
        ...

    async def hash_kinds(self, connection_key: int) -> Mapping[str, int]:
        """Return how a sample of the directory's hashes begin, up to their cost, with counts.

        May be a minute old: it shapes only what unknown names are checked against.
        """
        ...

    async def by_id(self, user_id: str) -> User | None: ...

    async def by_identity(self, connection_key: int, local_id: str) -> User | None:
        """Return the (primary) user of the identity that a directory knows by an id."""
        ...

    async def by_key(self, user_key: int) -> User | None: ...

    async def add(self, new: NewUser, connection: Connection, at: datetime) -> User | None:
        """Create a user; None when a login name or the id is taken in that connection."""
        ...

    async def save(self, user: User, at: datetime) -> bool:
        """Store profile, flags, metadata and login names of an existing user.

        Passwords and identities stay as they are; changed login names become those of the
        primary identity.

        Returns:
            False, and nothing done, when a login name is taken in that connection or the user
            is gone.
        """
        ...

    async def remove(self, user_id: str) -> bool:
        """Delete a user with everything that is theirs; False when there is none.

        Refresh tokens stay until they are purged, without the user's id, so that who presents
        one learns that the user is gone; access tokens count as revoked.
        """
        ...

    async def replace_hash(self, identity_key: int, old: Secret, new: Secret) -> None:
        """Swap an outdated hash for a new one of the same password, unless it changed meanwhile."""
        ...

    async def first_hash(self, identity_key: int, new: Secret) -> None:
        """Give an account without a password its first hash; one that has one keeps it."""
        ...

    async def password_hash(self, user_key: int, connection_key: int) -> Secret | None: ...

    async def page(self, *, connection_key: int | None, after: int, limit: int) -> Sequence[User]:
        """Return users by ascending key, those behind `after` first."""
        ...

    async def search(self, query: Query, *, order: str, start: int, limit: int) -> Sequence[User]:
        """Return the users that fit a query.

        Args:
            query: Which.
            order: `field:1` or `field:-1`; equal ones follow by age.
            start: How many are left out.
            limit: Most users.

        Raises:
            QueryError: A field cannot be searched or sorted by, or a value is none of its kind.
            Refused: SEARCH_TOO_SLOW.
        """
        ...

    async def count(self, query: Query) -> int:
        """Return how many users fit a query; raises as `search` does."""
        ...

    async def with_email(self, email: str) -> Sequence[User]:
        """Return the users with that address, whatever their connection, oldest first."""
        ...

    async def change(
        self, user_id: str, changed: Callable[[User], User], at: datetime
    ) -> User | Unchanged:
        """Store what `changed` makes of a user, while nobody else can change that user.

        Login names of the primary identity are those of the user, those of others stand in
        their profiles. An exception of `changed` takes everything back.
        """
        ...

    async def link(
        self,
        user_id: str,
        other_id: str,
        profile: Callable[[User], Mapping[str, object]],
        at: datetime,
    ) -> User | None:
        """Move all identities of another user to this one; the other user is gone then.

        Args:
            user_id: Who gets them.
            other_id: Whose they are.
            profile: Makes of the other user what the first of these identities keeps.
            at: Now.

        Returns:
            The user; None, and nothing done, when one of both does not exist.
        """
        ...

    async def unlink(
        self,
        user_id: str,
        provider: str,
        local_id: str,
        alone: Callable[[Identity], NewUser],
        at: datetime,
    ) -> User | None:
        """Make a linked identity a user again.

        Args:
            user_id: From whom it is taken.
            provider: Of the identity.
            local_id: Of the identity.
            alone: Makes of the identity the user that it becomes.
            at: Now.

        Returns:
            The user who is left; None, and nothing done, when there is no such linked identity.
        """
        ...
