"""Families of refresh tokens as those see them who look after users: live logins that can end.

As in `ports/stores.py`, the store is bound to one tenant and a method is a transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateword.domain.token import RefreshFamily, UserGrant
from gateword.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Which families are meant; None is any.

    Attributes:
        audience: API of the tokens; empty for those without one.
        rotating: How their newest token was issued.
    """

    user_key: int | None = None
    client_id: str | None = None
    audience: str | None = None
    rotating: bool | None = None


class Families(Protocol):
    """Families that are neither revoked nor expired."""

    async def live(
        self, whose: Whose, at: datetime, *, after: int = 0, start: int = 0, limit: int
    ) -> Sequence[RefreshFamily]:
        """Return families by ascending key, those behind `after`, without the first `start`."""
        ...

    async def count(self, whose: Whose, at: datetime) -> int: ...

    async def grants(
        self, whose: Whose, at: datetime, *, start: int, limit: int
    ) -> Sequence[UserGrant]:
        """Return what these families come to, by user, client and API; the oldest first."""
        ...

    async def count_grants(self, whose: Whose, at: datetime) -> int: ...

    async def get(self, key: int, at: datetime) -> RefreshFamily | None: ...

    async def end(self, whose: Whose, at: datetime) -> int:
        """End families; return how many."""
        ...

    async def end_by(self, key: int, until: datetime) -> bool:
        """Bring a family's end forward; False when it ends by then anyway."""
        ...

    async def note_factor(self, key: int, at: datetime) -> None:
        """Note that a second factor was shown for a family."""
        ...

    async def end_one(self, key: int, at: datetime) -> bool:
        """End a family; False when there is no live one."""
        ...
