"""What a command works on."""

from collections.abc import Callable
from typing import Any, Protocol

from gateword.domain.tenant import Tenant
from gateword.ports.parts import Parts
from gateword.ports.stores import Tenants
from gateword.ports.token_stores import SigningKey
from gateword.settings import Settings
from gateword.values import dataclass


class Counters(Protocol):
    """A server that counts beside the database."""

    async def ask(self, *command: str) -> Any:
        """Return what a command answers; None when the server is away."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One tenant, opened for a command.

    Attributes:
        tenants: All of the installation.
        parts: The tenant's.
        new_signing_key: Makes a key in a state (`current`, `next`).
        counters: The server of the setting `valkey_url`; None when the database counts.
    """

    settings: Settings
    tenant: Tenant
    tenants: Tenants
    parts: Parts
    new_signing_key: Callable[[str], SigningKey]
    counters: Counters | None = None
