"""Figures as a table that people read."""

from collections.abc import Iterator
from typing import Any, Final

Figures = dict[str, Any]

_GOALS: Final = {
    "password": 0.93,
    "p99_ms": 20.0,
    "ready_s": 1.0,
    "rss_mib": 100.0,
}
"""What the project promises itself; the report says where a figure falls short."""


def lines(figures: Figures) -> Iterator[str]:
    """Yield the report, line by line."""
    yield ""
    yield _of_machine(figures["machine"])
    yield from _passwords(figures["passwords"])
    yield from _cheap_grants(figures["cheap_grants"])
    yield from _waiting(figures["waiting"])
    yield from _commits(figures["commits"])
    yield from _start(figures["start"])
    yield from _memory(figures["memory"])
    yield ""
    yield f"errors, 503 not counted: {errors(figures)}"


def errors(figures: Figures) -> int:
    """Return how many requests of all phases were answered neither 200 nor 503."""
    if "errors" in figures:
        return int(figures["errors"])
    return sum(errors(part) for part in figures.values() if isinstance(part, dict))


def _of_machine(machine: Figures) -> str:
    return (
        f"{machine['gateword']}, {machine['workers']} worker(s), {machine['database']}, "
        f"Python {machine['python']}, {machine['cores']} cores, load average before "
        f"{machine['load_before']:.2f}, hash limit swung {machine['hash_swing']:.2f} times"
    )


def _passwords(figures: Figures) -> Iterator[str]:
    bare = figures["hashes_per_s"]
    each = ", ".join(f"{one:.0f}" for one in figures["hashes_per_s_each"])
    yield _title("password grants, as a share of the machine's bare Argon2id hashes")
    cpu = f"{figures['hash_cpu_ms']:.1f} ms of CPU each"
    yield _row("bare hashes, all cores", "1.000", f"{bare:8.1f}/s", cpu, f"({each})")
    for name, label in (
        ("password", "password, access token"),
        ("password_openid_offline", "the same with ID and refresh token"),
    ):
        one = figures[name]
        share = one["ratio_to_hashes"]
        verdict = _verdict(share >= _GOALS["password"], "0.93 or more")
        cpu = (
            f"{one['server_cpu_ms']:.1f} ms of server CPU, "
            f"{one['hash_share_of_cpu']:.3f} of it the hash"
        )
        rounds = ", ".join(f"{ratio:.2f}" for ratio in one["ratio_to_hashes_each"])
        yield _row(label, f"{share:.3f}", f"{one['per_s']:8.1f}/s", cpu, verdict)
        yield _row("", "", f"rounds {rounds}", _counted(one))


def _cheap_grants(figures: Figures) -> Iterator[str]:
    yield _title("grants without a hash, as a share of one core's bare RS256 signatures")
    for name, one in figures.items():
        yield _row(
            name.replace("_", " "),
            f"{one['ratio_to_signatures']:.3f}",
            f"{one['per_s']:8.1f}/s",
            f"of {one['signatures_per_s']:.0f}/s; {one['server_cpu_ms']:.2f} ms of server CPU, "
            f"p50 {one['p50_ms']:.1f} ms, p99 {one['p99_ms']:.1f} ms",
            _counted(one),
        )


def _waiting(figures: Figures) -> Iterator[str]:
    yield _title("what cheap requests wait while logins saturate every core, ms")
    idle, full = figures["idle"], figures["saturated"]
    for name, label in (("jwks", "JWKS"), ("refresh", "refresh")):
        quiet, loaded = idle[name], full[name]
        yield _row(
            label,
            f"{loaded['p99_ms'] / quiet['p99_ms']:.2f}",
            f"p99 {loaded['p99_ms']:.1f} (idle {quiet['p99_ms']:.1f})",
            f"p50 {loaded['p50_ms']:.1f} (idle {quiet['p50_ms']:.1f}), max {loaded['max_ms']:.1f}",
            _verdict(loaded["p99_ms"] < _GOALS["p99_ms"], "under 20"),
            f"{loaded['requests']} requests",
        )
    yield _row("logins meanwhile", "", f"{full['password_per_s']:8.1f}/s")


def _commits(figures: Figures) -> Iterator[str]:
    yield _title("durable commits for each request: one at a time, 16 at once")
    for name, one in figures.items():
        label = name.replace("_", " ")
        yield _row(label, f"{one['alone']:.2f}", f"{one['together']:.2f} at once")


def _start(figures: Figures) -> Iterator[str]:
    yield _title("from process start to the first 200 of /health, seconds (median)")
    for name, label in (("prepared", "prepared folder"), ("new", "new folder")):
        if name in figures:
            median = figures[name]["median_s"]
            each = ", ".join(f"{one:.2f}" for one in figures[name]["each_s"])
            cpu = f"{figures[name]['cpu_s']:.2f} s of CPU"
            verdict = _verdict(median < _GOALS["ready_s"], "under 1")
            yield _row(label, f"{median:.2f}", cpu, f"({each})", verdict)


def _memory(figures: Figures) -> Iterator[str]:
    yield _title("memory of one worker, MiB")
    for name, label in (("start", "after start"), ("load", "after the load")):
        one = figures[name]
        verdict = _verdict(one["rss_mib"] < _GOALS["rss_mib"], "under 100")
        yield _row(label, f"{one['rss_mib']:.0f}", f"resident (PSS {one['pss_mib']:.0f})", verdict)


def _title(text: str) -> str:
    return f"\n{text}"


def _row(label: str, figure: str, *rest: str) -> str:
    return f"  {label:<36}{figure:>7}  {'  '.join(part for part in rest if part)}"


def _verdict(good: bool, goal: str) -> str:  # noqa: FBT001  a verdict is a truth value
    return f"[goal {goal}: {'met' if good else 'SHORT'}]"


def _counted(one: Figures) -> str:
    return f"{one['requests']} requests, {one['errors']} errors, {one['busy']} x 503"
