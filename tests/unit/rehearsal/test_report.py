from collections.abc import Mapping, Sequence

import pytest

from gateword.cli.rehearsal import report
from gateword.cli.rehearsal.scenarios import SCENARIOS
from gateword.cli.rehearsal.tenants import changed
from gateword.cli.rehearsal.verdicts import Judged, Row, Verdict
from gateword.cli.terminal import Terminal
from gateword.policy.attack_protection import BOT_DETECTION, BRUTE_FORCE, SUSPICIOUS_IP
from gateword.policy.protection import read
from gateword.policy.protection_extras import EXTRAS

LONGEST = max((act.attack for one in SCENARIOS for act in one.acts), key=len)


def a_row(verdict: Verdict = Verdict.HELD, note: str = "", *, is_what_if: bool = False) -> Row:
    """Return a row with the longest text there is."""
    return Row(
        scenario="leaked-password",
        attack=LONGEST,
        sent=1010,
        answers={403: 1000, 429: 10},
        checked=1000,
        stopped_by=("breached-password", "same-user"),
        judged=Judged(verdict, note),
        is_what_if=is_what_if,
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
    rows = [
        a_row(note="a sentence " * 20),
        a_row(Verdict.LOCKED_OUT),
        a_row(Verdict.NOT_REACHED, is_what_if=True),
        *map(a_row, Verdict),
    ]
    report.print_rows(rows, terminal)
    report.print_sum(rows[:3], 17, is_strict=False, on=terminal)

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


@pytest.mark.parametrize("columns", ["80", "118"])
def test_what_if_is_marked(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In words, for a log has no colours; it is not taken for the operator's settings."""
    monkeypatch.setenv("COLUMNS", columns)
    report.print_rows([a_row(), a_row(Verdict.OFF, is_what_if=True)], Terminal())
    shown = capsys.readouterr().out
    assert 1 == shown.count("What if")
    assert 1 == shown.count("off?")
    assert "held?" not in shown


@pytest.mark.parametrize(
    ("rows", "strictness", "said"),
    [
        ([a_row()], "strict", ["Every shield that is on did", "1 attack in 2 s", ": 1 held."]),
        (
            [a_row(), a_row(Verdict.OPEN), a_row(Verdict.OFF), a_row(Verdict.OFF)],
            "",
            ["but 2 attacks ended as off: status 1 with", "4 attacks", ": 1 held, 2 off, 1 open."],
        ),
        (
            [a_row(Verdict.EXEMPT), a_row(Verdict.WATCHES)],
            "strict",
            ["2 attacks ended as watches or exempt, which --strict does not allow."],
        ),
        (
            [a_row(), a_row(Verdict.LOCKED_OUT, is_what_if=True)],
            "strict",
            ["Every shield", "1 attack in", ": 1 held. Beside them 1 what-if."],
        ),
        (
            [a_row(), a_row(Verdict.BROKEN, is_what_if=True)],
            "",
            ["1 attack went further than", "2 attacks in 2 s", ": 1 held, 1 BROKEN.\n"],
        ),
    ],
)
def test_last_lines_count_how_attacks_ended(
    rows: Sequence[Row],
    strictness: str,
    said: Sequence[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A what-if is counted only where a promise was broken."""
    monkeypatch.setenv("COLUMNS", "118")
    report.print_sum(rows, 2, is_strict=bool(strictness), on=Terminal())
    shown = capsys.readouterr().out
    assert [] == [text for text in said if text not in shown]


def test_bot_detection_and_allow_lists_are_told() -> None:
    """How much it takes to be risky, and for how many addresses nothing counts."""
    risky = {"challenge_password_policy": "when_risky", "bot_detection_level": "high"}
    listed = {"allowlist": ["192.0.2.1", "192.0.2.2"]}
    changes: Mapping[str, Mapping[str, object]] = {
        BOT_DETECTION: {**risky, "allowlist": ["192.0.2.1"]},
        SUSPICIOUS_IP: listed,
    }
    told = report.settings(read(changed({}, changes)))
    assert "on: when_risky, level high" == told["bot detection"]
    assert "suspicious-IP throttling 2 entries, bot detection 1 entry" == told["allow-lists"]
    assert "empty" == report.settings(read(changed({}, {})))["allow-lists"]


@pytest.mark.parametrize(
    ("times", "said"),
    [
        (0, "no ceiling"),
        (1, "the budget of an address"),
        (2, "2 times the budget of an address"),
    ],
)
def test_ceiling_of_a_client_is_told_in_words(times: int, said: str) -> None:
    """One time is not counted."""
    told = report.settings(read(changed({}, {EXTRAS: {"client_ceiling": times}})))
    assert said == told["client that tells addresses"]


def test_script_gets_every_figure() -> None:
    """As they stand in the table."""
    assert [
        {
            "scenario": "leaked-password",
            "attack": LONGEST,
            "what_if": True,
            "sent": 1010,
            "answers": {"403": 1000, "429": 10},
            "checked": 1000,
            "stopped_by": ["breached-password", "same-user"],
            "verdict": "BROKEN",
            "note": "why",
        }
    ] == report.document([a_row(Verdict.BROKEN, "why", is_what_if=True)])


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
