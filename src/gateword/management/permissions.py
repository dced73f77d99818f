"""Permissions as bodies and answers name them: `{permission_name, resource_server_identifier}`.

Source: Auth0 Management API v2 "Associate permissions with a role", recorded answers.
"""

from collections.abc import Collection, Mapping
from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.resource_server import ResourceServer
from gateword.management.resource import Call, Document
from gateword.management.schema import array, obj, text

_MOST: Final = 1000
_NAME: Final = text("Value of the scope.", least=1, most=280)
_IDENTIFIER: Final = text("Identifier of the API, its audience.", least=1, most=600)
_SHOWN: Final = {
    "permission_name": _NAME,
    "resource_server_identifier": _IDENTIFIER,
    "resource_server_name": text("Name of the API."),
    "description": text("What the scope allows."),
}
BODY: Final = obj(
    {
        "permissions": array(
            obj(_SHOWN, required=("permission_name", "resource_server_identifier")),
            "Permissions; name and description of a read one may stay in.",
            least=1,
            most=_MOST,
        )
    },
    required=("permissions",),
)
ITEM: Final = obj(_SHOWN, required=tuple(_SHOWN))


def named(call: Call) -> frozenset[tuple[str, str]]:
    """Return the permissions that a body names, as (API identifier, scope value)."""
    items = call.body["permissions"]
    return frozenset(
        (str(item["resource_server_identifier"]), str(item["permission_name"]))
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, Mapping)
    )


async def existing(call: Call) -> frozenset[tuple[str, str]]:
    """Return the permissions that a body names.

    Raises:
        Refused: NO_SUCH_AUDIENCE, or BODY_CONFLICT when an API has no such scope.
    """
    found = named(call)
    for identifier, value in sorted(found):
        api = await call.parts.stores.resource_servers.get(identifier)
        if api is None:
            raise Refused(ManagementRefusal.NO_SUCH_AUDIENCE, identifier=_quoted(identifier))
        if value not in api.scopes:
            said = f"The permission does not exist: '{_quoted(value)}'"
            raise Refused(ManagementRefusal.BODY_CONFLICT, text=said)
    return found


async def rendered(call: Call, permissions: Collection[tuple[str, str]]) -> list[Document]:
    """Return permissions as answers show them, by API and value."""
    apis = {api.identifier: api for api in await call.parts.stores.resource_servers.all()}
    return [
        _shown(identifier, value, apis.get(identifier)) for identifier, value in sorted(permissions)
    ]


def _shown(identifier: str, value: str, api: ResourceServer | None) -> Document:
    return {
        "permission_name": value,
        "description": api.scopes.get(value, "") if api else "",
        "resource_server_name": api.name if api else identifier,
        "resource_server_identifier": identifier,
    }


def _quoted(sent: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in sent)
