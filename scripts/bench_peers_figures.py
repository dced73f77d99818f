"""From rows of the side-by-side to the figures that are told: medians of the rounds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, TypeAlias

from scripts.bench_peers_contestant import Grant

Figures: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One server, one grant, so many in flight: the median of each figure over the rounds.

    Attributes:
        per_s: Answers 200 a second.
        lowest_per_s: In the worst round.
        highest_per_s: In the best round.
        share: Of what the machine did at best within the same seconds, 1 being all of it.
        p50_ms: Latency.
        p99_ms: Latency.
        cpu_ms: Processor time of one answer, PostgreSQL's included.
        limit_per_s: What the machine did at best: hashes on all cores, or signatures of one core.
        limit_cpu_ms: Processor time of one of those.
        busy: Answers 503 of all rounds.
        errors: Other answers of all rounds.
        restless: Rounds after which the server did not come to rest.
    """

    per_s: float
    lowest_per_s: float
    highest_per_s: float
    share: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    limit_per_s: float
    limit_cpu_ms: float
    busy: int
    errors: int
    restless: int


class Summary:
    """All cells of a run.

    Args:
        rows: Of all rounds.
    """

    def __init__(self, rows: Iterable[Figures]) -> None:
        """Compute the cells."""
        found: dict[tuple[str, str, int], list[Figures]] = {}
        for row in rows:
            found.setdefault((row["key"], row["grant"], row["in_flight"]), []).append(row)
        self._cells = {key: _cell(each) for key, each in found.items()}

    def cell(self, key: str, grant: Grant, in_flight: int) -> Cell | None:
        """Return a cell; None when that was not measured."""
        return self._cells.get((key, grant.value, in_flight))

    def best(self, keys: Iterable[str], grant: Grant, in_flight: int) -> float | None:
        """Return the highest rate of some servers; None when none was measured."""
        cells = (self.cell(key, grant, in_flight) for key in keys)
        return max((cell.per_s for cell in cells if cell), default=None)


def _cell(rows: Sequence[Figures]) -> Cell:
    def middle(name: str) -> float:
        return float(median(row[name] for row in rows))

    rates = [row["per_s"] for row in rows]
    return Cell(
        per_s=median(rates),
        lowest_per_s=min(rates),
        highest_per_s=max(rates),
        share=median(row["per_s"] / row["limit_per_s"] for row in rows),
        p50_ms=middle("p50_ms"),
        p99_ms=middle("p99_ms"),
        cpu_ms=middle("cpu_ms"),
        limit_per_s=middle("limit_per_s"),
        limit_cpu_ms=middle("limit_cpu_ms"),
        busy=sum(row["busy"] for row in rows),
        errors=sum(row["errors"] for row in rows),
        restless=sum(not row["drained"] for row in rows),
    )
