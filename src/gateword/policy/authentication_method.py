"""A user's second factors as Auth0's Management API writes them.

An authenticator `totp|dev_…` is the method of that id. Those of one phone are one method
`phone|dev_…`, which has the characters of the one by which codes are preferably sent.

Rule 1: pure. Source: Auth0 Management API v2 "Authentication methods", recorded answers.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from gateword.domain.mfa import Authenticator, Kind
from gateword.policy import masked
from gateword.policy.timestamp import written
from gateword.values import dataclass

PHONE: Final = "phone"
CHANNELS: Final = (Kind.SMS, Kind.VOICE)
_DEVICE: Final = "|dev_"


@dataclass(frozen=True, slots=True)
class Method:
    """One method.

    Attributes:
        authenticators: What it is made of; the first is the preferred one.
        link_id: Method that goes when this one goes; empty for most.
    """

    authenticators: tuple[Authenticator, ...]
    link_id: str = ""

    @property
    def first(self) -> Authenticator:
        """The one that says when it was set up, and what it is called."""
        return self.authenticators[0]

    @property
    def type(self) -> str:
        """What it is, in Auth0's words."""
        return PHONE if self.first.kind in CHANNELS else self.first.kind.value

    @property
    def id(self) -> str:
        """Its id."""
        return f"{self.type}{_DEVICE}{device(self.first.id)}"

    def is_known_as(self, id_: str) -> bool:
        """Say whether an id means it: its own, or that of an authenticator in it."""
        return id_ in {self.id, *(one.id for one in self.authenticators)}


def device(id_: str) -> str:
    """Return what stands behind `|dev_` in an id."""
    return id_.rpartition(_DEVICE)[2]


def methods(owned: Sequence[Authenticator]) -> list[Method]:
    """Return a user's authenticators as methods, in their order."""
    found: list[Method] = []
    taken: set[str] = set()
    for one in owned:
        if one.id in taken:
            continue
        together = [other for other in owned if one.group and other.group == one.group]
        if one.kind in CHANNELS and together:
            together.sort(key=lambda other: not other.is_preferred)
            taken |= {other.id for other in together}
            found.append(Method(tuple(together)))
            continue
        link = next((other.id for other in together if other.id != one.id), "")
        found.append(Method((one,), link))
    return found


def rendered(method: Method) -> dict[str, object]:
    """Return a method as it is read, members in the order of recorded ones."""
    first = method.first
    return _present(
        {
            "id": method.id,
            "type": method.type,
            "confirmed": first.is_confirmed,
            "name": first.name,
            **_target(method, masks=True),
            **_times(method),
            **_phone(method),
            "link_id": method.link_id,
        }
    )


def changed(method: Method) -> dict[str, object]:
    """Return a method as the answer to what made or changed it has it."""
    first = method.first
    return _present(
        {
            "type": method.type,
            "name": first.name,
            **_times(method),
            **_target(method, masks=True),
            "id": method.id,
            **_phone(method),
        }
    )


def replaced(method: Method) -> dict[str, object]:
    """Return a method as the answer to what replaced all has it: nothing is masked there."""
    first = method.first
    return _present(
        {
            "id": method.id,
            "type": method.type,
            "name": first.name,
            **_target(method, masks=False),
            **_times(method),
            **_phone(method),
        }
    )


def _target(method: Method, *, masks: bool) -> Mapping[str, object]:
    target = method.first.target
    if method.type == PHONE:
        return {"phone_number": masked.phone(target) if masks else target}
    if method.first.kind is Kind.EMAIL:
        return {"email": masked.email(target) if masks else target}
    return {}


def _times(method: Method) -> Mapping[str, object]:
    used = [one.last_used_at for one in method.authenticators if one.last_used_at is not None]
    return {
        "created_at": written(method.first.created_at),
        "last_auth_at": written(max(used)) if used else "",
    }


def _phone(method: Method) -> Mapping[str, object]:
    if method.type != PHONE:
        return {}
    return {
        "preferred_authentication_method": method.first.kind.value,
        "authentication_methods": [
            {"id": one.id, "type": one.kind.value} for one in method.authenticators
        ],
    }


def _present(members: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in members.items() if value != ""}
