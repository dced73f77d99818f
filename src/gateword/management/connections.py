"""`/connections`: directories of users, each a realm.

Source: Auth0 Management API v2 "Connections", recorded creations, changes and refusals.
"""

from typing import Final

from gateword.domain.connection import Connection
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management.reading import read
from gateword.management.resource import Call, Document, Listed, Resource, Verb
from gateword.management.schema import Schema, array, changes, flag, free, obj, text
from gateword.policy import connection_document
from gateword.policy.connection_document import STRATEGIES
from gateword.policy.timestamp import written
from gateword.ports.connections import RealmTaken
from gateword.values import replace

_ID_CHARS: Final = 16
_REMOVED_AT_ONCE: Final = 500
"""Users deleted in one transaction; logins of others go on in between."""

_HIDDEN: Final = frozenset({
    "customScripts", "app_secret", "consumerSecret", "twilio_token", "signingKey",
    "decryptionKey",
})  # fmt: skip
"""Options that no log holds: scripts carry credentials, and other strategies have secrets."""

_ACTIVE: Final = obj({"active": flag("Whether it may be used for this.")})
_METADATA: Final = {**obj(others=text(most=255)), "maxProperties": 10}
_MEMBERS: Final[dict[str, Schema]] = {
    "name": text("Unique; letters, digits and inner hyphens.", least=1, most=128),
    "strategy": text("`auth0` is a database of this server.", choices=STRATEGIES),
    "display_name": text("Name that people see.", most=128),
    "options": free("What the strategy can be told; replaced as a whole by a change."),
    "realms": array(text(least=1, most=255), "Realm names it answers to.", most=50),
    "enabled_clients": array(text(least=1, most=255), "Client ids that may use it."),
    "is_domain_connection": flag("Whether clients of others may use it."),
    "show_as_button": flag("Stored without effect."),
    "metadata": _METADATA,
    "authentication": _ACTIVE,
    "connected_accounts": free("Stored without effect."),
    "cross_app_access_requesting_app": free("Stored without effect."),
    "cross_app_access_resource_app": free("Stored without effect."),
}
_CREATED: Final = obj(_MEMBERS, required=("name", "strategy"))
_CHANGED: Final = changes(_CREATED, without=("name", "strategy"))
ITEM: Final = obj(
    {**_MEMBERS, "id": text("`con_` and 16 characters.")}, required=("id", "name", "strategy")
)


async def found(call: Call) -> Connection:
    """Return the connection that the path names, its clients only those that there are.

    Raises:
        Refused: NO_CONNECTION.
    """
    connection = await call.parts.stores.connections.by_id(call.path["id"])
    if connection is None:
        raise Refused(ManagementRefusal.NO_CONNECTION)
    return _with_living(connection, await client_ids(call))


async def client_ids(call: Call) -> frozenset[str]:
    """Return the ids of all clients."""
    return frozenset(client.client_id for client in await call.parts.stores.clients.all())


def refuse_unknown(asked: frozenset[str], known: frozenset[str]) -> None:
    """Refuse client ids that are no client's.

    Raises:
        Refused: BODY_CONFLICT.
    """
    for client_id in sorted(asked - known):
        shown = "".join(c if c.isprintable() else "?" for c in client_id)
        said = f"The client does not exist: '{shown}'"
        raise Refused(ManagementRefusal.BODY_CONFLICT, text=said)


async def listed(call: Call) -> list[Document]:
    """Answer the connections, those of some strategies or with a name."""
    strategies, name = call.query.get("strategy"), call.text("name")
    known = await client_ids(call)
    return [
        connection_document.rendered(_with_living(one, known))
        for one in await call.parts.stores.connections.all()
        if (not isinstance(strategies, list) or not strategies or one.strategy in strategies)
        and (name is None or one.name == name)
    ]


async def get(call: Call) -> Document:
    """Answer one connection; its script settings show as ciphertext."""
    return connection_document.rendered(await found(call))


async def create(call: Call) -> Document:
    """Create a connection, with Auth0's defaults for what the body leaves out."""
    connection_id = f"con_{call.parts.dice.letters(_ID_CHARS)}"
    name = str(call.body["name"])
    connection = read(
        call.body, lambda body: connection_document.created(body, name, connection_id)
    )
    connection = _checked(call, connection, await client_ids(call))
    try:
        stored = await call.parts.stores.connections.add(connection, call.at)
    except RealmTaken:
        raise _realm_taken() from None
    if stored is None:
        raise Refused(ManagementRefusal.CONNECTION_EXISTS)
    return connection_document.rendered(stored)


async def change(call: Call) -> Document:
    """Change a connection; `options` is replaced as a whole."""
    known = await client_ids(call)

    def how(stored: Connection) -> Connection:
        living = _with_living(stored, known)
        changed = read(call.body, lambda body: connection_document.changed(body, living))
        return _checked(call, changed, known)

    try:
        stored = await call.parts.stores.connections.change(call.path["id"], how, call.at)
    except RealmTaken:
        raise _realm_taken() from None
    if stored is None:
        raise Refused(ManagementRefusal.NO_CONNECTION)
    return connection_document.rendered(stored)


async def remove(call: Call) -> Document:
    """Delete a connection with the users who live there."""
    connections, connection = call.parts.stores.connections, await found(call)
    while await connections.remove_users(connection.id, _REMOVED_AT_ONCE):
        pass
    if not await connections.remove(connection.id):
        raise Refused(ManagementRefusal.NO_CONNECTION)
    return {"deleted_at": written(call.at)}


def _checked(call: Call, connection: Connection, known: frozenset[str]) -> Connection:
    """Return a connection with the clients that the body enables, if it fits together."""
    said = connection_document.conflict(connection)
    if said is not None:
        raise Refused(ManagementRefusal.BODY_CONFLICT, text=said)
    if "enabled_clients" not in call.body:
        return connection
    given = call.body["enabled_clients"]
    enabled = frozenset(map(str, given)) if isinstance(given, list) else frozenset[str]()
    refuse_unknown(enabled, known)
    return replace(connection, enabled_clients=enabled)


def _with_living(connection: Connection, known: frozenset[str]) -> Connection:
    """Return a connection without the clients that were deleted since they were enabled."""
    return replace(connection, enabled_clients=connection.enabled_clients & known)


def _realm_taken() -> Refused:
    return Refused(
        ManagementRefusal.CONFLICT, text="Conflict: a realm belongs to another connection"
    )


RESOURCE: Final = Resource(
    name="connections",
    doc="Directories of users, each a realm.",
    verbs=(
        Verb(
            method="GET",
            path="/connections",
            scopes=("read:connections",),
            run=listed,
            summary="Get connections",
            query={
                "strategy": array(text(choices=STRATEGIES), "Only these strategies."),
                "name": text("Only the connection with this name.", most=128),
            },
            listed=Listed(key="connections", item=ITEM, checkpoint=True),
            fields=True,
        ),
        Verb(
            method="POST",
            path="/connections",
            scopes=("create:connections",),
            run=create,
            summary="Create a connection",
            body=_CREATED,
            status=201,
            answer=ITEM,
            hidden=_HIDDEN,
            refusals=(
                ManagementRefusal.BODY_CONFLICT,
                ManagementRefusal.CONNECTION_EXISTS,
                ManagementRefusal.CONFLICT,
            ),
        ),
        Verb(
            method="GET",
            path="/connections/{id}",
            scopes=("read:connections",),
            run=get,
            summary="Get a connection",
            fields=True,
            answer=ITEM,
            refusals=(ManagementRefusal.NO_CONNECTION,),
        ),
        Verb(
            method="PATCH",
            path="/connections/{id}",
            scopes=("update:connections",),
            run=change,
            summary="Update a connection",
            body=_CHANGED,
            answer=ITEM,
            hidden=_HIDDEN,
            refusals=(
                ManagementRefusal.NO_CONNECTION,
                ManagementRefusal.BODY_CONFLICT,
                ManagementRefusal.CONFLICT,
            ),
        ),
        Verb(
            method="DELETE",
            path="/connections/{id}",
            scopes=("delete:connections",),
            run=remove,
            summary="Delete a connection",
            status=202,
            answer=obj({"deleted_at": text()}, required=("deleted_at",)),
            refusals=(ManagementRefusal.NO_CONNECTION,),
        ),
    ),
)
