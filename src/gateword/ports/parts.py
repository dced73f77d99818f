"""The toolbox that every plug and every step is given, bound to one tenant."""

from collections.abc import Mapping, Sequence

from gateword.domain.mfa import Kind
from gateword.ports.attempts import Attempts
from gateword.ports.breaches import Breaches
from gateword.ports.census import Census
from gateword.ports.clock import Clock, Dice
from gateword.ports.connections import Connections
from gateword.ports.crypto import DeviceKeys, Hasher, Signer, Stamp, TokenVerifier
from gateword.ports.documents import Documents
from gateword.ports.factor import Factor
from gateword.ports.familiar import Familiar
from gateword.ports.families import Families
from gateword.ports.geography import Geography
from gateword.ports.logins import Logins
from gateword.ports.mfa import Authenticators, Challenges, HalfLogins, Proofs
from gateword.ports.passwords import Passwords
from gateword.ports.protection import Protections
from gateword.ports.queues import Cursors, Jobs, Outbox, Tickets
from gateword.ports.realm import Realm
from gateword.ports.roles import Roles
from gateword.ports.scripts import Scripts
from gateword.ports.shield import Shield
from gateword.ports.stores import (
    ClientGrants,
    Clients,
    Logs,
    ResourceServers,
    TenantSettings,
)
from gateword.ports.tallies import Tallies
from gateword.ports.token_stores import SigningKeyMaker, SigningKeys, Tokens
from gateword.ports.user_import import UserImports
from gateword.ports.users import Users
from gateword.values import dataclass, field


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
    passwords: Passwords
    tokens: Tokens
    families: Families
    signing_keys: SigningKeys
    logs: Logs
    documents: Documents
    jobs: Jobs
    tickets: Tickets
    outbox: Outbox
    cursors: Cursors
    user_imports: UserImports
    attempts: Attempts
    logins: Logins
    census: Census
    protection: Protections
    tallies: Tallies
    authenticators: Authenticators
    half_logins: HalfLogins
    challenges: Challenges
    proofs: Proofs
    familiar: Familiar


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Stores, crypto, time and chance of one tenant.

    Attributes:
        grant_types: What the token endpoint answers, by the registry.
        geography: Where addresses are; None where nobody knows.
    """

    stores: Stores
    hasher: Hasher
    signer: Signer
    verifier: TokenVerifier
    device_keys: DeviceKeys
    stamp: Stamp
    key_maker: SigningKeyMaker
    clock: Clock
    dice: Dice
    breaches: Breaches
    scripts: Scripts
    grant_types: frozenset[str] = frozenset()
    geography: Geography | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugs:
    """The plug families, built once at start.

    Attributes:
        realms: Strategy name to realm.
        shields: In the order in which they refuse.
        factors: What second factors of a kind do.
    """

    realms: Mapping[str, Realm]
    shields: Sequence[Shield] = ()
    factors: Mapping[Kind, Factor] = field(default_factory=dict)
