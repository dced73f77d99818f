"""The side-by-side as tables, on the terminal and in the documentation."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final, TypeAlias

from scripts import bench_peers_plot as plot
from scripts.bench_peers_contestant import Grant, Hash
from scripts.bench_peers_figures import Cell, Summary
from scripts.bench_peers_goals import goals
from scripts.bench_peers_rounds import IN_FLIGHT

Figures: TypeAlias = Mapping[str, Any]

PAGE: Final = "explanation/side-by-side.md"
_BEGIN: Final = "<!-- written by scripts/bench --peers: begin -->"
_END: Final = "<!-- written by scripts/bench --peers: end -->"
_TITLES: Final = {
    Grant.PASSWORD: ("Password grants", "the bare hash limit"),
    Grant.REFRESH: ("Refresh grants, the token rotates", "one core's bare RS256 signatures"),
    Grant.MACHINE: ("client_credentials grants", "one core's bare RS256 signatures"),
}
_OF_A_HASH: Final = {Hash.ARGON2.value: "gateword", Hash.BCRYPT.value: "gateword-bcrypt"}
_ONE, _SOME, _MANY = IN_FLIGHT


def lines(figures: Figures) -> Iterator[str]:
    """Yield the whole report."""
    summary = Summary(figures["rows"])
    machine = figures["machine"]
    yield (
        f"{machine['date']}: {machine['cores']} cores, Python {machine['python']}, load average "
        f"before {machine['load_before']:.2f}, medians of {machine['rounds']} round(s)."
    )
    for grant in Grant:
        yield from _grant(figures, summary, grant)
    yield from _servers(figures)
    yield from _goals(figures, summary)


def errors(figures: Figures) -> int:
    """Return how many answers were neither 200 nor 503."""
    return sum(int(row["errors"]) for row in figures["rows"])


def write(figures: Figures, docs: Path) -> None:
    """Write the report into its page, and the plots beside it."""
    page = docs / PAGE
    text = page.read_text(encoding="utf-8")
    head, _, rest = text.partition(_BEGIN)
    _, _, tail = rest.partition(_END)
    block = "\n".join((_BEGIN, *lines(figures), _END))
    page.write_text(f"{head}{block}{tail}", encoding="utf-8")
    for grant in Grant:
        file = docs / "images" / f"bench-{grant.value.replace('_', '-')}.svg"
        file.write_text(plot.chart(figures, Summary(figures["rows"]), grant), encoding="utf-8")


def _grant(figures: Figures, summary: Summary, grant: Grant) -> Iterator[str]:
    title, limit = _TITLES[grant]
    head = [
        "server",
        *(["hash"] if grant is Grant.PASSWORD else []),
        *(f"{count} in flight, /s" for count in IN_FLIGHT),
        f"of {limit}, at best",
        f"p50, p99 at {_MANY}, ms",
        "CPU each, ms",
        "Gateword is",
    ]
    rows = []
    for server in figures["servers"]:
        cells = [summary.cell(server["key"], grant, count) for count in IN_FLIGHT]
        if all(cells):
            own = _OF_A_HASH[server["hash"]] if grant is Grant.PASSWORD else "gateword"
            against = summary.cell(own, grant, _MANY)
            rows.append(_row(server, grant, [cell for cell in cells if cell], against))
    yield f"\n**{title}**\n"
    yield from _table(head, rows)
    faults = [_faults(server, summary, grant) for server in figures["servers"]]
    if any(faults):
        yield ""
        yield " ".join(fault for fault in faults if fault)


def _row(server: Figures, grant: Grant, cells: Sequence[Cell], own: Cell | None) -> list[str]:
    many = cells[-1]
    best = max(cells, key=lambda cell: cell.share)
    times = f"{own.per_s / many.per_s:.2f} times" if own and own is not many and many.per_s else ""
    return [
        server["name"],
        *([server["hash"]] if grant is Grant.PASSWORD else []),
        *(_rates(cell) for cell in cells),
        f"{best.share:.2f}",
        f"{many.p50_ms:.0f}, {many.p99_ms:.0f}",
        f"{many.cpu_ms:.2f}",
        times,
    ]


def _faults(server: Figures, summary: Summary, grant: Grant) -> str:
    """Return what went otherwise than it should; empty when nothing did."""
    cells = [summary.cell(server["key"], grant, count) for count in IN_FLIGHT]
    busy = sum(cell.busy for cell in cells if cell)
    wrong = sum(cell.errors for cell in cells if cell)
    restless = sum(cell.restless for cell in cells if cell)
    told = [f"{busy} times 503"] if busy else []
    told += [f"{wrong} errors"] if wrong else []
    told += [f"{restless} loads after which it did not come to rest"] if restless else []
    return f"{server['name']}: {', '.join(told)}." if told else ""


def _servers(figures: Figures) -> Iterator[str]:
    yield "\n**Start and memory**\n"
    rows = [
        [
            server["name"],
            server["version"],
            server["processes"],
            server["stores"],
            f"{median(server['ready_s']):.2f}",
            *(f"{server['memory_mib'].get(when, float('nan')):.0f}" for when in ("start", "load")),
        ]
        for server in figures["servers"]
    ]
    head = [
        *("server", "version", "runs as", "keeps tokens in"),
        *("first token after, s", "MiB at start", "MiB after the load"),
    ]
    yield from _table(head, rows)
    for missing in figures["missing"]:
        yield f"\n{missing['name']}: **not measured**. {missing['reason'].strip().splitlines()[-1]}"


def _goals(figures: Figures, summary: Summary) -> Iterator[str]:
    rows = [
        [
            goal.what,
            f"{'at least' if goal.is_least else 'at most'} {goal.wanted:g}",
            f"{goal.found:.2f}" if goal.is_met else f"**{goal.found:.2f}, short**",
        ]
        for goal in goals(figures, summary)
    ]
    if rows:
        yield "\n**Goals**\n"
        yield from _table(["what", "goal", "measured"], rows)


def _rate(per_s: float) -> str:
    return f"{per_s:,.0f}" if per_s >= 100 else f"{per_s:.1f}"  # noqa: PLR2004  three digits


def _rates(cell: Cell) -> str:
    """Return a rate, and between which its rounds were."""
    if cell.lowest_per_s == cell.highest_per_s:
        return _rate(cell.per_s)
    return f"{_rate(cell.per_s)} ({_rate(cell.lowest_per_s)} to {_rate(cell.highest_per_s)})"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a table of Markdown whose columns stand below each other."""
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    for row in (head, ["-" * width for width in widths], *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"| {' | '.join(cells)} |"
