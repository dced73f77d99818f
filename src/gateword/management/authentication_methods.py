"""`/users/{user_id}/authentication-methods`: a user's second factors, in the hands of an operator.

What is made here is confirmed at once: the operator says that it works.
Source: Auth0 Management API v2 "Authentication methods", recorded answers.
"""

from collections.abc import Sequence
from typing import Final

from gateword.domain.log_event import LogCode
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.mfa import Authenticator, Kind
from gateword.domain.refused import Refused
from gateword.domain.user import User
from gateword.login.enrolling import MOST
from gateword.management import factor_log, user_changes
from gateword.management.made_methods import BODY, MADE, made, refuse_twins
from gateword.management.resource import Answer, Call, Document, Listed, Resource, Slice, Verb
from gateword.management.schema import array, changes, flag, obj, text
from gateword.policy import authentication_method as policy
from gateword.policy.authentication_method import Method
from gateword.values import replace

_KEY: Final = "authenticators"
_PATH: Final = "/users/{user_id}/authentication-methods"
_ONE: Final = f"{_PATH}/{{method_id}}"
_READ: Final = obj(
    {
        "id": text(),
        "type": text(),
        "confirmed": flag(),
        "name": text(),
        "email": text("Masked."),
        "phone_number": text("Masked."),
        "created_at": text(),
        "last_auth_at": text(),
        "preferred_authentication_method": text(),
        "authentication_methods": array(obj({"id": text(), "type": text()})),
        "link_id": text("The method that is deleted with this one."),
    },
    required=("id", "type", "confirmed", "created_at"),
)
_CHANGE: Final = changes(
    obj(
        {
            "name": text("What it is called.", most=64),
            "preferred_authentication_method": text(choices=("sms", "voice")),
        }
    )
)
_NO_PHONE: Final = "preferred_authentication_method is for phones only"


async def listed(call: Call) -> Slice | Answer:
    """Answer the methods; totals stand behind the list, and an empty one has none, as recorded."""
    user = await user_changes.existing(call)
    found = [policy.rendered(one) for one in await _methods(call, user)]
    paging = call.paging
    page = found[paging.start : paging.start + paging.limit]
    if not paging.with_totals:
        return Slice(page, len(found))
    total = {"total": len(found)} if found else {}
    return Answer(200, {_KEY: page, **total, "start": paging.start, "limit": paging.limit})


async def read(call: Call) -> Document:
    """Answer one method."""
    _, method = await _found(call)
    return policy.rendered(method)


async def create(call: Call) -> Document:
    """Make a method."""
    user = await user_changes.existing(call)
    owned = await _owned(call, user)
    rows = await made(call, user, call.body)
    refuse_twins([*owned, *rows])
    await _keep(call, user, rows, replaces=False)
    return policy.changed(Method(tuple(rows)))


async def replace_all(call: Call) -> Sequence[Document]:
    """Put methods in place of all that there are."""
    user = await user_changes.existing(call)
    before = await _owned(call, user)
    new = [await made(call, user, _object(item)) for item in call.items]
    rows = [row for one in new for row in one]
    refuse_twins(rows)
    if rows:
        await _keep(call, user, rows, replaces=True)
    else:
        await call.parts.stores.authenticators.remove(user.key, [one.id for one in before])
    if before:
        await factor_log.of_user(call, LogCode.GD_UNENROLL, _GONE, user, before)
    return [policy.replaced(Method(tuple(one))) for one in new]


async def change(call: Call) -> Document:
    """Change what a method is called, or how codes preferably go to a phone."""
    user, method = await _found(call)
    name, way = call.body.get("name", method.first.name), None
    if call.body.get("preferred_authentication_method") is not None:
        way = Kind(str(call.body["preferred_authentication_method"]))
    rows = [replace(one, name=str(name or "")) for one in method.authenticators]
    if way is not None:
        if method.type != policy.PHONE:
            raise Refused(ManagementRefusal.BODY_CONFLICT, text=_NO_PHONE)
        rows = await _preferring(call, rows, way)
    if not await call.parts.stores.authenticators.describe(rows):
        raise Refused(ManagementRefusal.NO_AUTHENTICATION_METHOD)
    await factor_log.of_user(call, LogCode.GD_UPDATE_DEVICE, "Second factor changed", user, rows)
    return policy.changed(Method(tuple(rows)))


async def remove(call: Call) -> None:
    """Delete a method, with what goes together with it."""
    user, method = await _found(call)
    ids = [one.id for one in method.authenticators]
    await call.parts.stores.authenticators.remove(user.key, ids)
    await factor_log.of_user(call, LogCode.GD_UNENROLL, _GONE, user, method.authenticators)


async def remove_all(call: Call) -> None:
    """Delete everything by which a user could show a second factor, recovery code included."""
    user = await user_changes.existing(call)
    await removed(call, user, await _owned(call, user))


async def removed(call: Call, user: User, gone: Sequence[Authenticator]) -> None:
    """Delete authenticators of a user, and log it if there were any."""
    if gone:
        await call.parts.stores.authenticators.remove(user.key, [one.id for one in gone])
        await factor_log.of_user(call, LogCode.GD_UNENROLL, _GONE, user, gone)


_GONE: Final = "Second factors removed"


async def _owned(call: Call, user: User) -> Sequence[Authenticator]:
    return await call.parts.stores.authenticators.of_user(user.key, call.at)


async def _methods(call: Call, user: User) -> list[Method]:
    return policy.methods(await _owned(call, user))


async def _found(call: Call) -> tuple[User, Method]:
    """Return the user and the method of the path.

    Raises:
        Refused: NO_USER or NO_AUTHENTICATION_METHOD.
    """
    user = await user_changes.existing(call)
    for method in await _methods(call, user):
        if method.is_known_as(call.path["method_id"]):
            return user, method
    raise Refused(ManagementRefusal.NO_AUTHENTICATION_METHOD)


async def _keep(call: Call, user: User, rows: Sequence[Authenticator], *, replaces: bool) -> None:
    await _add(call, rows, replaces=replaces)
    await factor_log.of_user(
        call, LogCode.GD_ENROLLMENT_COMPLETE, "Second factor enrolled", user, rows
    )


async def _add(call: Call, rows: Sequence[Authenticator], *, replaces: bool = False) -> None:
    if not await call.parts.stores.authenticators.add(rows, MOST, replaces=replaces):
        text_ = f"A user may have {MOST} authentication methods at most"
        raise Refused(ManagementRefusal.CONFLICT, text=text_)


async def _preferring(call: Call, rows: list[Authenticator], way: Kind) -> list[Authenticator]:
    """Return a phone's authenticators with one of a kind before the others; it may be new."""
    device = policy.device(rows[0].id)
    rows = [replace(one, group=f"{way.value}:{device}") for one in rows]
    if way not in {one.kind for one in rows}:
        new = replace(rows[0], id=f"{way.value}|dev_{device}", kind=way, last_used_at=None)
        await _add(call, [new])
        rows.append(new)
    return sorted(rows, key=lambda one: one.kind is not way)


def _object(item: object) -> Document:
    return item if isinstance(item, dict) else {}


_READS: Final = ("read:authentication_methods",)
_CHANGES: Final = ("update:authentication_methods",)

RESOURCE: Final = Resource(
    name="authentication-methods",
    doc="Second factors of users.",
    verbs=(
        Verb(
            method="GET",
            path=_PATH,
            scopes=_READS,
            run=listed,
            summary="Get authentication methods of a user",
            listed=Listed(key=_KEY, item=_READ),
            refusals=(ManagementRefusal.NO_USER,),
        ),
        Verb(
            method="GET",
            path=_ONE,
            scopes=_READS,
            run=read,
            summary="Get an authentication method of a user",
            answer=_READ,
            refusals=(ManagementRefusal.NO_USER, ManagementRefusal.NO_AUTHENTICATION_METHOD),
        ),
        Verb(
            method="POST",
            path=_PATH,
            scopes=("create:authentication_methods",),
            run=create,
            summary="Create an authentication method of a user",
            body=BODY,
            status=201,
            answer=MADE,
            refusals=(
                ManagementRefusal.NO_USER,
                ManagementRefusal.INVALID_BODY,
                ManagementRefusal.CONFLICT,
            ),
        ),
        Verb(
            method="PUT",
            path=_PATH,
            scopes=_CHANGES,
            run=replace_all,
            summary="Replace all authentication methods of a user",
            body=array(BODY, most=MOST),
            answer=array(MADE),
            refusals=(
                ManagementRefusal.NO_USER,
                ManagementRefusal.INVALID_BODY,
                ManagementRefusal.CONFLICT,
            ),
        ),
        Verb(
            method="PATCH",
            path=_ONE,
            scopes=_CHANGES,
            run=change,
            summary="Update an authentication method of a user",
            body=_CHANGE,
            answer=MADE,
            refusals=(
                ManagementRefusal.NO_USER,
                ManagementRefusal.NO_AUTHENTICATION_METHOD,
                ManagementRefusal.BODY_CONFLICT,
                ManagementRefusal.CONFLICT,
            ),
        ),
        Verb(
            method="DELETE",
            path=_ONE,
            scopes=("delete:authentication_methods",),
            run=remove,
            summary="Delete an authentication method of a user",
            status=204,
            refusals=(ManagementRefusal.NO_USER, ManagementRefusal.NO_AUTHENTICATION_METHOD),
        ),
        Verb(
            method="DELETE",
            path=_PATH,
            scopes=("delete:authentication_methods",),
            run=remove_all,
            summary="Delete all authentication methods of a user",
            status=204,
            refusals=(ManagementRefusal.NO_USER,),
        ),
    ),
)
