"""A body read by its policy: what a schema cannot say is refused in the same words."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.policy.members import Fault, Members, shown

T = TypeVar("T")


def read(body: Mapping[str, object], reader: Callable[[Members], T]) -> T:
    """Return what a policy makes of a body.

    Raises:
        Refused: INVALID_BODY with the first fault that the policy found.
    """
    faults: list[Fault] = []
    made = reader(Members(body, (), faults))
    if faults:
        where = shown(faults[0].path)
        at = f" on property {where}" if where else ""
        raise Refused(ManagementRefusal.INVALID_BODY, fault=f"{faults[0].text}{at}")
    return made
