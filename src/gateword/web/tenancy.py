"""Which tenant a request is for, by its Host; and what serves it."""

from collections.abc import Mapping
from typing import Protocol

from gateword.domain.tenant import Tenant
from gateword.ports.grant import Grant
from gateword.ports.parts import Parts, Plugs
from gateword.ports.token_stores import SigningKey
from gateword.values import dataclass


class KeyDocuments(Protocol):
    """Renders public keys; the crypto room does it."""

    def jwk(self, key: SigningKey) -> Mapping[str, object]:
        """Return one member of the key set (RFC 7517), with its certificate."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenancy:
    """One tenant, ready to be asked."""

    parts: Parts
    grants: Mapping[str, Grant]
    plugs: Plugs
    key_documents: KeyDocuments

    async def tenant(self) -> Tenant:
        """Return the tenant's settings as they are now."""
        return await self.parts.stores.settings.get()


class Tenancies(Protocol):
    """All tenants of the process."""

    async def at(self, host: str) -> Tenancy:
        """Return the tenant that answers to a Host.

        Raises:
            Refused: MISDIRECTED when there are several tenants and none has that domain.
        """
        ...

    async def is_ready(self) -> bool:
        """Say whether the database answers."""
        ...

    async def readiness(self) -> Mapping[str, bool]:
        """Say of everything that grants need whether it is there."""
        ...
