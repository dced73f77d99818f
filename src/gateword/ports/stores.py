"""What is kept: one narrow store a noun; a method is a transaction.

Every store is bound to one tenant when it is opened, so none of these methods takes a tenant.
A method that returns has been made durable, but for those that say otherwise (`Logins.record`):
what they did is in force, and durable with the next write that is.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from gateword.domain.client import Client
from gateword.domain.log_event import LogEvent, LoggedDay, StoredLogEvent
from gateword.domain.query import Query
from gateword.domain.resource_server import ClientGrant, ResourceServer
from gateword.domain.tenant import Tenant


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

    async def again(self, client_id: str) -> Client | None:
        """Return a client as it is now, for whom what was known of it refuses."""
        ...

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


class Logs(Protocol):
    """The tenant's log."""

    async def append(self, events: Sequence[LogEvent]) -> None:
        """Write what happened in one ask; of a flood of failed logins only a sample is written."""
        ...

    async def flush(self) -> None:
        """Write a row for failed logins that no row has told of for a minute, if there are any.

        It is the last of them, with its own time.
        """
        ...

    async def read(
        self, *, after: int, limit: int, code: str | None = None
    ) -> Sequence[StoredLogEvent]:
        """Return events behind position `after`, oldest first."""
        ...

    async def latest(self, limit: int, code: str | None = None) -> Sequence[StoredLogEvent]:
        """Return the newest events, oldest of them first."""
        ...

    async def get(self, log_id: str) -> StoredLogEvent | None: ...

    def position_of(self, log_id: str) -> int | None:
        """Return the position that a log id of this tenant names, whether it is still there."""
        ...

    async def search(
        self,
        query: Query,
        *,
        newest_first: bool = True,
        start: int = 0,
        limit: int,
        after: int = 0,
    ) -> Sequence[StoredLogEvent]:
        """Return events that fit a query, of those behind position `after`.

        Raises:
            QueryError: A field cannot be searched, or a value is none of its kind.
            Refused: SEARCH_TOO_SLOW.
        """
        ...

    async def count(self, query: Query) -> int:
        """Return how many events fit a query; raises as `search` does."""
        ...

    async def last_before(self, at: datetime) -> int:
        """Return the position of the last event before a time; 0 when there is none."""
        ...

    async def days(self, begin: datetime, end: datetime) -> Sequence[LoggedDay]:
        """Return what happened on each UTC day of a time, days of nothing left out."""
        ...

    async def purge(self, before: datetime) -> int:
        """Delete the oldest events that happened before a time; return how many.

        Positions are never given again, so whoever goes on behind a deleted one misses nothing
        that is still there.
        """
        ...
