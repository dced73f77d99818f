"""Which directory somebody without an account of ours may ask."""

from gateword.accounts import elsewhere
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
            Its detail says for the log what it was.
    """
    connections = parts.stores.connections
    connection = await connections.named(name) or await connections.owning_realm(name)
    client = None if client_id is None else await parts.stores.clients.get(client_id)
    if client_id is not None and client is None:
        raise Refused(AccountRefusal.CONNECTION_UNKNOWN, detail="there is no such client")
    if connection is None:
        raise Refused(AccountRefusal.CONNECTION_UNKNOWN, detail="there is no such connection")
    if (why := _why_not(client, connection)) is not None:
        raise Refused(AccountRefusal.CONNECTION_UNKNOWN, detail=why)
    return client, connection


def lets_choose(connection: Connection) -> bool:
    """Say whether the users of a directory may choose new passwords themselves."""
    is_off = connection.options.get("disable_self_service_change_password") is True
    return not is_off and elsewhere.takes_passwords(connection)


def _why_not(client: Client | None, connection: Connection) -> str | None:
    if connection.strategy != OWN_STRATEGY or not connection.is_active:
        return "the connection is no active database"
    if client is None:
        return None if connection.enabled_clients else "the connection is enabled for no client"
    if not connection.admits(client.client_id):
        return "the connection is not enabled for the client"
    return None
