"""A rule as Auth0's Management API writes it: a script that runs at each login, in order.

Rule 1: pure. Rule 2: what is kept is the wire form without `id`.
Source: Auth0 Management API v2 "Rules", recorded creations.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from gateword.policy.members import Members

KIND: Final = "rule"
CONFIGURATION: Final = "rules_config"
"""Kind of the values that rules read."""

ID_PREFIX: Final = "rul_"
STAGES: Final = ("login_success",)
NAME: Final = r"^[^-\s][a-zA-Z0-9-\s]+[^-\s]$"
MAX_NAME_CHARS: Final = 140
MAX_SCRIPT_CHARS: Final = 100_000
MAX_ORDER: Final = 2**31 - 1
_NAME: Final = re.compile(NAME)
_FRESH: Final[Mapping[str, object]] = {
    "name": "", "script": "", "enabled": True, "order": 1, "stage": STAGES[0]
}  # fmt: skip


def created(members: Members, order: int) -> dict[str, object]:
    """Return the rule that a document creates.

    Args:
        members: The document.
        order: Where it stands when the document does not say.
    """
    members.required_text("name")
    if members.given("script") is None:
        members.fault("script is required")
    stage = members.text("stage", STAGES[0], STAGES[0], choices=STAGES)
    return changed(members, {**_FRESH, "order": order, "stage": stage})


def changed(members: Members, stored: Mapping[str, object]) -> dict[str, object]:
    """Return a kept rule with what a document says of it; null takes a member to its default."""
    for known in ("id", "stage"):
        members.given(known)
    name = members.text("name", str(stored["name"]))
    if not _NAME.fullmatch(name) or len(name) > MAX_NAME_CHARS:
        members.fault(
            f"holds letters, digits, spaces and inner hyphens, 3 to {MAX_NAME_CHARS}", "name"
        )
    order = order_of(stored)
    rule = {
        "name": name,
        "script": _script(members, str(stored["script"])),
        "enabled": members.flag("enabled", kept=stored["enabled"] is True, reset=True),
        "order": members.whole("order", order, order, most=MAX_ORDER),
        "stage": stored["stage"],
    }
    members.only()
    return rule


def order_of(rule: Mapping[str, object]) -> int:
    """Return where a rule stands among the others."""
    order = rule["order"]
    return order if isinstance(order, int) else 0


def next_order(rules: Iterable[Mapping[str, object]]) -> int:
    """Return the first place behind all rules; 1 when there are none."""
    return max((order_of(rule) for rule in rules), default=0) + 1


def moved(orders: Mapping[str, int], id_: str, order: int) -> dict[str, int]:
    """Return the places that change when a rule moves to another one.

    Args:
        orders: Rule to its place.
        id_: The rule that moves.
        order: Where to; whoever stands there, and as many behind it as must, move back by one.
    """
    now, last = {id_: order}, order
    for other, place in sorted(orders.items(), key=lambda one: one[1]):
        if other != id_ and place >= order:
            if place > last:
                break
            last += 1
            now[other] = last
    return {one: place for one, place in now.items() if orders[one] != place}


def _script(members: Members, kept: str) -> str:
    script = members.given("script")
    if script is None:
        return kept
    if not isinstance(script, str) or len(script) > MAX_SCRIPT_CHARS or "\0" in script:
        members.fault(f"must be text of at most {MAX_SCRIPT_CHARS} characters", "script")
        return kept
    return script
