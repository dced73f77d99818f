"""Several secrets of one document, kept together as the one secret that a document may have."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from gateword.domain.secret import Secret
from gateword.ports.documents import Kept

T = TypeVar("T")


def opened(kept: Kept | None, empty: T, form: type[T]) -> T:
    """Return a document's secrets; `empty` when there are none."""
    if kept is None or kept.secret is None:
        return empty
    return msgspec.json.decode(kept.secret.reveal(), type=form)


def closed(secrets: Mapping[str, object]) -> Secret | None:
    """Return secrets as one; None when there are none."""
    return Secret(msgspec.json.encode(secrets).decode()) if secrets else None
