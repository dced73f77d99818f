"""`/anomaly/blocks/ips`: addresses that are blocked after too many failed logins.

Source: Auth0 Management API v2 "Anomaly", recorded answers.
"""

from ipaddress import ip_address
from typing import Final

from gateword.accounts import address_blocks
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management.resource import Call, Resource, Verb

_PATH: Final = "/anomaly/blocks/ips/{ip}"


async def is_blocked(call: Call) -> None:
    """Answer 200 when failed logins keep an address from trying another, or another name.

    It, or its network, has used up what it may spend, or it failed under too many names.
    """
    if not await address_blocks.is_shut(call.parts, _address(call)):
        raise Refused(ManagementRefusal.NO_BLOCK)


async def unblock(call: Call) -> None:
    """Lift the block of an address; one that is not blocked is no fault.

    Accounts that are blocked there stay so: those are lifted by `/user-blocks`.
    """
    await address_blocks.lift(call.parts, _address(call))


def _address(call: Call) -> str:
    try:
        return ip_address(call.path["ip"]).compressed
    except ValueError:
        fault = "Object didn't pass validation for format ip on property ip"
        raise Refused(ManagementRefusal.INVALID_PATH, fault=fault) from None


RESOURCE: Final = Resource(
    name="anomaly",
    doc="Addresses that are blocked after too many failed logins.",
    verbs=(
        Verb(
            method="GET",
            path=_PATH,
            scopes=("read:anomaly_blocks",),
            run=is_blocked,
            summary="Check whether an address is blocked",
            refusals=(ManagementRefusal.NO_BLOCK, ManagementRefusal.INVALID_PATH),
        ),
        Verb(
            method="DELETE",
            path=_PATH,
            scopes=("delete:anomaly_blocks",),
            run=unblock,
            summary="Unblock an address",
            status=204,
            refusals=(ManagementRefusal.INVALID_PATH,),
        ),
    ),
)
