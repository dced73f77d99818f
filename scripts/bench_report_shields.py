"""The figures of attack protection as tables that people read."""

from collections.abc import Iterator
from typing import Any, Final

from scripts.bench_report_rows import counted, row, title, verdict

Figures = dict[str, Any]

_GOALS: Final = {"shields": 0.97, "p99_ms": 20.0, "difference": 0.05, "p": 0.01}


def shields(figures: Figures) -> Iterator[str]:
    """Yield what attack protection costs who logs in rightly."""
    up, down = figures["up"], figures["down"]
    yield title("right logins with all shields up, as a share of those with all down")
    good = figures["ratio_of_pairs"] >= _GOALS["shields"]
    yield row(
        "rates, median of pairs of rounds",
        f"{figures['ratio_of_pairs']:.3f}",
        verdict(good, "0.97 or more"),
    )
    yield row("rates, ratio of the medians", f"{figures['ratio_of_medians']:.3f}")
    yield row("", "", "pairs", ", ".join(f"{ratio:.2f}" for ratio in figures["ratios"]))
    yield row(
        "processor time beside the hash",
        f"{figures['ratio_of_work']:.3f}",
        f"{figures['added_ms']:+.2f} ms, the median of pairs",
        f"of {figures['login_ms']:.1f} that the cores have for a login",
    )
    for label, one in (("all up", up), ("all down", down)):
        each = ", ".join(f"{rate:.0f}" for rate in one["per_s_each"])
        cpu_ms = (
            f"{one['server_cpu_ms']:.2f} ms of server CPU, {one['beside_ms']:.2f} beside the hash"
        )
        yield row(label, "", f"{one['per_s']:8.1f}/s", cpu_ms, f"({each})", counted(one))


def flood(figures: Figures) -> Iterator[str]:
    """Yield what a flood of blocked logins does to others."""
    alone, beside = figures["alone"], figures["beside"]
    offered, unsent = figures["offered"], figures["unsent"]
    yield title(
        f"a flood of blocked logins, {offered / figures['offered_s']:.0f}/s offered over "
        f"{figures['connections']} connections for {figures['offered_s']:.0f} s"
    )
    yield row(
        "JWKS meanwhile",
        f"{beside['p99_ms'] / alone['p99_ms']:.2f}",
        f"p99 {beside['p99_ms']:.1f} ms (alone {alone['p99_ms']:.1f})",
        f"p50 {beside['p50_ms']:.1f} (alone {alone['p50_ms']:.1f}), max {beside['max_ms']:.1f}",
        verdict(beside["p99_ms"] < _GOALS["p99_ms"], "under 20"),
        f"{beside['requests']} requests",
    )
    yield row(
        "answered",
        f"{figures['answered'] / offered:.3f}",
        f"{figures['answered'] / figures['seconds']:8.1f}/s",
        f"p50 {figures['p50_ms']:.1f} ms, p99 {figures['p99_ms']:.1f} ms",
        f"{figures['server_cpu_ms']:.2f} ms of server CPU each",
    )
    yield row("not sent, every connection waits", f"{unsent / offered:.3f}", f"{unsent}")
    yield row(
        "", "", *(f"{count} x {status}" for status, count in figures["statuses"].items() if count)
    )
    yield row("commits meanwhile", f"{figures['commits']}", f"of {figures['answered']} calls")
    yield row(
        "share of a core",
        f"{figures['server_cpu_share']:.2f}",
        f"the server; {figures['generator_cpu_share']:.2f} the generator",
    )


def timing(figures: Figures) -> Iterator[str]:
    """Yield whether the time of a refusal tells anything."""
    goal = "median within 5 %, p over 0.01"
    for part, heading in (
        ("refused", "the time of a refusal, against a wrong password"),
        ("blocked", "the time of a refusal during a block, against a wrong password"),
    ):
        yield title(f"{heading} ({figures['calls']} interleaved calls each, one at a time)")
        for name, one in figures[part].items():
            is_near = abs(one["difference"]) < _GOALS["difference"]
            yield row(
                name,
                f"{one['median_ms']:.2f}",
                f"ms at the median, {one['difference']:+7.2%}",
                f"Kolmogorov-Smirnov p {one['p']:.3f}",
                verdict(is_near and one["p"] > _GOALS["p"], goal),
            )
