"""A tenant's configuration in memory: as it is, and as the file would make it."""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from gateword.domain.client import Client
from gateword.domain.connection import Connection
from gateword.domain.resource_server import ClientGrant, ResourceServer, Role
from gateword.domain.tenant import Tenant
from gateword.policy import (
    action_document,
    attack_protection,
    email_template,
    guardian_document,
    log_stream_document,
    mfa_settings,
    rule_document,
    script_settings,
)
from gateword.policy.members import did_you_mean
from gateword.policy.timestamp import written
from gateword.ports.clock import Dice
from gateword.ports.documents import Kept
from gateword.ports.parts import Parts
from gateword.provision.changes import Change, compared
from gateword.values import dataclass, field

GrantKey: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class KeptWrite:
    """A document to be stored."""

    kind: str
    kept: Kept


Write: TypeAlias = Client | Connection | ResourceServer | ClientGrant | Role | Tenant | KeptWrite
RULES_CONFIG: Final = "rules_config"
_MANAGEMENT_PATH: Final = "/api/v2/"
KINDS: Final = (
    rule_document.KIND, RULES_CONFIG, action_document.KIND, action_document.BINDINGS_KIND,
    attack_protection.KIND, guardian_document.KIND, log_stream_document.KIND,
    email_template.KIND, script_settings.KIND, mfa_settings.KIND,
)  # fmt: skip
"""Kinds of documents that a file may hold."""


@dataclass(slots=True, kw_only=True)
class Draft:
    """What the stores would hold after the changes noted so far.

    Attributes:
        clients: By client id.
        connections: By name.
        apis: By identifier.
        grants: By client id, audience and subject type.
        roles: By name.
        at: Time of the changes, in Auth0's form.
        documents: By kind, then by id.
        grant_types: What the token endpoint answers.
        changes: What each thing of the file comes to.
        writes: What must be stored, in the order of storing.
    """

    tenant: Tenant
    clients: dict[str, Client]
    connections: dict[str, Connection]
    apis: dict[str, ResourceServer]
    grants: dict[GrantKey, ClientGrant]
    roles: dict[str, Role]
    dice: Dice
    at: str = ""
    documents: dict[str, dict[str, Kept]] = field(default_factory=dict)
    grant_types: frozenset[str] = frozenset()
    changes: list[Change] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)

    def clients_called(self, name: str) -> Sequence[Client]:
        """Return the clients with that name; names need not be unique."""
        return [client for client in self.clients.values() if client.name == name]

    def api_meant(self, identifier: str) -> str:
        """Return a hint for an identifier that is not there; a Management API means our own."""
        if identifier.endswith(_MANAGEMENT_PATH):
            return f"; did you mean {self.tenant.management_audience}?"
        return did_you_mean(identifier, self.apis)

    def note(
        self,
        write: Write,
        kind: str,
        name: str,
        before: Mapping[str, object] | None,
        after: Mapping[str, object],
    ) -> None:
        """Note what a thing of the file comes to, and store it if it differs."""
        change = compared(kind, name, before, after)
        self.changes.append(change)
        if change.action != "unchanged":
            self.writes.append(write)


async def drawn(parts: Parts) -> Draft:
    """Return a draft of what the stores hold now."""
    stores = parts.stores
    return Draft(
        grant_types=parts.grant_types,
        tenant=await stores.settings.get(),
        clients={one.client_id: one for one in await stores.clients.all()},
        connections={one.name: one for one in await stores.connections.all()},
        apis={one.identifier: one for one in await stores.resource_servers.all()},
        grants={
            (one.client_id, one.audience, one.subject_type): one
            for one in await stores.client_grants.all()
        },
        roles={one.name: one for one in await stores.roles.all()},
        documents={
            kind: {one.id: one for one in await stores.documents.all(kind)} for kind in KINDS
        },
        dice=parts.dice,
        at=written(parts.clock.now()),
    )
