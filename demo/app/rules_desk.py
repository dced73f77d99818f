"""What can be done with the tenant's rules: read them, turn them off, and pretend."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from . import script_view
from .management import ManagementApi, Rule
from .problem import Failure, Problem
from .settings import Settings

_WEEKEND: Final = ("Saturday", "Sunday")
_FAR_AWAY: Final = "192.0.2.0/24"
"""A network that nobody is in: RFC 5737 keeps it for examples."""


@dataclass(frozen=True, slots=True)
class Pretence:
    """A value of the rules' configuration that shows a rule at work, on any day and anywhere.

    Attributes:
        name: What the form calls it.
        key: The rules config it sets.
        offer: What the button says.
        now: What is so while it lasts.
    """

    name: str
    key: str
    offer: str
    now: str


PRETENCES: Final = (
    Pretence(
        name="weekend",
        key="CLOSED_DAYS",
        offer="Pretend it is the weekend",
        now="You pretend that it is the weekend: no employee gets in today.",
    ),
    Pretence(
        name="outside",
        key="OFFICE_NETWORKS",
        offer="Pretend you are outside the office",
        now="You pretend to be outside the office: a password is not enough for an employee there.",
    ),
)


@dataclass(frozen=True, slots=True)
class Value:
    """A rules config as the page shows it.

    Attributes:
        key: Its key.
        value: What this application set it to; None when it never did.
        pretence: What can be pretended with it, if anything.
        pretended: It is being pretended now.
    """

    key: str
    value: str | None
    pretence: Pretence | None
    pretended: bool


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A rule with what its script tells about it."""

    rule: Rule
    overview: str
    parts: list[tuple[str, str]]
    values: list[Value]


class RulesDesk:
    """The use cases of the page of the rules; HTTP stays in `rule_pages`.

    The server never gives values of rules configs out again, so they are remembered here.

    Args:
        api: The Management API.
        settings: What the rules configs were when the demo started.
        now: Unix time in seconds.
    """

    def __init__(self, api: ManagementApi, settings: Settings, now: Callable[[], float]) -> None:
        self._api = api
        self._now = now
        self._ordinary = {
            "CLOSED_DAYS": settings.closed_days,
            "OFFICE_NETWORKS": settings.office_networks,
        }
        self._values = dict(self._ordinary)

    async def shown(self) -> list[ShownRule]:
        """Return all rules, in the order in which they run.

        Raises:
            Failure: The login server did not answer, or not well.
        """
        return [
            ShownRule(
                rule=rule,
                overview=script_view.overview(rule.script),
                parts=script_view.parts(rule.script),
                values=[self._value(key) for key in script_view.keys(rule.script)],
            )
            for rule in await self._api.rules()
        ]

    def pretended(self) -> list[Pretence]:
        """Return what is being pretended now."""
        return [one for one in PRETENCES if self._is_pretended(one.key)]

    async def switch(self, rule_id: str, *, on: bool) -> None:
        """Turn a rule on or off; `Failure(Problem.NOT_FOUND)` when there is none of this id."""
        rule = next((one for one in await self._api.rules() if one.id == rule_id), None)
        if rule is None:
            raise Failure(Problem.NOT_FOUND)
        await self._api.switch(rule, on=on)

    async def pretend(self, name: str, *, on: bool) -> None:
        """Begin or stop pretending; `Failure(Problem.NOT_FOUND)` when there is no such pretence."""
        pretence = next((one for one in PRETENCES if one.name == name), None)
        if pretence is None:
            raise Failure(Problem.NOT_FOUND)
        key = pretence.key
        value = self._pretended_value(key) if on else self._ordinary[key]
        await self._api.configure(key, value)
        self._values[key] = value

    def _value(self, key: str) -> Value:
        pretence = next((one for one in PRETENCES if one.key == key), None)
        return Value(key, self._values.get(key), pretence, self._is_pretended(key))

    def _is_pretended(self, key: str) -> bool:
        return self._values.get(key) != self._ordinary.get(key)

    def _pretended_value(self, key: str) -> str:
        if key == "OFFICE_NETWORKS":
            return _FAR_AWAY
        today = f"{datetime.fromtimestamp(self._now(), UTC):%A}"
        return ", ".join(dict.fromkeys((*_WEEKEND, today)))
