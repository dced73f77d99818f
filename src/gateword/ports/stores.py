"""What is kept: one narrow store a noun; a method is a transaction.

Every store is bound to one tenant when it is opened, so none of these methods takes a tenant.
A method that returns has been made durable.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from gateword.domain.client import Client
from gateword.domain.connection import Connection
from gateword.domain.log_event import LogEvent, StoredLogEvent
from gateword.domain.resource_server import ClientGrant, ResourceServer
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.domain.user import Account, NewUser, User


class Tenants(Protocol):
    """All tenants of the installation."""

    async def all(self) -> Sequence[Tenant]: ...

    async def add(self, name: str, domain: str, at: datetime) -> Tenant | None:
        """Create a tenant; None when the name or the domain is taken."""
        ...


class TenantSettings(Protocol):
    """The bound tenant's own row."""

    async def get(self) -> Tenant: ...

    async def save(self, tenant: Tenant) -> None:
        """Store everything but key, name and domain."""
        ...

    async def change(self, how: Callable[[Tenant], Tenant]) -> Tenant:
        """Store what `how` makes of the settings, with nothing else in between.

        What `how` raises leaves everything as it was.
        """
        ...


class Clients(Protocol):
    """Applications, cached with a version stamp: a change elsewhere is seen within a second."""

    async def get(self, client_id: str) -> Client | None: ...

    async def all(self) -> Sequence[Client]: ...

    async def origins(self) -> frozenset[str]:
        """Return the origins of all clients together, for preflights."""
        ...

    async def put(self, client: Client, at: datetime) -> None:
        """Create or replace by `client_id`, keys included."""
        ...

    async def change(
        self, client_id: str, how: Callable[[Client], Client], at: datetime
    ) -> Client | None:
        """Store what `how` makes of a client, with nothing else in between; None without one.

        What `how` raises leaves everything as it was.
        """
        ...

    async def remove(self, client_id: str) -> bool:
        """Delete a client with its grants and tokens; no connection is enabled for it any more."""
        ...

    async def use_assertion(self, client_id: str, jti: str, expires_at: datetime) -> bool:
        """Note an assertion id; False when it was used before."""
        ...


class Connections(Protocol):
    """Directories, cached like clients."""

    async def named(self, name: str) -> Connection | None: ...

    async def owning_realm(self, realm: str) -> Connection | None: ...

    async def all(self) -> Sequence[Connection]: ...

    async def put(self, connection: Connection, at: datetime) -> bool:
        """Create or replace by `name` (`key` 0 when new); False when a realm is taken."""
        ...


class ResourceServers(Protocol):
    """APIs, cached like clients."""

    async def get(self, identifier: str) -> ResourceServer | None: ...

    async def all(self) -> Sequence[ResourceServer]: ...

    async def put(self, api: ResourceServer, at: datetime) -> None:
        """Create or replace by `identifier`."""
        ...

    async def add(self, api: ResourceServer, at: datetime) -> bool:
        """Create an API; False, and nothing done, when its identifier is taken."""
        ...

    async def change(
        self, identifier: str, how: Callable[[ResourceServer], ResourceServer], at: datetime
    ) -> ResourceServer | None:
        """Store what `how` makes of an API, with nothing else in between; None without one.

        What `how` raises leaves everything as it was.
        """
        ...

    async def remove(self, identifier: str) -> bool:
        """Delete an API with its client grants, and its permissions from roles and users."""
        ...


class ClientGrants(Protocol):
    """What machines may do, cached like clients."""

    async def find(
        self, client_id: str, audience: str, subject_type: str = "client"
    ) -> ClientGrant | None: ...

    async def all(self) -> Sequence[ClientGrant]: ...

    async def put(self, grant: ClientGrant, at: datetime) -> None:
        """Create or replace by client, audience and subject type."""
        ...

    async def add(self, grant: ClientGrant, at: datetime) -> bool:
        """Create a grant; False, and nothing done, when there is one for the same three."""
        ...

    async def change(
        self, grant_id: str, how: Callable[[ClientGrant], ClientGrant], at: datetime
    ) -> ClientGrant | None:
        """Store what `how` makes of a grant, with nothing else in between; None without one.

        What `how` raises leaves everything as it was.
        """
        ...

    async def remove(self, grant_id: str) -> bool:
        """Delete a grant; tokens issued by it go on until they expire."""
        ...


class Users(Protocol):
    """People and their identities."""

    async def account(
        self, connection_key: int, names: Sequence[tuple[str, str]]
    ) -> Account | None:
        """Return the account of the first (kind, normal form) that fits.

        Args:
            connection_key: The directory.
            names: (`email` | `username` | `phone`, normal form), in order of preference.
        """
        ...

    async def hash_kinds(self, connection_key: int) -> Mapping[str, int]:
        """Return how a sample of the directory's hashes begin, up to their cost, with counts.

        May be a minute old: it shapes only what unknown names are checked against.
        """
        ...

    async def by_id(self, user_id: str) -> User | None: ...

    async def by_key(self, user_key: int) -> User | None: ...

    async def add(self, new: NewUser, connection: Connection, at: datetime) -> User | None:
        """Create a user; None when a login name or the id is taken in that connection."""
        ...

    async def save(self, user: User, at: datetime) -> bool:
        """Store profile, flags, metadata and login names of an existing user.

        Passwords and identities stay as they are; changed login names become those of the
        primary identity.

        Returns:
            False, and nothing done, when a login name is taken in that connection or the user
            is gone.
        """
        ...

    async def remove(self, user_id: str) -> bool:
        """Delete a user with everything that is theirs; False when there is none.

        Refresh tokens stay until they are purged, without the user's id, so that who presents
        one learns that the user is gone; access tokens count as revoked.
        """
        ...

    async def record_login(self, user_key: int, ip: str, at: datetime) -> User | None:
        """Count a login and return the user with it; None when the user is gone."""
        ...

    async def set_password(
        self, user_key: int, connection_key: int, encoded: Secret, at: datetime, *, retire: bool
    ) -> bool:
        """Replace the password; with `retire` all refresh tokens of the user end as well."""
        ...

    async def replace_hash(self, identity_key: int, old: Secret, new: Secret) -> None:
        """Swap an outdated hash for a new one of the same password, unless it changed meanwhile."""
        ...

    async def password_hash(self, user_key: int, connection_key: int) -> Secret | None: ...

    async def page(self, *, connection_key: int | None, after: int, limit: int) -> Sequence[User]:
        """Return users by ascending key, those behind `after` first."""
        ...


class Logs(Protocol):
    """The tenant's log."""

    async def append(self, events: Sequence[LogEvent]) -> None: ...

    async def read(
        self, *, after: int, limit: int, code: str | None = None
    ) -> Sequence[StoredLogEvent]:
        """Return events behind position `after`, oldest first."""
        ...

    async def latest(self, limit: int, code: str | None = None) -> Sequence[StoredLogEvent]:
        """Return the newest events, oldest of them first."""
        ...
