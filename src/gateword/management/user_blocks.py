"""`/user-blocks`: which logins of a user are blocked after too many wrong passwords.

Source: Auth0 Management API v2 "User Blocks", recorded answers.
"""

from collections.abc import Sequence
from typing import Final

from gateword.accounts import blocks
from gateword.accounts.blocks import Block
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management import user_changes
from gateword.management.lifter import lifter
from gateword.management.resource import Call, Document, Resource, Verb
from gateword.management.schema import Schema, array, flag, obj, text

_BLOCKED: Final[Schema] = obj(
    {
        "blocked_for": array(
            obj(
                {
                    "identifier": text(),
                    "ip": text("Address; of IPv6 the /64 around it. Not there: every address."),
                    "connection": text(),
                },
                required=("identifier", "connection"),
            ),
            "What is blocked: each login name of the user, from an address or from all.",
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
    user = await user_changes.existing(call)
    return _shown(await blocks.of_user(call.parts, user, in_force=_in_force(call)))


async def of_identifier(call: Call) -> Document:
    """Answer the blocks of a login name, whether a user has it or not."""
    return _shown(await blocks.of_name(call.parts, _identifier(call), in_force=_in_force(call)))


async def unblock_user(call: Call) -> None:
    """Lift the blocks of a user; `blocked` of the user itself stays."""
    await blocks.lift_of_user(call.parts, await user_changes.existing(call), lifter(call))


async def unblock_identifier(call: Call) -> None:
    """Lift the blocks of a login name, and of the user who has it."""
    await blocks.lift_of_name(call.parts, _identifier(call), lifter(call))


def _shown(found: Sequence[Block]) -> Document:
    shown = [
        {"identifier": block.identifier}
        | ({"ip": block.ip} if block.ip else {})
        | {"connection": block.connection.name}
        for block in found
    ]
    return {"blocked_for": shown}


def _in_force(call: Call) -> bool:
    return call.query.get("consider_brute_force_enablement") is True


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
