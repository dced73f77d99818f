"""What applying a file did, or would do."""

from collections.abc import Iterator, Mapping
from typing import Final, Literal, TypeAlias

from gateword.values import dataclass

Action: TypeAlias = Literal["created", "updated", "unchanged"]

HIDDEN: Final = "*****"
SECRET_MEMBERS: Final = frozenset({
    "client_secret", "signing_secret", "password", "password_hash", "secrets", "configuration",
    "secret", "api_key",
})  # fmt: skip
"""Members whose values no diff shows, wherever they stand."""

_WITH_SECRET_VALUES: Final = frozenset(
    {"rules config", "action", "client", "database", "log stream"}
)
"""Kinds in which a member `value` is a secret too; the value of a scope is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One member that differs.

    Attributes:
        member: Its name; members inside objects with dots.
        before: Its value; None when there was none.
        after: Its value; None when there is none any more.
    """

    member: str
    before: object
    after: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing of the file.

    Attributes:
        kind: `client`, `database`, `resource server`, `client grant`, `role`, `tenant`, `rule`, …
        name: Its name, or what identifies it.
        members: What differs from before; empty for a thing that is new or unchanged.
        differences: The same member by member; secrets are stars.
    """

    kind: str
    name: str
    action: Action
    members: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()


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
    return Change(
        kind=kind,
        name=name,
        action=action,
        members=differing,
        differences=tuple(_differences(before, after, secret_members(kind))),
    )


def hidden(member: str) -> Difference:
    """Return the difference of a member that is a secret altogether."""
    return Difference(member=member, before=HIDDEN, after=HIDDEN)


def secret_members(kind: str) -> frozenset[str]:
    """Return the names of members that are secrets in a thing of that kind."""
    return SECRET_MEMBERS | {"value"} if kind in _WITH_SECRET_VALUES else SECRET_MEMBERS


def _differences(
    before: Mapping[str, object],
    after: Mapping[str, object],
    secrets: frozenset[str],
    path: str = "",
) -> Iterator[Difference]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        member = f"{path}{name}"
        if old == new:
            continue
        if name in secrets:
            yield Difference(member=member, before=_starred(old), after=_starred(new))
        elif isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _differences(old, new, secrets, f"{member}.")
        else:
            yield Difference(member=member, before=_shown(old, secrets), after=_shown(new, secrets))


def _starred(value: object) -> object:
    return None if value is None else HIDDEN


def _shown(value: object, secrets: frozenset[str]) -> object:
    """Return a value without the secrets inside it."""
    if isinstance(value, Mapping):
        return {
            name: _starred(inner) if name in secrets else _shown(inner, secrets)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [
            _shown(item, secrets)
            for item in (sorted(value) if isinstance(value, set | frozenset) else value)
        ]
    return value
