"""`/connections/{id}/clients` and `/users`: who may use a connection, and who of it must go.

Source: Auth0 Management API v2 "Get enabled clients for a connection", "Get enabled connections for
a client", "Delete a connection user", recorded answers.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from gateword.domain.connection import Connection
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management import connections
from gateword.management.resource import Call, Document, Listed, Resource, Verb
from gateword.management.schema import array, flag, obj, text
from gateword.policy.connection_document import STRATEGIES
from gateword.policy.identifier import normal
from gateword.values import replace

_MOST: Final = 50
_CLIENT_ID: Final = text("Client id.", least=1, most=255)
_BODY: Final = array(
    obj(
        {"client_id": _CLIENT_ID, "status": flag("Enabled from now on, or no more.")},
        required=("client_id", "status"),
    ),
    "Clients; those not named stay as they are.",
    least=1,
    most=_MOST,
)


async def clients(call: Call) -> list[Document]:
    """Answer the clients that may use a connection."""
    connection = await connections.found(call)
    return [{"client_id": client_id} for client_id in sorted(connection.enabled_clients)]


async def of_client(call: Call) -> list[Document]:
    """Answer the connections that a client may use."""
    client_id = call.path["id"]
    if await call.parts.stores.clients.get(client_id) is None:
        raise Refused(ManagementRefusal.NO_CLIENT)
    return [one for one in await connections.listed(call) if client_id in _enabled(one)]


def _enabled(connection: Document) -> Sequence[object]:
    enabled = connection.get("enabled_clients")
    return enabled if isinstance(enabled, list) else ()


async def change(call: Call) -> None:
    """Enable a connection for some clients, and for others no more."""
    wanted = {
        str(item["client_id"]): item["status"] is True
        for item in call.items
        if isinstance(item, Mapping)
    }
    enabled = frozenset(client_id for client_id, status in wanted.items() if status)
    await connections.found(call)
    connections.refuse_unknown(enabled, await connections.client_ids(call))

    def how(stored: Connection) -> Connection:
        return replace(stored, enabled_clients=(stored.enabled_clients - wanted.keys()) | enabled)

    if await call.parts.stores.connections.change(call.path["id"], how, call.at) is None:
        raise Refused(ManagementRefusal.NO_CONNECTION)


async def remove_user(call: Call) -> None:
    """Delete the user with an e-mail address; one who is not there is gone already."""
    connection = await connections.found(call)
    email = call.text("email")
    if not email:
        raise Refused(ManagementRefusal.INVALID_QUERY, fault="Missing required property: email")
    users = call.parts.stores.users
    account = await users.account(connection.key, (("email", normal(email)),))
    if account is None:
        return
    if account.user.identities[0].connection != connection.name:
        said = "The user is linked to another user; unlink them first."
        raise Refused(ManagementRefusal.NOT_SUPPORTED, text=said)
    await users.remove(account.user.user_id)


RESOURCE: Final = Resource(
    name="connection clients",
    doc="Who may use a connection.",
    verbs=(
        Verb(
            method="GET",
            path="/connections/{id}/clients",
            scopes=("read:connections",),
            run=clients,
            summary="Get the enabled clients of a connection",
            listed=Listed(
                key="clients",
                item=obj({"client_id": _CLIENT_ID}, required=("client_id",)),
                id="client_id",
                totals=False,
                checkpoint=True,
            ),
            refusals=(ManagementRefusal.NO_CONNECTION,),
        ),
        Verb(
            method="GET",
            path="/clients/{id}/connections",
            scopes=("read:connections",),
            run=of_client,
            summary="Get the enabled connections of a client",
            query={"strategy": array(text(choices=STRATEGIES), "Only these strategies.")},
            listed=Listed(key="connections", item=connections.ITEM, totals=False, checkpoint=True),
            fields=True,
            refusals=(ManagementRefusal.NO_CLIENT,),
        ),
        Verb(
            method="PATCH",
            path="/connections/{id}/clients",
            scopes=("update:connections",),
            run=change,
            summary="Update the enabled clients of a connection",
            body=_BODY,
            status=204,
            refusals=(ManagementRefusal.NO_CONNECTION, ManagementRefusal.BODY_CONFLICT),
        ),
        Verb(
            method="DELETE",
            path="/connections/{id}/users",
            scopes=("delete:users",),
            run=remove_user,
            summary="Delete a user of a connection",
            query={"email": text("Address of the user.", most=320)},
            status=204,
            refusals=(ManagementRefusal.NO_CONNECTION, ManagementRefusal.NOT_SUPPORTED),
        ),
    ),
)
