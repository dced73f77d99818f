"""What a command works on."""

from collections.abc import Callable
from dataclasses import dataclass

from gateword.domain.tenant import Tenant
from gateword.ports.parts import Parts
from gateword.ports.stores import Tenants
from gateword.ports.token_stores import SigningKey
from gateword.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One tenant, opened for a command.

    Attributes:
        tenants: All of the installation.
        parts: The tenant's.
        new_signing_key: Makes a key in a state (`current`, `next`).
    """

    settings: Settings
    tenant: Tenant
    tenants: Tenants
    parts: Parts
    new_signing_key: Callable[[str], SigningKey]
