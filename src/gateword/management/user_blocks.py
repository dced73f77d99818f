"""`/user-blocks`: which logins of a user are blocked after too many wrong passwords.

Source: Auth0 Management API v2 "User Blocks", recorded answers.
"""

from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management.resource import Call, Document, Resource, Verb
from gateword.management.schema import Schema, array, flag, obj, text

_BLOCKED: Final[Schema] = obj(
    {
        "blocked_for": array(
            obj({"identifier": text(), "ip": text(), "connection": text()}),
            "What is blocked: a login name, from an address when it is counted by address.",
        )
    },
    required=("blocked_for",),
)
_CONSIDER: Final = {
    "consider_brute_force_enablement": flag(
        "Answer only blocks that are in force: none while brute-force protection is off."
    )
}
_IDENTIFIER: Final = {"identifier": text("Login name: e-mail, username or phone.", least=1)}


async def of_user(call: Call) -> Document:
    """Answer the blocks of a user."""
    await _known(call)
    return {"blocked_for": []}


async def of_identifier(call: Call) -> Document:
    """Answer the blocks of a login name, whether a user has it or not."""
    _identifier(call)
    return {"blocked_for": []}


async def unblock_user(call: Call) -> None:
    """Lift the blocks of a user; `blocked` of the user itself stays."""
    await _known(call)


async def unblock_identifier(call: Call) -> None:
    """Lift the blocks of a login name."""
    _identifier(call)


async def _known(call: Call) -> None:
    if await call.parts.stores.users.by_id(call.path["user_id"]) is None:
        raise Refused(ManagementRefusal.NO_USER)


def _identifier(call: Call) -> str:
    identifier = call.text("identifier")
    if identifier is None:
        fault = "Missing required property: identifier"
        raise Refused(ManagementRefusal.INVALID_QUERY, fault=fault)
    return identifier


RESOURCE: Final = Resource(
    name="user-blocks",
    doc="Logins that are blocked after too many wrong passwords.",
    verbs=(
        Verb(
            method="GET",
            path="/user-blocks",
            scopes=("read:users",),
            run=of_identifier,
            summary="Get the blocks of a login name",
            query=_IDENTIFIER | _CONSIDER,
            answer=_BLOCKED,
        ),
        Verb(
            method="DELETE",
            path="/user-blocks",
            scopes=("update:users",),
            run=unblock_identifier,
            summary="Unblock a login name",
            query=_IDENTIFIER,
            status=204,
        ),
        Verb(
            method="GET",
            path="/user-blocks/{user_id}",
            scopes=("read:users",),
            run=of_user,
            summary="Get the blocks of a user",
            query=_CONSIDER,
            answer=_BLOCKED,
            refusals=(ManagementRefusal.NO_USER,),
        ),
        Verb(
            method="DELETE",
            path="/user-blocks/{user_id}",
            scopes=("update:users",),
            run=unblock_user,
            summary="Unblock a user",
            status=204,
            refusals=(ManagementRefusal.NO_USER,),
        ),
    ),
)
