"""The toolbox that every plug and every step is given, bound to one tenant."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateword.ports.clock import Clock, Dice
from gateword.ports.crypto import Hasher, Signer, TokenVerifier
from gateword.ports.realm import Realm
from gateword.ports.stores import (
    ClientGrants,
    Clients,
    Connections,
    Logs,
    ResourceServers,
    Roles,
    TenantSettings,
    Users,
)
from gateword.ports.token_stores import SigningKeys, Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Every store of one tenant."""

    settings: TenantSettings
    clients: Clients
    connections: Connections
    resource_servers: ResourceServers
    client_grants: ClientGrants
    roles: Roles
    users: Users
    tokens: Tokens
    signing_keys: SigningKeys
    logs: Logs


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Stores, crypto, time and chance of one tenant.

    Attributes:
        grant_types: What the token endpoint answers, by the registry.
    """

    stores: Stores
    hasher: Hasher
    signer: Signer
    verifier: TokenVerifier
    clock: Clock
    dice: Dice
    grant_types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugs:
    """The plug families, built once at start.

    Attributes:
        realms: Strategy name to realm.
    """

    realms: Mapping[str, Realm]
