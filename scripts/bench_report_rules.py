"""The figures of rules as a table that people read."""

from collections.abc import Iterator
from typing import Any, Final

from scripts.bench_report_rows import counted, row, title, verdict

Figures = dict[str, Any]

_ADDED_MS: Final = {"one": 0.7, "five": 1.2}
_RSS_MIB: Final = 25.0
_LATER_MS: Final = 1000.0
_LABELS: Final = {
    "one": "one rule",
    "five": "five rules",
    "lodash": "one rule that requires lodash",
}


def rules(figures: Figures) -> Iterator[str]:
    """Yield what rules add, and what others wait for one that hangs."""
    yield title("what rules add to a refresh, ms at the median (median of rounds), 150 a second")
    yield row("no rules", f"{figures['p50_ms']['none']:.2f}", "the refresh itself")
    flat_out = figures["added_flat_out_ms"]
    for state, goal in _ADDED_MS.items():
        added = figures["added_ms"][state]
        judged = verdict(added < goal, f"under {goal}")
        yield row(_LABELS[state], f"{added:+.2f}", judged, f"{flat_out[state]:+.2f} back to back")
    yield row(_LABELS["lodash"], f"{flat_out['lodash']:+.2f}", "back to back")
    yield row("", "", counted(figures))
    memory = figures["memory"]
    judged = verdict(memory["rss_mib"] < _RSS_MIB, f"under {_RSS_MIB:.0f}")
    yield row("memory of a process, MiB", f"{memory['rss_mib']:.0f}", "resident", judged)
    beside = figures["beside"]
    alone, along = beside["alone"], beside["beside"]
    yield title("what refreshes wait while two logins at a time never end, ms")
    later = along["p95_ms"] - alone["p95_ms"]
    yield row(
        "p95",
        f"{later:+.0f}",
        f"{along['p95_ms']:.1f} (alone {alone['p95_ms']:.1f})",
        f"p50 {along['p50_ms']:.1f} (alone {alone['p50_ms']:.1f}), max {along['max_ms']:.0f}",
        verdict(later < _LATER_MS, "under 1000"),
        f"{along['requests']} requests, {along['refused']} refused",
    )
    yield row("", "", *(f"{count} x {status}" for status, count in beside["hung"].items()))
