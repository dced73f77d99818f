"""`/resource-servers`: APIs that accept our tokens.

An API is addressed by its id or by its identifier, percent-encoded as one segment.
Source: Auth0 Management API v2 "Resource Servers", recorded answers.
"""

from collections.abc import Callable
from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.resource_server import ResourceServer
from gateword.domain.secret import Secret
from gateword.management.reading import read
from gateword.management.resource import Call, Document, Listed, Resource, Verb
from gateword.management.schema import (
    Schema,
    array,
    changes,
    flag,
    free,
    nullable,
    obj,
    secret,
    text,
    whole,
)
from gateword.policy import resource_server_document
from gateword.policy.resource_server_document import MAX_LIFETIME_S, MIN_SECRET_CHARS, rendered

_API_ID_CHARS: Final = 24
_SECRET_CHARS: Final = 43
_PATH: Final = "/resource-servers/{id}"
_WRITE: Final = "update:resource_servers"
_FREE: Final = free("Stored and returned; without effect.")
_POLICY: Final = obj({"policy": text(choices=resource_server_document.USER_POLICIES)})

_MEMBERS: Final[dict[str, Schema]] = {
    "name": text("Name for people.", least=1, most=200, pattern="^[^<>]+$"),
    "scopes": array(
        obj(
            {"value": text(least=1, most=280), "description": nullable(text(most=500))},
            required=("value",),
        ),
        "Values that may be granted, each once.",
    ),
    "signing_alg": text("Signs access tokens.", choices=resource_server_document.ALGORITHMS),
    "signing_secret": secret("Key of HS256.", least=MIN_SECRET_CHARS),
    "token_lifetime": whole("Of access tokens, seconds.", least=1, most=MAX_LIFETIME_S),
    "token_lifetime_for_web": whole(
        "Of access tokens for browsers, seconds; without effect.", least=1, most=MAX_LIFETIME_S
    ),
    "allow_offline_access": flag("Refresh tokens may be issued for it."),
    "enforce_policies": flag("Scopes are cut to the user's permissions."),
    "token_dialect": text("Form of access tokens.", choices=resource_server_document.DIALECTS),
    "subject_type_authorization": obj({
        "user": nullable(_POLICY), "client": nullable(_POLICY),
    }),
    "skip_consent_for_verifiable_first_party_clients": flag("Stored; without effect."),
    "allow_online_access": flag("Stored; without effect."),
    "allow_online_access_with_ephemeral_sessions": flag("Stored; without effect."),
    "require_consent_non_repudiation": flag("Stored; without effect."),
    "token_lifetime_for_anonymous_access_tokens": whole("Stored; without effect."),
    "access_token": _FREE,
    "authorization_policy": _FREE,
    "consent_policy": text("Stored; without effect.", most=256),
    "verificationKey": text("Stored; without effect.", most=16_384),
    "verificationLocation": text("Stored; without effect.", most=4096),
    "authorization_details": array(_FREE, most=100),
    "token_encryption": _FREE,
    "proof_of_possession": _FREE,
    "client": _FREE,
    "client_id": text("Stored; without effect.", most=128),
}  # fmt: skip
_IDENTIFIER: Final = text("Audience of its tokens.", least=1, most=600, pattern=r"^\S+$")
_CREATED: Final = obj(
    {**{name: nullable(one) for name, one in _MEMBERS.items()}, "identifier": _IDENTIFIER},
    required=("identifier",),
)
_API: Final = obj({
    **{name: {} for name in _MEMBERS},
    "id": text(), "identifier": text(), "signing_secret": secret(), "is_system": flag(),
})  # fmt: skip


async def all_apis(call: Call) -> list[Document]:
    """Answer the APIs."""
    wanted = [call.query.get(name) for name in ("identifiers", "identifiers[]")]
    listed = {one for names in wanted if isinstance(names, list) for one in names}
    is_asked = any(isinstance(names, list) for names in wanted)
    apis = await call.parts.stores.resource_servers.all()
    return [_shown(api, call) for api in apis if not is_asked or api.identifier in listed]


async def one(call: Call) -> Document:
    """Answer an API."""
    return _shown(await _named(call), call)


async def create(call: Call) -> Document:
    """Create an API; this answer shows its signing secret, whoever asks."""
    identifier = str(call.body["identifier"])
    api_id = call.parts.dice.hex(_API_ID_CHARS)
    api = read(
        call.body,
        lambda body: resource_server_document.created(body, identifier, api_id, _new_secret(call)),
    )
    if not await call.parts.stores.resource_servers.add(api, call.at):
        why = f"A resource server with identifier {identifier} already exists."
        raise Refused(ManagementRefusal.CONFLICT, text=why)
    return rendered(api) | _secret(api)


async def change(call: Call) -> Document:
    """Change what the body names; a signing secret that this makes is shown."""

    def changed(api: ResourceServer) -> ResourceServer:
        after = read(
            call.body, lambda body: resource_server_document.changed(body, api, _new_secret(call))
        )
        if api.is_system and _guarded(after) != _guarded(api):
            raise _system_stays()
        return after

    api = await call.parts.stores.resource_servers.change(
        (await _named(call)).identifier, changed, call.at
    )
    if api is None:
        raise Refused(ManagementRefusal.NO_RESOURCE_SERVER)
    return _shown(api, call)


async def remove(call: Call) -> None:
    """Delete an API with its client grants and permissions."""
    api = await _named(call)
    if api.is_system:
        raise _system_stays()
    await call.parts.stores.resource_servers.remove(api.identifier)


async def _named(call: Call) -> ResourceServer:
    word = call.path["id"]
    api = await call.parts.stores.resource_servers.get(word)
    if api is not None:
        return api
    for known in await call.parts.stores.resource_servers.all():
        if known.id == word:
            return known
    raise Refused(ManagementRefusal.NO_RESOURCE_SERVER)


def _shown(api: ResourceServer, call: Call) -> dict[str, object]:
    """Return an API with its signing secret for those who could replace it (promise M3)."""
    return rendered(api) | (_secret(api) if call.actor.may(_WRITE) else {})


def _secret(api: ResourceServer) -> dict[str, object]:
    if api.signing_alg != "HS256" or api.signing_secret is None:
        return {}
    return {"signing_secret": api.signing_secret.reveal()}


def _new_secret(call: Call) -> Callable[[], Secret]:
    return lambda: Secret(call.parts.dice.handle(_SECRET_CHARS))


def _guarded(api: ResourceServer) -> tuple[object, ...]:
    """Return what decides who gets a token for the Management API, and whether it is believed.

    Whoever may change APIs would else give all of its scopes to every client.
    """
    return (
        api.name, api.scopes, api.signing_alg, api.token_dialect, api.user_policy,
        api.client_policy,
    )  # fmt: skip


def _system_stays() -> Refused:
    return Refused(
        ManagementRefusal.NOT_SUPPORTED,
        text="The Management API cannot be deleted, and keeps its name, scopes and policies.",
    )


_IDENTIFIERS: Final = array(text(most=600), "APIs with these identifiers.", most=100)
_KEPT: Final = (ManagementRefusal.NO_RESOURCE_SERVER, ManagementRefusal.NOT_SUPPORTED)
RESOURCE: Final = Resource(
    name="resource-servers",
    doc="APIs that accept our tokens.",
    verbs=(
        Verb(
            method="GET",
            path="/resource-servers",
            scopes=("read:resource_servers",),
            run=all_apis,
            summary="Get resource servers",
            query={"identifiers": _IDENTIFIERS, "identifiers[]": _IDENTIFIERS},
            listed=Listed(key="resource_servers", item=_API),
            fields=True,
        ),
        Verb(
            method="POST",
            path="/resource-servers",
            scopes=("create:resource_servers",),
            run=create,
            summary="Create a resource server",
            body=_CREATED,
            answer=_API,
            status=201,
            refusals=(ManagementRefusal.CONFLICT,),
        ),
        Verb(
            method="GET",
            path=_PATH,
            scopes=("read:resource_servers",),
            run=one,
            summary="Get a resource server",
            answer=_API,
            fields=True,
            refusals=(ManagementRefusal.NO_RESOURCE_SERVER,),
        ),
        Verb(
            method="PATCH",
            path=_PATH,
            scopes=(_WRITE,),
            run=change,
            summary="Update a resource server",
            body=changes(obj(_MEMBERS)),
            answer=_API,
            refusals=_KEPT,
        ),
        Verb(
            method="DELETE",
            path=_PATH,
            scopes=("delete:resource_servers",),
            run=remove,
            summary="Delete a resource server",
            status=204,
            refusals=_KEPT,
        ),
    ),
)
