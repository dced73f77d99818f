"""`/refresh-tokens` and `/users/{user_id}/refresh-tokens`: logins that can be renewed.

Source: Auth0 Management API v2 "Get a refresh token", "Get refresh tokens for a user", recorded
answers.
"""

from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.token import RefreshFamily
from gateword.management import families, user_changes
from gateword.management.resource import Call, Document, Listed, Resource, Slice, Verb
from gateword.management.schema import array, flag, nullable, obj, text
from gateword.policy.timestamp import written
from gateword.ports.families import Whose

_TOKEN: Final = obj(
    {
        "id": text(),
        "user_id": text(),
        "created_at": text(),
        "idle_expires_at": nullable(text("End without use; null is endless.")),
        "expires_at": nullable(text("End; null is endless.")),
        "client_id": text(),
        "session_id": nullable(text("Logins by password have no session.")),
        "rotating": flag(),
        "resource_servers": array(obj({"audience": text(), "scopes": text()})),
    },
    required=("id", "user_id", "client_id"),
)
_OF_USER: Final = Listed(key="tokens", item=_TOKEN, checkpoint=True, always=True)
_OF_ALL: Final = Listed(key="refresh_tokens", item=_TOKEN, checkpoint=True, always=True)
"""Auth0 names the two lists differently (auth0-python 6.8, npm auth0 7.1)."""


async def of_user(call: Call) -> Slice:
    """Answer the live refresh tokens of a user."""
    user = await user_changes.existing(call)
    return await families.page(call, Whose(user_key=user.key), _rendered)


async def end_of_user(call: Call) -> None:
    """End all refresh tokens of a user."""
    user = await user_changes.existing(call)
    await call.parts.stores.families.end(Whose(user_key=user.key), call.at)


async def found(call: Call) -> Slice:
    """Answer the live refresh tokens of a user, perhaps at one client only."""
    user_id = call.text("user_id")
    if not user_id:
        fault = "Missing required property: user_id"
        raise Refused(ManagementRefusal.INVALID_QUERY, fault=fault)
    key = await families.user_key(call, user_id)
    whose = Whose(user_key=key, client_id=call.text("client_id"))
    return await families.page(call, whose, _rendered)


async def one(call: Call) -> Document:
    """Answer a live refresh token."""
    return _rendered(await _existing(call))


async def end(call: Call) -> None:
    """End a refresh token."""
    family = await _existing(call)
    await call.parts.stores.families.end_one(family.key, call.at)


async def _existing(call: Call) -> RefreshFamily:
    family = await families.by_id(call, call.path["id"])
    if family is None:
        raise Refused(ManagementRefusal.NO_REFRESH_TOKEN)
    return family


def _rendered(family: RefreshFamily) -> Document:
    grant, idle = family.grant, family.idle_expires_at
    api = [{"audience": grant.audience, "scopes": " ".join(grant.scopes)}]
    return {
        "id": families.id_of(family),
        "user_id": grant.user_id,
        "created_at": written(grant.created_at),
        "idle_expires_at": None if idle is None else written(idle),
        "expires_at": None if grant.expires_at is None else written(grant.expires_at),
        "client_id": grant.client_id,
        "session_id": None,
        "rotating": family.rotating,
        "resource_servers": api if grant.audience else [],
    }


RESOURCE: Final = Resource(
    name="refresh-tokens",
    doc="Logins that can be renewed, and their end.",
    verbs=(
        Verb(
            method="GET",
            path="/users/{user_id}/refresh-tokens",
            scopes=("read:refresh_tokens",),
            run=of_user,
            summary="Get refresh tokens of a user",
            listed=_OF_USER,
            refusals=(ManagementRefusal.NO_USER,),
        ),
        Verb(
            method="DELETE",
            path="/users/{user_id}/refresh-tokens",
            scopes=("delete:refresh_tokens",),
            run=end_of_user,
            summary="Delete refresh tokens of a user",
            status=202,
            refusals=(ManagementRefusal.NO_USER,),
        ),
        Verb(
            method="GET",
            path="/refresh-tokens",
            scopes=("read:refresh_tokens",),
            run=found,
            summary="Get refresh tokens",
            query={"user_id": text("Whose.", most=1024), "client_id": text(most=1024)},
            listed=_OF_ALL,
        ),
        Verb(
            method="GET",
            path="/refresh-tokens/{id}",
            scopes=("read:refresh_tokens",),
            run=one,
            summary="Get a refresh token",
            answer=_TOKEN,
            refusals=(ManagementRefusal.NO_REFRESH_TOKEN,),
        ),
        Verb(
            method="DELETE",
            path="/refresh-tokens/{id}",
            scopes=("delete:refresh_tokens",),
            run=end,
            summary="Delete a refresh token",
            status=202,
            refusals=(ManagementRefusal.NO_REFRESH_TOKEN,),
        ),
    ),
)
