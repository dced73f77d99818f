"""What applying a file did, or would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Action: TypeAlias = Literal["created", "updated", "unchanged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing of the file.

    Attributes:
        kind: `client`, `database`, `resource server`, `client grant`, `role`, `tenant` or `user`.
        name: Its name, or what identifies it.
        members: What differs from before; empty for a thing that is new or unchanged.
    """

    kind: str
    name: str
    action: Action
    members: tuple[str, ...] = ()


def compared(
    kind: str,
    name: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object],
) -> Change:
    """Return the change between two documents; None before means that it is new."""
    if before is None:
        return Change(kind=kind, name=name, action="created")
    differing = tuple(
        member
        for member in dict.fromkeys((*before, *after))
        if before.get(member) != after.get(member)
    )
    action: Action = "updated" if differing else "unchanged"
    return Change(kind=kind, name=name, action=action, members=differing)
