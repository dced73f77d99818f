"""Which directory somebody without an account of ours may ask."""

from gateword.domain.account_refusal import AccountRefusal
from gateword.domain.client import Client
from gateword.domain.connection import Connection
from gateword.domain.refused import Refused
from gateword.ports.parts import Parts

OWN_STRATEGY = "auth0"


async def chosen(
    parts: Parts, name: str, client_id: str | None
) -> tuple[Client | None, Connection]:
    """Return the application, if one was named, and the database that it may use.

    Without a client id any application counts (Auth0: the tenant's global client), so the
    database must be one that some application uses.

    Raises:
        Refused: CONNECTION_UNKNOWN, whatever is wrong: nobody is told which databases there are.
    """
    connections = parts.stores.connections
    connection = await connections.named(name) or await connections.owning_realm(name)
    client = None if client_id is None else await parts.stores.clients.get(client_id)
    if connection is None or not _may_use(client, client_id, connection):
        raise Refused(AccountRefusal.CONNECTION_UNKNOWN)
    return client, connection


def _may_use(client: Client | None, client_id: str | None, connection: Connection) -> bool:
    if connection.strategy != OWN_STRATEGY or not connection.is_active:
        return False
    if client_id is None:
        return bool(connection.enabled_clients)
    return client is not None and connection.admits(client.client_id)
