"""Several secrets of one document, kept together as the one secret that a document may have."""

from collections.abc import Mapping

import msgspec

from gateword.domain.secret import Secret
from gateword.ports.documents import Kept


def opened(kept: Kept | None) -> Mapping[str, str]:
    """Return a document's secrets by name; empty when there are none."""
    if kept is None or kept.secret is None:
        return {}
    return msgspec.json.decode(kept.secret.reveal(), type=dict[str, str])


def closed(secrets: Mapping[str, str]) -> Secret | None:
    """Return secrets by name as one; None when there are none."""
    return Secret(msgspec.json.encode(secrets).decode()) if secrets else None
