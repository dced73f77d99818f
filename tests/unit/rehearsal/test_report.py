from collections.abc import Mapping, Sequence

import pytest

from gateword.cli.rehearsal import report
from gateword.cli.rehearsal.scenarios import SCENARIOS
from gateword.cli.rehearsal.tenants import changed
from gateword.cli.rehearsal.verdicts import Judged, Row, Verdict
from gateword.cli.terminal import Terminal
from gateword.policy.attack_protection import BRUTE_FORCE, SUSPICIOUS_IP
from gateword.policy.protection import read
from gateword.policy.protection_extras import EXTRAS

LONGEST = max((act.attack for one in SCENARIOS for act in one.acts), key=len)


def a_row(verdict: Verdict = Verdict.HELD, note: str = "") -> Row:
    """Return a row with the longest text there is."""
    return Row(
        scenario="leaked-password",
        attack=LONGEST,
        sent=1010,
        answers={403: 1000, 429: 10},
        checked=1000,
        stopped_by=("breached-password", "same-user"),
        judged=Judged(verdict, note),
    )


@pytest.mark.parametrize("columns", [60, 72, 80, 100, 110, 118, 200])
def test_rows_fit_the_terminal(
    columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Narrow or wide, no line is longer, and no figure is lost."""
    monkeypatch.setenv("COLUMNS", str(columns))
    protection = read(changed({}, {}))

    terminal = Terminal()
    report.print_settings("tenant default of data", protection, ["Customers"], terminal)
    report.print_rows([a_row(note="a sentence " * 20), a_row(Verdict.LOCKED_OUT)], terminal)

    shown = capsys.readouterr().out
    assert [] == [line for line in shown.splitlines() if len(line) > columns]
    for text in ("1,010", "403: 1,000", "429: 10", "breached-password", "locked out", "Customers"):
        assert text in shown


def test_only_verdicts_that_occur_are_explained(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody reads about what did not happen."""
    monkeypatch.setenv("COLUMNS", "118")
    report.print_rows([a_row(Verdict.OFF)], Terminal())
    shown = capsys.readouterr().out
    assert Verdict.OFF.meaning in shown
    assert Verdict.BROKEN.meaning not in shown


def test_script_gets_every_figure() -> None:
    """As they stand in the table."""
    assert [
        {
            "scenario": "leaked-password",
            "attack": LONGEST,
            "sent": 1010,
            "answers": {"403": 1000, "429": 10},
            "checked": 1000,
            "stopped_by": ["breached-password", "same-user"],
            "verdict": "BROKEN",
            "note": "why",
        }
    ] == report.document([a_row(Verdict.BROKEN, "why")])


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({}, "on: 10 wrong passwords of an account at one address, 100 over all addresses"),
        ({"enabled": False}, "off"),
        ({"shields": []}, "only logs: 10 wrong passwords"),
        ({"mode": "count_per_identifier"}, "on: 10 wrong passwords of an account over all"),
    ],
)
def test_settings_are_told_in_words(members: Mapping[str, object], said: str) -> None:
    """So that the operator sees which ones were played."""
    told = report.settings(read(changed({}, {BRUTE_FORCE: members})))
    assert told["brute-force protection"].startswith(said)


@pytest.mark.parametrize(
    ("extras", "said"),
    [
        ({}, "20 within ten minutes and 1,000 within a day may fail"),
        ({"names_per_address": 0}, "20 within ten minutes may fail"),
        ({"names_per_address": 0, "distinct_identifiers": 0}, "any number"),
    ],
)
def test_bounds_of_names_are_told_in_words(extras: Mapping[str, object], said: str) -> None:
    """Those that are off are not."""
    assert said == report.settings(read(changed({}, {EXTRAS: extras})))["names of an address"]


def test_names_are_not_said_to_be_bounded_where_nobody_is_refused() -> None:
    """Either protection has to be switched on for that."""
    off = {name: {"enabled": False} for name in (BRUTE_FORCE, SUSPICIOUS_IP)}
    assert "any number" == report.settings(read(changed({}, off)))["names of an address"]


def test_scenarios_have_names_that_can_be_typed() -> None:
    """Each has its own, in small letters, digits and hyphens."""
    names: Sequence[str] = [one.name for one in SCENARIOS]
    assert len(set(names)) == len(names)
    assert all(name.replace("-", "").isalnum() and name.islower() for name in names)
