"""`/device-credentials`: the same logins, as older programs ask for them.

Source: Auth0 Management API v2 "Retrieve device credentials". Public keys of devices are not here,
so none can be registered.
"""

from typing import Final

from gateword.domain.token import RefreshFamily
from gateword.management import families
from gateword.management.resource import Call, Document, Listed, Resource, Slice, Verb
from gateword.management.schema import obj, text
from gateword.ports.families import Whose

_PLAIN: Final = "refresh_token"
_ROTATING: Final = "rotating_refresh_token"
_TYPES: Final = ("public_key", _PLAIN, _ROTATING)
_ITEM: Final = obj(
    {
        "id": text(),
        "device_name": text("Not known of logins by password."),
        "device_id": text(),
        "type": text(choices=_TYPES),
        "user_id": text(),
        "client_id": text(),
    },
    required=("id", "type", "user_id", "client_id"),
)


async def found(call: Call) -> Slice:
    """Answer the credentials of a user, a client, a type."""
    kind = call.text("type")
    if kind not in (None, _PLAIN, _ROTATING):
        return Slice([], 0)
    user_id = call.text("user_id")
    whose = Whose(
        user_key=None if user_id is None else await families.user_key(call, user_id),
        client_id=call.text("client_id"),
        rotating=None if kind is None else kind == _ROTATING,
    )
    return await families.page(call, whose, _rendered)


async def remove(call: Call) -> None:
    """End a credential; one that is not there is gone already."""
    family = await families.by_id(call, call.path["id"])
    if family is not None:
        await call.parts.stores.families.end_one(family.key, call.at)


def _rendered(family: RefreshFamily) -> Document:
    return {
        "id": families.id_of(family),
        "device_name": "",
        "type": _ROTATING if family.rotating else _PLAIN,
        "user_id": family.grant.user_id,
        "client_id": family.grant.client_id,
    }


RESOURCE: Final = Resource(
    name="device-credentials",
    doc="Refresh tokens by the devices they were given to.",
    verbs=(
        Verb(
            method="GET",
            path="/device-credentials",
            scopes=("read:device_credentials",),
            run=found,
            summary="Retrieve device credentials",
            query={
                "user_id": text(most=1024),
                "client_id": text(most=1024),
                "type": text(choices=_TYPES),
            },
            listed=Listed(key="device_credentials", item=_ITEM),
            fields=True,
        ),
        Verb(
            method="DELETE",
            path="/device-credentials/{id}",
            scopes=("delete:device_credentials",),
            run=remove,
            summary="Delete a device credential",
            status=204,
        ),
    ),
)
