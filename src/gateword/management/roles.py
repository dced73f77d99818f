"""`/roles`: named sets of permissions.

Source: Auth0 Management API v2 "Roles", recorded answers.
"""

from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.resource_server import Role
from gateword.management import permissions
from gateword.management.resource import Call, Document, Listed, Resource, Verb
from gateword.management.schema import Schema, changes, nullable, obj, text
from gateword.values import replace

_ID_CHARS: Final = 16
_TYPE: Final = "tenant"
_NAME: Final = text("Name, unique among the roles.", least=1, most=255)
_DESCRIPTION: Final = nullable(text("What the role is for.", most=1024))
_ID: Final = text("`rol_` and 16 characters.")

_CREATED: Final = obj(
    {"name": _NAME, "description": _DESCRIPTION, "type": text(choices=(_TYPE,))},
    required=("name",),
)
ITEM: Final[Schema] = obj(
    {"id": _ID, "name": _NAME, "description": _DESCRIPTION}, required=("id", "name", "description")
)


async def found(call: Call, role_id: str) -> Role:
    """Return a role.

    Raises:
        Refused: NO_ROLE.
    """
    role = await call.parts.stores.roles.by_id(role_id)
    if role is None:
        raise Refused(ManagementRefusal.NO_ROLE)
    return role


def rendered(role: Role) -> Document:
    """Return a role in Auth0's shape."""
    return {"id": role.id, "name": role.name, "description": role.description}


async def listed(call: Call) -> list[Document]:
    """Answer the roles, those whose name holds `name_filter` whatever its case."""
    part = (call.text("name_filter") or "").casefold()
    roles = await call.parts.stores.roles.all()
    return [rendered(role) for role in roles if part in role.name.casefold()]


async def create(call: Call) -> Document:
    """Create a role."""
    role = Role(
        id=f"rol_{call.parts.dice.letters(_ID_CHARS)}",
        name=str(call.body["name"]),
        description=_description(call, None),
    )
    if not await call.parts.stores.roles.add(role):
        raise Refused(ManagementRefusal.ROLE_EXISTS)
    return rendered(role)


async def get(call: Call) -> Document:
    """Answer one role."""
    return rendered(await found(call, call.path["id"]))


async def change(call: Call) -> Document:
    """Change name and description; what is not sent stays."""
    role = await found(call, call.path["id"])
    name = call.body.get("name")
    changed = replace(
        role,
        name=role.name if name is None else str(name),
        description=_description(call, role.description),
    )
    if not await call.parts.stores.roles.rename(changed):
        await found(call, role.id)  # gone meanwhile
        raise Refused(ManagementRefusal.ROLE_EXISTS)
    return rendered(changed)


async def remove(call: Call) -> Document:
    """Delete a role; nobody has it any more."""
    if not await call.parts.stores.roles.remove(call.path["id"]):
        raise Refused(ManagementRefusal.NO_ROLE)
    return {}


async def its_permissions(call: Call) -> list[Document]:
    """Answer the permissions of a role."""
    role = await found(call, call.path["id"])
    return await permissions.rendered(call, role.permissions)


async def permit(call: Call) -> Document:
    """Add permissions to a role; each must exist on its API."""
    await found(call, call.path["id"])
    given = await permissions.existing(call)
    if not await call.parts.stores.roles.permit(call.path["id"], given):
        raise Refused(ManagementRefusal.NO_ROLE)
    return {}


async def forbid(call: Call) -> None:
    """Take permissions from a role; those it does not have are gone already."""
    if not await call.parts.stores.roles.forbid(call.path["id"], permissions.named(call)):
        raise Refused(ManagementRefusal.NO_ROLE)


def _description(call: Call, kept: str | None) -> str | None:
    value = call.body.get("description", kept)
    return value if isinstance(value, str) else None


RESOURCE: Final = Resource(
    name="roles",
    doc="Named sets of permissions.",
    verbs=(
        Verb(
            method="GET",
            path="/roles",
            scopes=("read:roles",),
            run=listed,
            summary="Get roles",
            query={
                "name_filter": text("Part of the name, in any case.", most=255),
                "type": text("All roles are of the tenant.", choices=(_TYPE,)),
            },
            listed=Listed(key="roles", item=ITEM),
        ),
        Verb(
            method="POST",
            path="/roles",
            scopes=("create:roles",),
            run=create,
            summary="Create a role",
            body=_CREATED,
            answer=ITEM,
            refusals=(ManagementRefusal.ROLE_EXISTS,),
        ),
        Verb(
            method="GET",
            path="/roles/{id}",
            scopes=("read:roles",),
            run=get,
            summary="Get a role",
            answer=ITEM,
            refusals=(ManagementRefusal.NO_ROLE,),
        ),
        Verb(
            method="PATCH",
            path="/roles/{id}",
            scopes=("update:roles",),
            run=change,
            summary="Update a role",
            body=changes(_CREATED, without=("type",)),
            answer=ITEM,
            refusals=(ManagementRefusal.NO_ROLE, ManagementRefusal.ROLE_EXISTS),
        ),
        Verb(
            method="DELETE",
            path="/roles/{id}",
            scopes=("delete:roles",),
            run=remove,
            summary="Delete a role",
            answer=obj(),
            refusals=(ManagementRefusal.NO_ROLE,),
        ),
        Verb(
            method="GET",
            path="/roles/{id}/permissions",
            scopes=("read:roles",),
            run=its_permissions,
            summary="Get the permissions of a role",
            listed=Listed(key="permissions", item=permissions.ITEM),
            refusals=(ManagementRefusal.NO_ROLE,),
        ),
        Verb(
            method="POST",
            path="/roles/{id}/permissions",
            scopes=("update:roles",),
            run=permit,
            summary="Associate permissions with a role",
            body=permissions.BODY,
            status=201,
            answer=obj(),
            refusals=(ManagementRefusal.NO_ROLE, ManagementRefusal.NO_SUCH_AUDIENCE),
        ),
        Verb(
            method="DELETE",
            path="/roles/{id}/permissions",
            scopes=("update:roles",),
            run=forbid,
            summary="Remove permissions from a role",
            body=permissions.BODY,
            status=204,
            refusals=(ManagementRefusal.NO_ROLE,),
        ),
    ),
)
