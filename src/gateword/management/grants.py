"""`/grants`: which applications hold live logins of which users, for which API.

Source: Auth0 Management API v2 "Get grants", "Delete a grant"; recorded answers.
"""

from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.tenant import Tenant
from gateword.domain.token import UserGrant
from gateword.management import families
from gateword.management.resource import Call, Document, Listed, Resource, Slice, Verb
from gateword.management.schema import array, obj, text
from gateword.ports.families import Whose

_GRANT: Final = obj(
    {
        "id": text(),
        "clientID": text(),
        "user_id": text(),
        "audience": text(),
        "scope": array(text()),
    },
    required=("id", "clientID", "user_id", "audience", "scope"),
)
_USER_ID: Final = {"user_id": text("Whose.", most=1024)}


async def found(call: Call) -> Slice:
    """Answer the grants of a user, a client, an API."""
    user_id, audience, paging = call.text("user_id"), call.text("audience"), call.paging
    whose = Whose(
        user_key=None if user_id is None else await families.user_key(call, user_id),
        client_id=call.text("client_id"),
        audience="" if audience == call.tenant.userinfo_audience else audience,
    )
    store = call.parts.stores.families
    grants = await store.grants(whose, call.at, start=paging.start, limit=paging.limit)
    total = await store.count_grants(whose, call.at) if paging.with_totals else None
    return Slice([_rendered(grant, call.tenant) for grant in grants], total)


async def remove(call: Call) -> None:
    """End the logins of a grant; one that is not there is gone already."""
    family = await families.by_id(call, call.path["id"])
    if family is not None:
        grant = family.grant
        whose = Whose(
            user_key=grant.user_key, client_id=grant.client_id, audience=grant.audience or ""
        )
        await call.parts.stores.families.end(whose, call.at)


async def remove_of_user(call: Call) -> None:
    """End all logins of a user."""
    user_id = call.text("user_id")
    if not user_id:
        fault = "Missing required property: user_id"
        raise Refused(ManagementRefusal.INVALID_QUERY, fault=fault)
    key = await families.user_key(call, user_id)
    await call.parts.stores.families.end(Whose(user_key=key), call.at)


def _rendered(grant: UserGrant, tenant: Tenant) -> Document:
    return {
        "id": f"{grant.key:024x}",
        "clientID": grant.client_id,
        "user_id": grant.user_id,
        "audience": grant.audience or tenant.userinfo_audience,
        "scope": list(grant.scopes),
    }


RESOURCE: Final = Resource(
    name="grants",
    doc="Which applications hold live logins of which users.",
    verbs=(
        Verb(
            method="GET",
            path="/grants",
            scopes=("read:grants",),
            run=found,
            summary="Get grants",
            query={**_USER_ID, "client_id": text(most=1024), "audience": text(most=2048)},
            listed=Listed(key="grants", item=_GRANT),
        ),
        Verb(
            method="DELETE",
            path="/grants/{id}",
            scopes=("delete:grants",),
            run=remove,
            summary="Delete a grant by id",
            status=204,
        ),
        Verb(
            method="DELETE",
            path="/grants",
            scopes=("delete:grants",),
            run=remove_of_user,
            summary="Delete a grant by user_id",
            query=_USER_ID,
            status=204,
        ),
    ),
)
