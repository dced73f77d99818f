"""The figures of two nodes as a table that people read."""

from collections.abc import Iterator
from typing import Any, Final

from scripts.bench_report_rows import counted, row, title, verdict

Figures = dict[str, Any]

_GOAL: Final = 1.7
_TITLES: Final = {
    "whole": "two nodes against one, a core for each; database and generator share them",
    "slice": "two nodes against one, a third of a core for each; the others have what they need",
}


def nodes(figures: Figures) -> Iterator[str]:
    """Yield what a second node brings."""
    for kind, measured in figures.items():
        yield title(_TITLES[kind])
        for name, one in measured.items():
            judged = verdict(one["ratio"] >= _GOAL, f"{_GOAL} or more")
            rates = f"{one['two_per_s']:8.1f}/s of {one['one_per_s']:.1f}/s"
            each = ", ".join(f"{ratio:.2f}" for ratio in one["ratio_each"])
            yield row(name.replace("_", " "), f"{one['ratio']:.2f}", rates, judged, f"({each})")
            used = (
                f"{one['node_cpu_ms']:.2f} ms of CPU at the node, "
                f"{one['database_cpu_ms']:.2f} at PostgreSQL, "
                f"{one['generator_cpu_ms']:.2f} at the generator"
            )
            yield row("", "", used, counted(one))
