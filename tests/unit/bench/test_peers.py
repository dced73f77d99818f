"""The side-by-side's own arithmetic: what would go wrong there, nobody would see."""

import asyncio
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from time import perf_counter
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from scripts import bench_peers_report as report
from scripts.bench_client import BUSY, OK, Answer
from scripts.bench_peers_contestant import Dialect, Exchanging, Grant, Hash
from scripts.bench_peers_figures import Summary
from scripts.bench_peers_goals import goals
from scripts.bench_peers_load import Caller, Tally
from scripts.bench_peers_plot import chart
from scripts.bench_peers_process import DRAIN_AT_MOST_S, drained
from scripts.bench_tenant import Repeating


def a_row(key: str, per_s: float, *, grant: Grant = Grant.REFRESH, **more: Any) -> dict[str, Any]:
    """Return a row of 64 in flight."""
    row: dict[str, Any] = {"key": key, "grant": grant.value, "in_flight": 64, "round": 0}
    row |= {"per_s": per_s, "p50_ms": 10.0, "p99_ms": 20.0, "cpu_ms": 1.0, "answers": 100}
    row |= {"limit_per_s": 100.0, "limit_cpu_ms": 0.5, "busy": 0, "errors": 0, "drained": True}
    return row | more


def a_server(key: str, *, is_durable: bool = True) -> dict[str, Any]:
    """Return what is known of a server."""
    return {
        "key": key,
        "name": f"<{key}>",
        "version": "1",
        "stores": "somewhere",
        "is_durable": is_durable,
        "hash": Hash.ARGON2.value,
        "processes": "2",
        "ready_s": [0.3, 0.1, 0.2],
        "memory_mib": {"start": 10.0, "load": 20.0},
    }


def some_figures(*rows: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of a run of Gateword, a peer in memory and one that stores."""
    servers = [a_server("gateword"), a_server("fast", is_durable=False), a_server("sound")]
    machine = {"date": "today", "cores": 2, "python": "3", "load_before": 0.1, "rounds": 3}
    missing = [{"key": "gone", "name": "Gone", "reason": "no such\nprogram"}]
    return {"machine": machine, "servers": servers, "missing": missing, "rows": list(rows)}


def all_in_flight(key: str, per_s: float) -> Iterator[dict[str, Any]]:
    """Return rows of every grant and every number in flight."""
    for grant in Grant:
        for in_flight in (1, 16, 64):
            yield a_row(key, per_s, grant=grant, in_flight=in_flight)


def test_cell_is_the_median_of_its_rounds() -> None:
    """One bad round of three changes nothing; the share is the median of the rounds' own shares."""
    rows = [a_row("gateword", 90.0), a_row("gateword", 1.0, busy=2), a_row("gateword", 80.0)]
    rows[2] |= {"limit_per_s": 80.0, "busy": 3}
    cell = Summary(rows).cell("gateword", Grant.REFRESH, 64)
    assert cell
    assert (80.0, 1.0, 90.0, 0.9, 5) == (
        *(cell.per_s, cell.lowest_per_s, cell.highest_per_s),
        *(cell.share, cell.busy),
    )


def test_drained_waits_until_the_processor_time_stands_still() -> None:
    """A server that still hashes for clients that left is waited for."""
    waits: list[float] = []
    used_s = chain([0.0, 0.4, 0.8, 0.81], repeat(0.81))
    assert drained(lambda: next(used_s), waits.append)
    assert 3 == len(waits)


def test_drained_gives_up_on_a_server_that_never_rests() -> None:
    """It is told apart, and the run goes on."""
    waits: list[float] = []
    assert not drained(lambda: sum(waits), waits.append)
    assert DRAIN_AT_MOST_S == pytest.approx(sum(waits))


class Scripted:
    """A connection with its answers laid out; the last one repeats."""

    def __init__(self, *statuses: int) -> None:
        """Take the statuses."""
        self._statuses = chain(statuses, repeat(statuses[-1]))

    async def ask(self, _: bytes) -> Answer:
        """Answer after a moment."""
        await asyncio.sleep(0.001)
        return Answer(next(self._statuses), b"{}")


async def asked(*statuses: int, seconds: float) -> Tally:
    """Return what a caller of a scripted server saw."""
    tally = Tally(seconds)
    caller = Caller(0, Scripted(*statuses), Repeating(b""))  # type: ignore[arg-type]
    await caller.keep_asking(perf_counter() + seconds, tally)
    return tally


async def test_latency_when_told_to_come_again_counts_from_the_first_try() -> None:
    """A 503 is no quick answer: who waits for a login waits until it is granted."""
    tally = await asked(BUSY, BUSY, OK, seconds=0.45)
    assert 2 == tally.busy
    assert 0.4 <= tally.latencies_s[0]


async def test_answers_that_come_late_count_as_latencies_and_not_in_the_rate() -> None:
    """While the last answers are waited for, fewer and fewer callers ask."""
    tally = await asked(OK, seconds=0.0)
    assert (0, 1) == (tally.in_time, len(tally.latencies_s))


async def test_error_counts_neither_as_latency_nor_in_the_rate() -> None:
    """A server that fails fast is not a fast server."""
    tally = await asked(500, seconds=0.02)
    assert ({500: 1}, [], 0) == (dict(tally.errors), tally.latencies_s, tally.in_time)


def test_refresh_token_is_exchanged_once() -> None:
    """The successor is exchanged next; after a refusal the same token is tried again."""
    asker = Exchanging(Dialect(), "first")
    asker.learn(Answer(OK, b'{"refresh_token": "second"}'))
    asker.learn(Answer(400, b"{}"))
    assert b"refresh_token=second" in asker.next()


def test_goals_compare_with_the_best_of_each_kind() -> None:
    """Peers in memory and peers that store are two comparisons; what is short says so."""
    figures = some_figures(a_row("gateword", 300.0), a_row("fast", 200.0), a_row("sound", 100.0))
    found = {goal.wanted: goal for goal in goals(figures, Summary(figures["rows"]))}
    assert (1.5, True) == (found[1.2].found, found[1.2].is_met)
    assert (3.0, False) == (found[10].found, found[10].is_met)
    assert (2.0, True) == (found[2.0].found, found[2.0].is_met)


def test_report_tells_what_is_missing_and_what_went_wrong() -> None:
    """No server is silently left out."""
    figures = some_figures(
        *all_in_flight("gateword", 30.0), a_row("fast", 1.0, errors=7, drained=False)
    )
    text = "\n".join(report.lines(figures))
    assert "Gone: **not measured**. program" in text
    assert "<fast>: 7 errors, 1 loads after which it did not come to rest." in text
    assert 7 == report.errors(figures)


def test_report_replaces_its_block_and_nothing_else(tmp_path: Path) -> None:
    """The page keeps its words; a second run leaves one table of each kind."""
    page = tmp_path / report.PAGE
    (tmp_path / "images").mkdir()
    page.parent.mkdir()
    marks = [
        line for line in (Path("docs") / report.PAGE).read_text().splitlines() if "<!--" in line
    ]
    page.write_text("\n".join(("before", *marks, "after\n")))
    for per_s in (30.0, 40.0):
        report.write(some_figures(*all_in_flight("gateword", per_s)), tmp_path)
    text = page.read_text()
    assert (True, True) == (text.startswith("before\n"), text.endswith("\nafter\n"))
    assert (9, 0) == (text.count("| 40.0 "), text.count("| 30.0 "))


def test_chart_is_xml_and_shows_limits_for_hashes_only() -> None:
    """Names are escaped; a bare limit of another unit than the bars is not drawn."""
    figures = some_figures(*all_in_flight("gateword", 30.0), *all_in_flight("fast", 60.0))
    charts = {grant: chart(figures, Summary(figures["rows"]), grant) for grant in Grant}
    limits = {grant: text.count("#c2410c") for grant, text in charts.items()}
    assert {Grant.PASSWORD: 3, Grant.REFRESH: 0, Grant.MACHINE: 0} == limits
    assert "<gateword>" in [text.text for text in fromstring(charts[Grant.REFRESH]).iter()]  # noqa: S314
