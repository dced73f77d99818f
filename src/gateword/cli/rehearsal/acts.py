"""An attack of a scenario, and what it needs."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from gateword.cli.rehearsal.stage import Stage
from gateword.cli.rehearsal.tenants import Documents
from gateword.cli.rehearsal.verdicts import Judged, Row, Seen, stopped_by
from gateword.values import dataclass, field

Changes: TypeAlias = Callable[[Documents], Documents]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attack came to."""

    seen: Seen
    judged: Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One attack: it has a tenant of its own.

    Attributes:
        attack: What is sent, in a line; of a what-if, what follows these two words.
        play: Sends it.
        accounts: How many accounts the tenant has.
        changes: Members of the settings that this attack is played with, by object. Such a row is
            a what-if: it says nothing of the operator's own settings.
    """

    attack: str
    play: Callable[[Stage], Awaitable[Outcome]]
    accounts: int = 1
    changes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """What an attacker is after, and the ways that are tried.

    Attributes:
        name: As `--scenario` takes it.
    """

    name: str
    acts: tuple[Act, ...]


def row(scenario: Scenario, act: Act, outcome: Outcome, stage: Stage) -> Row:
    """Return the line of the table."""
    seen = outcome.seen
    return Row(
        scenario=scenario.name,
        attack=act.attack,
        sent=len(seen.tries),
        answers=dict(sorted(seen.statuses.items())),
        checked=seen.checked,
        stopped_by=stopped_by(seen, stage.protection),
        judged=outcome.judged,
        is_what_if=bool(act.changes),
    )
