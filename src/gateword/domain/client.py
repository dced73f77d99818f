"""A client: an application that asks for tokens."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum, unique

from gateword.domain.secret import Secret
from gateword.values import dataclass, field


@unique
class AuthMethod(Enum):
    """How a client proves itself at the token endpoint."""

    POST = "client_secret_post"
    BASIC = "client_secret_basic"
    NONE = "none"
    PRIVATE_KEY_JWT = "private_key_jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientKey:
    """A public key with which a client signs its assertions.

    Attributes:
        is_assigned: It counts for `private_key_jwt`; one that is only stored proves nothing.
        created_at: None for keys of installations that did not note it.
        expires_at: From when on it proves nothing; None is never.
    """

    id: str
    name: str
    kid: str
    alg: str
    pem: str
    is_assigned: bool = True
    created_at: datetime | None = None
    updated_at: datetime | None = None
    expires_at: datetime | None = None

    def proves(self, at: datetime) -> bool:
        """Say whether an assertion signed with it counts at that time."""
        return self.is_assigned and (self.expires_at is None or at < self.expires_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshPolicy:
    """Auth0's `refresh_token` settings of a client; lifetimes in seconds, None is endless."""

    rotating: bool = False
    leeway_s: int = 0
    absolute_s: int | None = None
    idle_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """An application.

    Attributes:
        client_id: Public name on the wire.
        name: Name people gave it.
        secret: Shared secret; None for public clients.
        keys: Keys for `private_key_jwt`.
        auth_method: The one way in which it must prove itself.
        grant_types: What it may ask for; the password grants are in it only when somebody said so.
        is_first_party: Third-party clients may not use the password grants.
        is_ip_header_trusted: `auth0-forwarded-for` counts, if the request was authenticated.
        id_token_alg: RS256, PS256 or HS256 (signed with the secret).
        id_token_lifetime_s: Lifetime of its ID tokens.
        refresh: How its refresh tokens live.
        origins: Origins that browsers may call from.
        default_audience: Used by client_credentials when a request names none.
        implied: Members that nobody has set; they act with their default and are not shown.
        document: Other members in Auth0's shape, stored and returned unchanged.
    """

    client_id: str
    name: str
    secret: Secret | None
    keys: tuple[ClientKey, ...] = ()
    auth_method: AuthMethod = AuthMethod.POST
    grant_types: tuple[str, ...] = ()
    is_first_party: bool = True
    is_ip_header_trusted: bool = False
    id_token_alg: str = "RS256"
    id_token_lifetime_s: int = 36000
    refresh: RefreshPolicy = field(default_factory=RefreshPolicy)
    origins: frozenset[str] = frozenset()
    default_audience: str | None = None
    implied: frozenset[str] = frozenset()
    document: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_confidential(self) -> bool:
        """Whether it can keep a secret, and so must prove itself."""
        return self.auth_method is not AuthMethod.NONE

    def may_use(self, grant_type: str) -> bool:
        """Say whether the grant type is on the client's list."""
        return grant_type in self.grant_types
