"""`/clients/{client_id}/credentials`: the public keys of a client that signs its assertions.

A new key proves nothing until a PATCH of the client lists it.
Source: Auth0 Management API v2 "Client credentials", recorded answers.
"""

from collections.abc import Callable
from typing import Final

from gateword.domain.client import Client, ClientKey
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management.client_schema import CREDENTIAL, KEY
from gateword.management.clients import maker
from gateword.management.reading import read
from gateword.management.resource import Call, Document, Listed, Resource, Verb
from gateword.management.schema import nullable, obj, text
from gateword.policy import client_key_document
from gateword.policy.client_key_document import rendered
from gateword.values import replace

MAX_KEYS: Final = 10
"""Keys of a client; one in use and a few for its rotation are enough."""

_PATH: Final = "/clients/{client_id}/credentials"
_CHANGED: Final = obj({
    "expires_at": nullable(text("Time (ISO 8601) from which it proves nothing.", most=64))
})  # fmt: skip


async def all_keys(call: Call) -> list[Document]:
    """Answer the keys of a client."""
    return [rendered(key) for key in (await _client(call)).keys]


async def one(call: Call) -> Document:
    """Answer a key."""
    return rendered(_named(await _client(call), call.path["id"]))


async def create(call: Call) -> Document:
    """Add a key, which proves nothing yet."""
    made: list[ClientKey] = []

    def added(client: Client) -> Client:
        key = read(call.body, lambda body: client_key_document.made(body, (), maker(call)))
        if key is None:
            raise LookupError("a document without faults makes a key")
        if any(known.kid == key.kid for known in client.keys):
            why = "A credential with the same kid already exists."
            raise Refused(ManagementRefusal.CONFLICT, text=why)
        if len(client.keys) >= MAX_KEYS:
            why = f"A client has at most {MAX_KEYS} credentials."
            raise Refused(ManagementRefusal.NOT_SUPPORTED, text=why)
        made[:] = [replace(key, is_assigned=False)]
        return replace(client, keys=(*client.keys, *made))

    await _changed(call, added)
    return rendered(made[0])


async def change(call: Call) -> Document:
    """Change when a key ends."""

    def changed(client: Client) -> Client:
        key = _named(client, call.path["id"])
        after = read(call.body, lambda body: client_key_document.changed(body, key, call.at))
        return replace(client, keys=tuple(after if one is key else one for one in client.keys))

    return rendered(_named(await _changed(call, changed), call.path["id"]))


async def remove(call: Call) -> None:
    """Delete a key; assertions signed with it fail from now on."""

    def without(client: Client) -> Client:
        key = _named(client, call.path["id"])
        return replace(client, keys=tuple(one for one in client.keys if one is not key))

    await _changed(call, without)


async def _client(call: Call) -> Client:
    client = await call.parts.stores.clients.get(call.path["client_id"])
    if client is None:
        raise Refused(ManagementRefusal.NO_CLIENT)
    return client


async def _changed(call: Call, how: Callable[[Client], Client]) -> Client:
    client = await call.parts.stores.clients.change(call.path["client_id"], how, call.at)
    if client is None:
        raise Refused(ManagementRefusal.NO_CLIENT)
    return client


def _named(client: Client, key_id: str) -> ClientKey:
    for key in client.keys:
        if key.id == key_id:
            return key
    raise Refused(ManagementRefusal.NO_CREDENTIAL)


_NOT_THERE: Final = (ManagementRefusal.NO_CLIENT, ManagementRefusal.NO_CREDENTIAL)
RESOURCE: Final = Resource(
    name="client-credentials",
    doc="Public keys of clients.",
    verbs=(
        Verb(
            method="GET",
            path=_PATH,
            scopes=("read:client_credentials",),
            run=all_keys,
            summary="Get client credentials",
            listed=Listed(key="credentials", item=CREDENTIAL, totals=False),
            refusals=(ManagementRefusal.NO_CLIENT,),
        ),
        Verb(
            method="POST",
            path=_PATH,
            scopes=("create:client_credentials",),
            run=create,
            summary="Create a client credential",
            body=KEY,
            answer=CREDENTIAL,
            status=201,
            refusals=(
                ManagementRefusal.NO_CLIENT,
                ManagementRefusal.CONFLICT,
                ManagementRefusal.NOT_SUPPORTED,
            ),
        ),
        Verb(
            method="GET",
            path=f"{_PATH}/{{id}}",
            scopes=("read:client_credentials",),
            run=one,
            summary="Get a client credential",
            answer=CREDENTIAL,
            refusals=_NOT_THERE,
        ),
        Verb(
            method="PATCH",
            path=f"{_PATH}/{{id}}",
            scopes=("update:client_credentials",),
            run=change,
            summary="Update a client credential",
            body=_CHANGED,
            answer=CREDENTIAL,
            refusals=_NOT_THERE,
        ),
        Verb(
            method="DELETE",
            path=f"{_PATH}/{{id}}",
            scopes=("delete:client_credentials",),
            run=remove,
            summary="Delete a client credential",
            status=204,
            refusals=_NOT_THERE,
        ),
    ),
)
