"""Configuration that is kept as it came: one store for nouns that the stores do not look into."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from gateword.domain.secret import Secret
from gateword.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One document.

    Attributes:
        id: Unique among the documents of its kind.
        name: Unique among the documents of its kind, if it has one.
        position: Order among the documents of its kind, unique, if it has one.
        document: What was kept.
        secret: Encrypted where it is stored; None when there is none.
    """

    id: str
    document: Mapping[str, object]
    name: str | None = None
    position: int | None = None
    secret: Secret | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class Documents(Protocol):
    """Documents by kind (`rule`, `rules_config`, `action`, …), cached like clients."""

    async def get(self, kind: str, id_: str) -> Kept | None: ...

    async def all(self, kind: str) -> Sequence[Kept]:
        """Return the documents of a kind by position, then by id."""
        ...

    async def add(self, kind: str, kept: Kept, at: datetime) -> bool:
        """Create; False, and nothing done, when the id, name or position is taken."""
        ...

    async def put(self, kind: str, kept: Kept, at: datetime) -> bool:
        """Create or replace by id; False, and nothing done, when name or position is another's."""
        ...

    async def edit(
        self, kind: str, made: Callable[[Mapping[str, Kept]], Kept], at: datetime
    ) -> Kept:
        """Create or replace the document that is made of all of a kind, by id, as they are now.

        Reading and writing are one transaction that no other change of the tenant's configuration
        comes between; whatever `made` raises undoes it.
        """
        ...

    async def rearrange(
        self, kind: str, made: Callable[[Mapping[str, Kept]], Sequence[Kept]], at: datetime
    ) -> None:
        """Replace those documents of a kind that `made` returns, in one transaction like `edit`.

        They may take each other's positions. `made` returns only what is there.
        """
        ...

    async def remove(self, kind: str, id_: str) -> bool: ...
