"""Roles: named sets of permissions, who has them, and what users may do at an API.

A permission is a pair: identifier of the API, value of the scope.
"""

from collections.abc import Collection, Sequence
from typing import Protocol, TypeAlias

from gateword.domain.resource_server import Role
from gateword.domain.user import User

Permissions: TypeAlias = Collection[tuple[str, str]]


class Roles(Protocol):
    """Roles, and what they and direct permissions give a user."""

    async def all(self) -> Sequence[Role]:
        """Return all roles by name."""
        ...

    async def by_id(self, role_id: str) -> Role | None: ...

    async def put(self, role: Role) -> None:
        """Create or replace by `name`, permissions included."""
        ...

    async def add(self, role: Role) -> bool:
        """Create; False, and nothing done, when the id or the name is taken."""
        ...

    async def rename(self, role: Role) -> bool:
        """Store name and description by `id`; False when the name is another's or it is gone."""
        ...

    async def remove(self, role_id: str) -> bool:
        """Delete a role; nobody has it any more. False when there is none."""
        ...

    async def permit(self, role_id: str, permissions: Permissions) -> bool:
        """Add permissions to a role; False when it does not exist."""
        ...

    async def forbid(self, role_id: str, permissions: Permissions) -> bool:
        """Take permissions from a role; False when it does not exist."""
        ...

    async def permissions_of(self, user_key: int, audience: str) -> frozenset[str]:
        """Return all permissions of a user at one API: direct ones and those of roles."""
        ...

    async def of_user(self, user_key: int) -> Sequence[Role]: ...

    async def names_of_user(self, user_key: int) -> Sequence[str]:
        """Return the names of the user's roles in order, at the cost of these alone."""
        ...

    async def assign(self, user_key: int, role_names: Sequence[str]) -> bool:
        """Give a user these roles as well; False (and nothing done) when one does not exist."""
        ...

    async def give(self, role_ids: Collection[str], user_keys: Collection[int]) -> bool:
        """Give each user each role as well; False (and nothing done) when one does not exist."""
        ...

    async def take(self, role_ids: Collection[str], user_keys: Collection[int]) -> None:
        """Take each role from each user who has it."""
        ...

    async def members(
        self, role_id: str, *, after: int = 0, start: int = 0, limit: int
    ) -> Sequence[User]:
        """Return those who have a role by ascending key.

        Args:
            role_id: The role.
            after: Only keys behind this one.
            start: How many of these are left out at the beginning.
            limit: Most users.
        """
        ...

    async def count_members(self, role_id: str) -> int: ...

    async def direct_permissions(self, user_key: int) -> frozenset[tuple[str, str]]:
        """Return the permissions that a user has without any role."""
        ...

    async def permit_user(self, user_key: int, permissions: Permissions) -> None:
        """Give a user permissions directly; a user who is gone gets none."""
        ...

    async def forbid_user(self, user_key: int, permissions: Permissions) -> None:
        """Take direct permissions from a user; those of roles stay."""
        ...
