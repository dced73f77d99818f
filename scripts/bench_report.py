"""Figures as a table that people read."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from scripts import bench_report_nodes as several
from scripts import bench_report_rules as scripts_of_tenants
from scripts import bench_report_shields as attack
from scripts.bench_report_rows import counted, row, title, verdict

Figures = dict[str, Any]

_GOALS: Final = {
    "password": 0.97,
    "jwks_p99_ms": 5.0,
    "refresh_p99_ms": 10.0,
    "ready_s": 0.5,
    "rss_mib": 80e6 / 2**20,
}
"""What the project promises itself; the report says where a figure falls short."""


def lines(figures: Figures) -> Iterator[str]:
    """Yield the report, line by line; what was not measured is left out."""
    yield ""
    yield _of_machine(figures["machine"])
    for name, table in _TABLES.items():
        if name in figures:
            yield from table(figures[name])
    yield ""
    yield f"errors, 503 not counted: {errors(figures)}"


def errors(figures: Figures) -> int:
    """Return how many requests of all phases were answered neither as they should nor 503."""
    inner = (errors(part) for part in figures.values() if isinstance(part, dict))
    return int(figures.get("errors", 0)) + sum(inner)


def _of_machine(machine: Figures) -> str:
    swing = machine.get("hash_swing")
    return (
        f"{machine['gateword']}, {machine['workers']} worker(s), {machine['database']}, "
        f"Python {machine['python']}, {machine['cores']} cores, load average before "
        f"{machine['load_before']:.2f}"
    ) + (f", hash limit swung {swing:.2f} times" if swing else "")


def _passwords(figures: Figures) -> Iterator[str]:
    bare = figures["hashes_per_s"]
    each = ", ".join(f"{one:.0f}" for one in figures["hashes_per_s_each"])
    yield title("password grants, as a share of the machine's bare Argon2id hashes")
    cpu = f"{figures['hash_cpu_ms']:.1f} ms of CPU each"
    yield row("bare hashes, all cores", "1.000", f"{bare:8.1f}/s", cpu, f"({each})")
    for name, label in (
        ("password", "password, access token"),
        ("password_openid_offline", "the same with ID and refresh token"),
    ):
        one = figures[name]
        share = one["ratio_to_hashes"]
        judged = verdict(share >= _GOALS["password"], "0.97 or more")
        cpu = (
            f"{one['server_cpu_ms']:.1f} ms of server CPU, "
            f"{one['hash_share_of_cpu']:.3f} of it the hash"
        )
        rounds = ", ".join(f"{ratio:.2f}" for ratio in one["ratio_to_hashes_each"])
        yield row(label, f"{share:.3f}", f"{one['per_s']:8.1f}/s", cpu, judged)
        yield row("", "", f"rounds {rounds}", counted(one))


def _cheap_grants(figures: Figures) -> Iterator[str]:
    yield title("grants without a hash, as a share of one core's bare RS256 signatures")
    for name, one in figures.items():
        yield row(
            name.replace("_", " "),
            f"{one['ratio_to_signatures']:.3f}",
            f"{one['per_s']:8.1f}/s",
            f"of {one['signatures_per_s']:.0f}/s; {one['server_cpu_ms']:.2f} ms of server CPU, "
            f"p50 {one['p50_ms']:.1f} ms, p99 {one['p99_ms']:.1f} ms",
            counted(one),
        )


def _waiting(figures: Figures) -> Iterator[str]:
    yield title("what cheap requests wait while logins saturate every core, ms")
    idle, full = figures["idle"], figures["saturated"]
    for name, label in (("jwks", "JWKS"), ("refresh", "refresh")):
        quiet, loaded, goal = idle[name], full[name], _GOALS[f"{name}_p99_ms"]
        yield row(
            label,
            f"{loaded['p99_ms'] / quiet['p99_ms']:.2f}",
            f"p99 {loaded['p99_ms']:.1f} (idle {quiet['p99_ms']:.1f})",
            f"p50 {loaded['p50_ms']:.1f} (idle {quiet['p50_ms']:.1f}), max {loaded['max_ms']:.1f}",
            verdict(loaded["p99_ms"] < goal, f"under {goal:.0f}"),
            f"{loaded['requests']} requests",
        )
    yield row("logins meanwhile", "", f"{full['password_per_s']:8.1f}/s")


def _commits(figures: Figures) -> Iterator[str]:
    yield title("durable commits for each request: one at a time, 16 at once")
    for name, one in figures.items():
        label = name.replace("_", " ")
        yield row(label, f"{one['alone']:.2f}", f"{one['together']:.2f} at once")


def _start(figures: Figures) -> Iterator[str]:
    yield title("from process start to the first 200 of /health, seconds (median)")
    for name, label in (("prepared", "prepared folder"), ("new", "new folder")):
        if name in figures:
            median = figures[name]["median_s"]
            each = ", ".join(f"{one:.2f}" for one in figures[name]["each_s"])
            cpu = f"{figures[name]['cpu_s']:.2f} s of CPU"
            judged = verdict(median < _GOALS["ready_s"], "under 0.5")
            yield row(label, f"{median:.2f}", cpu, f"({each})", judged)


def _memory(figures: Figures) -> Iterator[str]:
    yield title("memory of one worker, MiB")
    for name, label in (("start", "after start"), ("load", "after the load")):
        one = figures[name]
        judged = verdict(one["rss_mib"] < _GOALS["rss_mib"], "under 80 MB")
        yield row(label, f"{one['rss_mib']:.0f}", f"resident (PSS {one['pss_mib']:.0f})", judged)


_TABLES: Final[Mapping[str, Callable[[Figures], Iterator[str]]]] = {
    "passwords": _passwords,
    "cheap_grants": _cheap_grants,
    "waiting": _waiting,
    "commits": _commits,
    "shields": attack.shields,
    "flood": attack.flood,
    "timing": attack.timing,
    "rules": scripts_of_tenants.rules,
    "nodes": several.nodes,
    "start": _start,
    "memory": _memory,
}
