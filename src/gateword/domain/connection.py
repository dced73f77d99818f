"""A connection: one directory of users. Its names on the wire are realms."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A directory.

    Attributes:
        key: Number inside the database.
        id: `con_` and 16 characters.
        name: Unique in the tenant, and itself a realm.
        strategy: Which realm plug answers (`auth0` is our own store).
        realms: Further realm names it answers to.
        enabled_clients: Client ids that may log in through it.
        is_active: Switched off, it takes part in no login.
        passwords_enabled: `options.authentication_methods.password.enabled`.
        requires_username: Users of it also have a username.
        options: Strategy options in Auth0's shape.
        document: Other members in Auth0's shape, stored and returned unchanged.
    """

    key: int
    id: str
    name: str
    strategy: str
    realms: tuple[str, ...] = ()
    enabled_clients: frozenset[str] = frozenset()
    is_active: bool = True
    passwords_enabled: bool = True
    requires_username: bool = False
    options: Mapping[str, object] = field(default_factory=dict)
    document: Mapping[str, object] = field(default_factory=dict)

    def admits(self, client_id: str) -> bool:
        """Say whether the client may log users in through this connection."""
        return self.is_active and client_id in self.enabled_clients
