"""`/clients`: applications.

Source: Auth0 Management API v2 "Clients", recorded answers.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Final

from gateword.domain.client import Client
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.management import client_filters
from gateword.management.client_answers import (
    READ_SCOPES,
    certificates,
    for_writer,
    global_client,
    global_id,
    shown,
    visible,
    with_credentials,
)
from gateword.management.client_schema import CHANGED, CLIENT, CREATED
from gateword.management.reading import read
from gateword.management.resource import Call, Document, Listed, Resource, Verb
from gateword.policy import client_document
from gateword.policy.client_document import ClientMaker
from gateword.values import replace

_ID_CHARS: Final = 32
_SECRET_CHARS: Final = 64
_KEY_ID_CHARS: Final = 22
_WRITE_SECRET: Final = ("update:client_keys",)
_WRITE: Final = {
    "client_secret": _WRITE_SECRET,
    "client_authentication_methods": (
        "create:client_credentials",
        "update:client_credentials",
        *_WRITE_SECRET,
    ),
}


async def all_clients(call: Call) -> list[Document]:
    """Answer the clients, the hidden global one among them."""
    certs, tenant = await certificates(call), call.tenant.name
    clients = await call.parts.stores.clients.all()
    kept = await client_filters.chosen(call, clients)
    documents = [shown(client, tenant, certs) for client in kept]
    if client_filters.wants_global(call, global_id(tenant)):
        documents.append(global_client(tenant, certs))
    return [visible(document, call.actor) for document in documents]


async def one(call: Call) -> Document:
    """Answer a client."""
    certs, tenant = await certificates(call), call.tenant.name
    if call.path["id"] == global_id(tenant):
        return visible(global_client(tenant, certs), call.actor)
    client = await call.parts.stores.clients.get(call.path["id"])
    if client is None:
        raise Refused(ManagementRefusal.NO_CLIENT)
    return visible(shown(client, tenant, certs), call.actor)


async def create(call: Call) -> Document:
    """Create a client; this answer shows its secret, whoever asks."""
    _check_scopes(call)
    client_id = call.parts.dice.letters(_ID_CHARS)
    client = read(call.body, lambda body: client_document.created(body, client_id, maker(call)))
    await call.parts.stores.clients.put(client, call.at)
    document = shown(client, call.tenant.name, await certificates(call))
    return with_credentials(document, client)


async def change(call: Call) -> Document:
    """Change what the body names; a secret that this makes is shown to who may set one.

    Others rotate it: else `update:clients` would be enough to become any client.
    """
    _check_scopes(call)
    before: list[Secret | None] = []

    def changed(client: Client) -> Client:
        before[:] = [client.secret]
        return read(call.body, lambda body: client_document.changed(body, client, maker(call)))

    client = await _stored(call, changed)
    document = shown(client, call.tenant.name, await certificates(call))
    answer = for_writer(document, call.actor)
    is_new = client.secret not in (*before, None) and "client_secret" not in call.body
    if is_new and call.actor.may(*_WRITE_SECRET):
        answer["client_secret"] = document["client_secret"]
    return answer


async def rotate(call: Call) -> Document:
    """Give a client a new secret; the old one is worth nothing from now on."""

    def rotated(client: Client) -> Client:
        if client.secret is None:
            how = client.auth_method.value
            why = f"This client proves itself by {how} and has no secret."
            raise Refused(ManagementRefusal.NOT_SUPPORTED, text=why)
        return replace(client, secret=maker(call).new_secret())

    client = await _stored(call, rotated)
    document = shown(client, call.tenant.name, await certificates(call))
    return for_writer(document, call.actor) | {"client_secret": document.get("client_secret")}


async def remove(call: Call) -> None:
    """Delete a client with its grants and refresh tokens."""
    _refuse_global(call)
    if not await call.parts.stores.clients.remove(call.path["id"]):
        raise Refused(ManagementRefusal.NO_CLIENT)


def maker(call: Call) -> ClientMaker:
    """Return what making a client or a key of it takes."""
    dice = call.parts.dice
    return ClientMaker(
        grant_types=call.parts.grant_types,
        new_secret=lambda: Secret(dice.handle(_SECRET_CHARS)),
        new_key_id=lambda: f"cred_{dice.letters(_KEY_ID_CHARS)}",
        read_pem=_read_pem,
        at=call.at,
    )


def _read_pem(pem: str) -> tuple[str, str]:
    keys = import_module("gateword.provision.public_keys")  # X.509 costs 50 ms and 8 MB
    normal, thumbprint = keys.read_pem(pem)
    return normal, thumbprint


async def _stored(call: Call, how: Callable[[Client], Client]) -> Client:
    _refuse_global(call)
    client = await call.parts.stores.clients.change(call.path["id"], how, call.at)
    if client is None:
        raise Refused(ManagementRefusal.NO_CLIENT)
    return client


def _check_scopes(call: Call) -> None:
    """Refuse to write what proves a client without the scope for it."""
    for member, scopes in _WRITE.items():
        if member in call.body and not call.actor.may(*scopes):
            raise Refused(ManagementRefusal.INSUFFICIENT_SCOPE, scopes=",".join(scopes))


def _refuse_global(call: Call) -> None:
    if call.path["id"] == global_id(call.tenant.name):
        raise Refused(
            ManagementRefusal.NOT_SUPPORTED, text="The global client cannot be changed or deleted."
        )


_WRITTEN: Final = (ManagementRefusal.NO_CLIENT, ManagementRefusal.NOT_SUPPORTED)
RESOURCE: Final = Resource(
    name="clients",
    doc="Applications that ask for tokens.",
    verbs=(
        Verb(
            method="GET",
            path="/clients",
            scopes=READ_SCOPES,
            run=all_clients,
            summary="Get clients",
            query=client_filters.QUERY,
            listed=Listed(key="clients", item=CLIENT, id="client_id", checkpoint=True),
            fields=True,
        ),
        Verb(
            method="POST",
            path="/clients",
            scopes=("create:clients",),
            run=create,
            summary="Create a client",
            body=CREATED,
            answer=CLIENT,
            status=201,
        ),
        Verb(
            method="GET",
            path="/clients/{id}",
            scopes=READ_SCOPES,
            run=one,
            summary="Get a client",
            answer=CLIENT,
            fields=True,
            refusals=(ManagementRefusal.NO_CLIENT,),
        ),
        Verb(
            method="PATCH",
            path="/clients/{id}",
            scopes=("update:clients",),
            run=change,
            summary="Update a client",
            body=CHANGED,
            answer=CLIENT,
            refusals=_WRITTEN,
        ),
        Verb(
            method="DELETE",
            path="/clients/{id}",
            scopes=("delete:clients",),
            run=remove,
            summary="Delete a client",
            status=204,
            refusals=_WRITTEN,
        ),
        Verb(
            method="POST",
            path="/clients/{id}/rotate-secret",
            scopes=_WRITE_SECRET,
            run=rotate,
            summary="Rotate a client secret",
            answer=CLIENT,
            refusals=_WRITTEN,
        ),
    ),
)
