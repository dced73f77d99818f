"""`/users/{user_id}/roles` and `/users/{user_id}/permissions`: what a user may do, and whence.

Source: Auth0 Management API v2 "Get a user's roles", "Get a user's permissions", recorded answers.
"""

from collections.abc import Collection
from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.user import User
from gateword.management import permissions, roles
from gateword.management.resource import Call, Document, Listed, Resource, Verb
from gateword.management.schema import Schema, array, obj, text

_MOST: Final = 50
_BODY: Final = obj(
    {"roles": array(text("Id of a role.", least=1, most=1024), least=1, most=_MOST)},
    required=("roles",),
)
_DIRECT: Final = {"source_id": "", "source_name": "", "source_type": "DIRECT"}
_SOURCE: Final = obj(
    {
        "source_id": text("Id of the role; empty when the user has the permission directly."),
        "source_name": text(),
        "source_type": text(choices=("DIRECT", "ROLE")),
    },
    required=tuple(_DIRECT),
)


async def its_roles(call: Call) -> list[Document]:
    """Answer the roles of a user."""
    user = await _found(call)
    return [roles.rendered(role) for role in await call.parts.stores.roles.of_user(user.key)]


async def assign(call: Call) -> None:
    """Give a user roles as well."""
    user = await _found(call)
    if not await call.parts.stores.roles.give(_role_ids(call), (user.key,)):
        raise Refused(ManagementRefusal.NO_ROLE)


async def unassign(call: Call) -> None:
    """Take roles from a user; those that the user does not have are gone already."""
    user = await _found(call)
    for role_id in _role_ids(call):
        await roles.found(call, role_id)
    await call.parts.stores.roles.take(_role_ids(call), (user.key,))


async def its_permissions(call: Call) -> list[Document]:
    """Answer what a user may do, each permission with all that it comes from."""
    user = await _found(call)
    direct = await call.parts.stores.roles.direct_permissions(user.key)
    sources: dict[tuple[str, str], list[Document]] = {one: [_DIRECT] for one in direct}
    for role in await call.parts.stores.roles.of_user(user.key):
        source = {"source_id": role.id, "source_name": role.name, "source_type": "ROLE"}
        for permission in role.permissions:
            sources.setdefault(permission, []).append(source)
    shown = await permissions.rendered(call, sources)
    return [
        {**one, "sources": sources[permission]}
        for permission, one in zip(sorted(sources), shown, strict=True)
    ]


async def permit(call: Call) -> Document:
    """Give a user permissions directly; each must exist on its API."""
    user = await _found(call)
    await call.parts.stores.roles.permit_user(user.key, await permissions.existing(call))
    return {}


async def forbid(call: Call) -> None:
    """Take direct permissions from a user; those of roles stay."""
    user = await _found(call)
    await call.parts.stores.roles.forbid_user(user.key, permissions.named(call))


async def _found(call: Call) -> User:
    user = await call.parts.stores.users.by_id(call.path["user_id"])
    if user is None:
        raise Refused(ManagementRefusal.NO_USER)
    return user


def _role_ids(call: Call) -> Collection[str]:
    sent = call.body["roles"]
    return dict.fromkeys(map(str, sent)) if isinstance(sent, list) else ()


def _with_sources(item: Schema) -> Schema:
    members = item["properties"]
    known = dict(members) if isinstance(members, dict) else {}
    return obj({**known, "sources": array(_SOURCE)}, required=(*known, "sources"))


RESOURCE: Final = Resource(
    name="user roles",
    doc="Roles and permissions of a user.",
    verbs=(
        Verb(
            method="GET",
            path="/users/{user_id}/roles",
            scopes=("read:role_members", "read:users read:roles"),
            run=its_roles,
            summary="Get the roles of a user",
            listed=Listed(key="roles", item=roles.ITEM),
            refusals=(ManagementRefusal.NO_USER,),
        ),
        Verb(
            method="POST",
            path="/users/{user_id}/roles",
            scopes=("create:role_members", "update:users"),
            run=assign,
            summary="Assign roles to a user",
            body=_BODY,
            status=204,
            refusals=(ManagementRefusal.NO_USER, ManagementRefusal.NO_ROLE),
        ),
        Verb(
            method="DELETE",
            path="/users/{user_id}/roles",
            scopes=("delete:role_members", "update:users"),
            run=unassign,
            summary="Remove roles from a user",
            body=_BODY,
            status=204,
            refusals=(ManagementRefusal.NO_USER, ManagementRefusal.NO_ROLE),
        ),
        Verb(
            method="GET",
            path="/users/{user_id}/permissions",
            scopes=("read:users",),
            run=its_permissions,
            summary="Get the permissions of a user",
            listed=Listed(
                key="permissions", item=_with_sources(permissions.ITEM), id="permission_name"
            ),
            refusals=(ManagementRefusal.NO_USER,),
        ),
        Verb(
            method="POST",
            path="/users/{user_id}/permissions",
            scopes=("update:users",),
            run=permit,
            summary="Assign permissions to a user",
            body=permissions.BODY,
            status=201,
            answer=obj(),
            refusals=(ManagementRefusal.NO_USER, ManagementRefusal.NO_SUCH_AUDIENCE),
        ),
        Verb(
            method="DELETE",
            path="/users/{user_id}/permissions",
            scopes=("update:users",),
            run=forbid,
            summary="Remove permissions from a user",
            body=permissions.BODY,
            status=204,
            refusals=(ManagementRefusal.NO_USER,),
        ),
    ),
)
