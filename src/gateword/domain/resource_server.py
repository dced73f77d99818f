"""Resource servers (APIs that accept our tokens), client grants, roles."""

from collections.abc import Mapping

from gateword.domain.secret import Secret
from gateword.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceServer:
    """An API.

    Attributes:
        id: 24 hex characters.
        identifier: The audience on the wire.
        name: Name people gave it.
        scopes: Values in the order of their definition, each with its description.
        signing_alg: RS256, PS256 or HS256.
        signing_secret: Key for HS256.
        token_lifetime_s: Lifetime of access tokens.
        allow_offline_access: Refresh tokens may be issued for it.
        enforce_policies: RBAC: granted scopes are cut to the user's permissions.
        token_dialect: Shape of its access tokens; the `_authz` ones carry `permissions`.
        user_policy: allow_all, require_client_grant or deny_all, for users' tokens.
        client_policy: require_client_grant, allow_all or deny_all, for machines' tokens.
        is_system: The Management API, which cannot be deleted.
        implied: Members that nobody has set; they act with their default and are not shown.
        document: Other members in Auth0's shape, stored and returned unchanged.
    """

    id: str
    identifier: str
    name: str
    scopes: Mapping[str, str] = field(default_factory=dict)
    signing_alg: str = "RS256"
    signing_secret: Secret | None = None
    token_lifetime_s: int = 86400
    allow_offline_access: bool = False
    enforce_policies: bool = False
    token_dialect: str = "access_token"
    user_policy: str = "allow_all"
    client_policy: str = "require_client_grant"
    is_system: bool = False
    implied: frozenset[str] = frozenset()
    document: Mapping[str, object] = field(default_factory=dict)

    @property
    def carries_permissions(self) -> bool:
        """Whether access tokens list all of the user's permissions (needs RBAC as well)."""
        return self.enforce_policies and self.token_dialect.endswith("_authz")

    @property
    def is_rfc9068(self) -> bool:
        """Whether access tokens follow RFC 9068 instead of Auth0's own profile."""
        return self.token_dialect.startswith("rfc9068")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientGrant:
    """Scopes that a client has at an API, by itself (`client`) or for its users (`user`)."""

    id: str
    client_id: str
    audience: str
    scope: tuple[str, ...] = ()
    subject_type: str = "client"
    document: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A named set of permissions; each is (API identifier, scope value)."""

    id: str
    name: str
    description: str | None = None
    permissions: frozenset[tuple[str, str]] = frozenset()
