"""Several secrets of one document, kept together as the one secret that a document may have."""

from collections.abc import Mapping
from typing import TypeVar

from gateword.domain.secret import Secret
from gateword.policy import sealed
from gateword.ports.documents import Kept

T = TypeVar("T")


def opened(kept: Kept | None, empty: T, form: type[T]) -> T:
    """Return a document's secrets; `empty` when there are none."""
    return sealed.opened(kept.secret if kept else None, empty, form)


def closed(secrets: Mapping[str, object]) -> Secret | None:
    """Return secrets as one; None when there are none."""
    return sealed.closed(secrets)
