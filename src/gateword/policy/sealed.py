"""Several secrets that are kept together as one.

Rule 1: pure.
"""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from gateword.domain.secret import Secret

T = TypeVar("T")


def opened(secret: Secret | None, empty: T, form: type[T]) -> T:
    """Return the secrets; `empty` when there are none."""
    return empty if secret is None else msgspec.json.decode(secret.reveal(), type=form)


def closed(secrets: Mapping[str, object]) -> Secret | None:
    """Return secrets as one; None when there are none."""
    return Secret(msgspec.json.encode(secrets).decode()) if secrets else None
