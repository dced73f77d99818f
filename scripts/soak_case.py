"""What every fault is given, and what it reports."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from tests.served.house import CHEAP_HASHES

SHOWN_FAULTS: Final = 10
"""Of one case; the rest is counted."""

SETTINGS: Final[Mapping[str, object]] = {**CHEAP_HASHES, "management_rate_per_s": 0}
"""Of the installations that are broken: the faults are looked for, not the price of a hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where a fault is played.

    Attributes:
        folder: Empty, and its own.
        kills: How often a server is killed.
        times: How often a server is stopped, or what it needs taken away.
        load_s: How long each piece of load lasts, in seconds.
        say: Tells whoever watches how far it is.
    """

    folder: Path
    kills: int
    times: int
    load_s: float
    say: Callable[[str], None]


@dataclass(slots=True)
class Report:
    """What was seen.

    Attributes:
        counts: Events by their names.
        faults: What should not have been, in words.
        figures: Measures by their names, with the unit in the name.
    """

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)

    def expect(self, fault: str, *, holds: bool) -> None:
        """Note a fault unless something holds."""
        if not holds:
            self.faults.append(fault)

    def longest(self, name: str, value: float) -> None:
        """Keep the largest value of a figure."""
        self.figures[name] = max(value, self.figures.get(name, 0.0))

    def plain(self) -> dict[str, object]:
        """Return the report as JSON can hold it."""
        return {"counts": dict(self.counts), "figures": self.figures, "faults": self.faults}

    def lines(self, name: str) -> list[str]:
        """Return the report as text."""
        counted = [f"    {count:>7,}  {what}" for what, count in self.counts.items()]
        measured = [f"    {value:>9,.2f}  {what}" for what, value in self.figures.items()]
        faults = [f"    FAULT: {fault}" for fault in self.faults[:SHOWN_FAULTS]]
        left = len(self.faults) - len(faults)
        more = [f"    and {left} more"] if left > 0 else []
        verdict = "FAILED" if self.faults else "ok"
        return [f"{name}: {verdict}", *counted, *measured, *faults, *more]


Case: TypeAlias = Callable[[Ground], Report]
