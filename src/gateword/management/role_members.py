"""`/roles/{id}/users`: who has a role.

Source: Auth0 Management API v2 "Get a role's users", "Assign users to a role", recorded answers.
"""

from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.user import User
from gateword.management import roles
from gateword.management.resource import Call, Document, Listed, Resource, Slice, Verb
from gateword.management.schema import array, obj, text

_MOST: Final = 1000
_MEMBERS: Final = ("user_id", "email", "picture", "name")
_BODY: Final = obj(
    {"users": array(text("User id.", least=1, most=1024), least=1, most=_MOST)},
    required=("users",),
)


async def members(call: Call) -> Slice:
    """Answer those who have a role, in the order in which they were made."""
    role = await roles.found(call, call.path["id"])
    paging, store = call.paging, call.parts.stores.roles
    if not paging.by_checkpoint:
        users = await store.members(role.id, start=paging.start, limit=paging.limit)
        total = await store.count_members(role.id) if paging.with_totals else None
        return Slice([_rendered(user) for user in users], total)
    users = await store.members(role.id, after=int(paging.after or 0), limit=paging.limit + 1)
    page = users[: paging.limit]
    behind = str(page[-1].key) if len(users) > len(page) else None
    return Slice([_rendered(user) for user in page], next=behind)


async def add(call: Call) -> Document:
    """Give each of these users the role."""
    role = await roles.found(call, call.path["id"])
    keys = [await _key(call, user_id) for user_id in _user_ids(call)]
    if not await call.parts.stores.roles.give((role.id,), keys):
        raise Refused(ManagementRefusal.NO_ROLE)
    return {}


async def _key(call: Call, user_id: str) -> int:
    user = await call.parts.stores.users.by_id(user_id)
    if user is None:
        raise Refused(ManagementRefusal.NO_USER)
    return user.key


def _user_ids(call: Call) -> list[str]:
    sent = call.body["users"]
    return list(dict.fromkeys(map(str, sent))) if isinstance(sent, list) else []


def _rendered(user: User) -> Document:
    profile = user.profile
    shown = {
        "user_id": user.user_id,
        "email": user.email,
        "picture": profile.get("picture"),
        "name": profile.get("name") or user.email or user.username or user.phone_number,
    }
    return {name: value for name, value in shown.items() if value is not None}


RESOURCE: Final = Resource(
    name="role members",
    doc="Who has a role.",
    verbs=(
        Verb(
            method="GET",
            path="/roles/{id}/users",
            scopes=("read:role_members", "read:users read:roles"),
            run=members,
            summary="Get the users of a role",
            listed=Listed(
                key="users",
                item=obj({name: text() for name in _MEMBERS}, required=("user_id",)),
                id="user_id",
                checkpoint=True,
            ),
            refusals=(ManagementRefusal.NO_ROLE,),
        ),
        Verb(
            method="POST",
            path="/roles/{id}/users",
            scopes=("create:role_members", "update:users"),
            run=add,
            summary="Assign users to a role",
            body=_BODY,
            answer=obj(),
            refusals=(ManagementRefusal.NO_ROLE, ManagementRefusal.NO_USER),
        ),
    ),
)
