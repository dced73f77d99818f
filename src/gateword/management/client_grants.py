"""`/client-grants`: what a client may do at an API, by itself or for its users.

Source: Auth0 Management API v2 "Client Grants", recorded answers.
"""

from collections.abc import Sequence
from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.resource_server import ClientGrant, ResourceServer
from gateword.management.resource import Call, Document, Listed, Resource, Verb
from gateword.management.schema import Schema, array, changes, flag, obj, text
from gateword.policy import documented
from gateword.values import replace

_ID_CHARS: Final = 16
_PATH: Final = "/client-grants/{id}"
_SUBJECT_TYPES: Final = ("client", "user")
_CHANGEABLE: Final[dict[str, Schema]] = {
    "scope": array(text(least=1, most=280), "Scopes of the API.", unique=True),
    "allow_any_organization": flag("Stored; without effect."),
    "organization_usage": text("Stored; without effect.", choices=("deny", "allow", "require")),
    "authorization_details_types": array(text(most=255), "Stored; without effect.", most=100),
    "allow_all_scopes": flag("Stored; without effect."),
}
_CREATED: Final = obj(
    {
        **_CHANGEABLE,
        "default_for": text("Stored; without effect.", most=128),
        "client_id": text("Client it is given to.", least=1, most=128),
        "audience": text("Identifier of the API.", least=1, most=600),
        "subject_type": text("By itself or for its users.", choices=_SUBJECT_TYPES),
    },
    required=("client_id", "audience"),
)
_GRANT: Final = obj(
    {
        **_CHANGEABLE,
        "id": text(), "client_id": text(), "audience": text(), "subject_type": text(),
        "default_for": text(), "is_system": flag(),
    },
    required=("id", "client_id", "audience", "scope"),
)  # fmt: skip


async def all_grants(call: Call) -> list[Document]:
    """Answer the grants that the filters let through."""
    asked = {name: call.text(name) for name in ("client_id", "audience", "subject_type")}
    any_organization = call.query.get("allow_any_organization")
    return [
        _shown(grant)
        for grant in await call.parts.stores.client_grants.all()
        if all(value in (None, getattr(grant, name)) for name, value in asked.items())
        and any_organization in (None, grant.document.get("allow_any_organization", False))
    ]


async def one(call: Call) -> Document:
    """Answer a grant."""
    for grant in await call.parts.stores.client_grants.all():
        if grant.id == call.path["id"]:
            return _shown(grant)
    raise Refused(ManagementRefusal.NO_CLIENT_GRANT)


async def create(call: Call) -> Document:
    """Give a client scopes at an API."""
    stores, body = call.parts.stores, call.body
    client_id, audience = str(body["client_id"]), str(body["audience"])
    if await stores.clients.get(client_id) is None:
        raise Refused(ManagementRefusal.NO_CLIENT)
    grant = ClientGrant(
        id=f"cgr_{call.parts.dice.letters(_ID_CHARS)}",
        client_id=client_id,
        audience=audience,
        subject_type=str(body.get("subject_type", "client")),
        # Recorded answers hold subject_type only where it was sent.
        document={"subject_type": body["subject_type"]} if "subject_type" in body else {},
    )
    grant = _with(grant, body, await _api(call, audience))
    if not await stores.client_grants.add(grant, call.at):
        why = "A resource with the same attributes already exists"
        raise Refused(ManagementRefusal.CONFLICT, text=why)
    return _shown(grant)


async def change(call: Call) -> Document:
    """Change what the body names."""
    named = await one(call)
    api = await _api(call, str(named["audience"]))

    def changed(grant: ClientGrant) -> ClientGrant:
        return _with(grant, call.body, api)

    grant = await call.parts.stores.client_grants.change(call.path["id"], changed, call.at)
    if grant is None:
        raise Refused(ManagementRefusal.NO_CLIENT_GRANT)
    return _shown(grant)


async def remove(call: Call) -> None:
    """Take it back; what was issued by it goes on until it expires."""
    if not await call.parts.stores.client_grants.remove(call.path["id"]):
        raise Refused(ManagementRefusal.NO_CLIENT_GRANT)


async def _api(call: Call, audience: str) -> ResourceServer:
    api = await call.parts.stores.resource_servers.get(audience)
    if api is None:
        raise Refused(ManagementRefusal.NO_RESOURCE_SERVER)
    return api


def _with(grant: ClientGrant, body: Document, api: ResourceServer) -> ClientGrant:
    """Return the grant with what a body says of it; null takes a member back."""
    scope = body.get("scope", grant.scope)
    listed = tuple(map(str, scope)) if isinstance(scope, Sequence) else ()
    unknown = [value for value in listed if value not in api.scopes]
    if unknown and "scope" in body:
        raise Refused(
            ManagementRefusal.BODY_CONFLICT,
            text=f"These scopes are not defined at {api.identifier}: {', '.join(unknown)[:500]}",
        )
    document = dict(grant.document)
    for name in documented.CLIENT_GRANT & body.keys():
        document.pop(name, None)
        if body[name] is not None:
            document[name] = body[name]
    return replace(grant, scope=listed, document=document)


def _shown(grant: ClientGrant) -> dict[str, object]:
    document = {
        "id": grant.id,
        "client_id": grant.client_id,
        "audience": grant.audience,
        "scope": list(grant.scope),
        **grant.document,
    }
    return document | ({"subject_type": "user"} if grant.subject_type == "user" else {})


RESOURCE: Final = Resource(
    name="client-grants",
    doc="Scopes that clients have at APIs.",
    verbs=(
        Verb(
            method="GET",
            path="/client-grants",
            scopes=("read:client_grants",),
            run=all_grants,
            summary="Get client grants",
            query={
                "client_id": text("Grants of this client.", most=128),
                "audience": text("Grants at this API.", most=600),
                "subject_type": text("Grants of this kind.", choices=_SUBJECT_TYPES),
                "allow_any_organization": flag("Grants with or without it."),
            },
            listed=Listed(key="client_grants", item=_GRANT, checkpoint=True),
        ),
        Verb(
            method="POST",
            path="/client-grants",
            scopes=("create:client_grants",),
            run=create,
            summary="Create a client grant",
            body=_CREATED,
            answer=_GRANT,
            status=201,
            refusals=(
                ManagementRefusal.NO_CLIENT,
                ManagementRefusal.NO_RESOURCE_SERVER,
                ManagementRefusal.CONFLICT,
            ),
        ),
        Verb(
            method="GET",
            path=_PATH,
            scopes=("read:client_grants",),
            run=one,
            summary="Get a client grant",
            answer=_GRANT,
            refusals=(ManagementRefusal.NO_CLIENT_GRANT,),
        ),
        Verb(
            method="PATCH",
            path=_PATH,
            scopes=("update:client_grants",),
            run=change,
            summary="Update a client grant",
            body=changes(obj(_CHANGEABLE)),
            answer=_GRANT,
            refusals=(ManagementRefusal.NO_CLIENT_GRANT, ManagementRefusal.NO_RESOURCE_SERVER),
        ),
        Verb(
            method="DELETE",
            path=_PATH,
            scopes=("delete:client_grants",),
            run=remove,
            summary="Delete a client grant",
            status=204,
            refusals=(ManagementRefusal.NO_CLIENT_GRANT,),
        ),
    ),
)
