"""The log on a terminal: searched, followed, and in columns that stay."""

import asyncio
import json
import os
import pty
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateword.app import opened
from gateword.domain.log_event import LogCode, LogEvent
from gateword.settings import load
from tests.cli.conftest import CommandLine
from tests.support.served import GATEWORD

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def log(gateword: CommandLine, **members: Any) -> None:
    """Log an event."""

    async def append() -> None:
        async with opened(load({}, data_dir=gateword.data)) as house:
            await house.parts.stores.logs.append([LogEvent(**{"at": NOON, **members})])

    asyncio.run(append())


def found(gateword: CommandLine, *options: str) -> list[str]:
    """Return the descriptions of the events that a call prints."""
    lines = gateword.ok("logs", "--json", *options).splitlines()
    return [json.loads(line)["description"] for line in lines]


def test_query_is_that_of_the_api(gateword: CommandLine) -> None:
    """The same language as `GET /api/v2/logs`; the newest that fit, the oldest of them first."""
    log(gateword, code=LogCode.FP, ip="192.0.2.1", description="one")
    log(gateword, code=LogCode.FP, ip="198.51.100.1", description="two")
    log(gateword, code=LogCode.FU, ip="192.0.2.2", description="three")
    log(gateword, code=LogCode.SEPFT, ip="192.0.2.3", description="four")

    assert ["one", "three"] == found(gateword, "--query", "type:f* AND ip:192.0.2.*")
    assert ["three"] == found(gateword, "--query", "type:f* AND ip:192.0.2.*", "-n", "1")
    assert ["three"] == found(gateword, "--query", "ip:192.0.2.*", "--type", "fu")


def test_followed_query_shows_only_what_fits(gateword: CommandLine) -> None:
    """What does not fit is passed over, what comes later and fits is shown once."""
    log(gateword, code=LogCode.FP, description="one")
    command = [str(GATEWORD), "logs", "-f", "--query", "type:f*", "--json"]
    command += ["--data", str(gateword.data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as following:
        assert following.stdout is not None
        assert following.stderr is not None
        before = json.loads(following.stdout.readline())
        log(gateword, code=LogCode.SEPFT, description="two")
        log(gateword, code=LogCode.FU, description="three")
        after = json.loads(following.stdout.readline())
        following.send_signal(signal.SIGINT)
        rest, complaint = following.stdout.read(), following.stderr.read()

    assert ("one", "three") == (before["description"], after["description"])
    assert (b"", b"") == (rest, complaint)


@pytest.mark.parametrize("query", ["type:(f", "colour:red", "date:yesterday", ""])
def test_query_that_makes_no_sense_is_told(gateword: CommandLine, query: str) -> None:
    """A typing error must not look like a quiet log."""
    done = gateword("logs", "--query", query)

    assert 2 == done.exit_code
    assert "gateword:" in done.stderr
    assert "Traceback" not in done.output


def test_columns_stay_where_nothing_is_to_be_said(gateword: CommandLine) -> None:
    """A script that cuts lines into fields finds the address in its place, user or not."""
    log(gateword, code=LogCode.FU, ip="192.0.2.1", user_name="ann", client_name="shop")
    log(gateword, code=LogCode.FU, ip="192.0.2.2")

    lines = [line.split() for line in gateword.ok("logs").splitlines()]

    assert [["fu", "shop", "ann", "192.0.2.1"], ["fu", "-", "-", "192.0.2.2"]] == [
        line[1:] for line in lines
    ]


@pytest.mark.parametrize(
    ("details", "description", "shown"),
    [
        ({"rule": {"id": "r", "name": "Down"}}, "connect ECONNREFUSED", "rule Down: connect ECON"),
        ({"action": {"id": "a", "name": "Closed"}}, "No.", "Action Closed: No."),
        ({"hook": {"id": "h", "name": "Stamp"}}, "No.", "hook Stamp: No."),
        ({"script": {"id": "s", "name": "script login of Old"}}, "No.", "script login of Old: No."),
        ({"rule": {"id": "r", "name": "Half"}}, "Rule Half failed to compile", "- Rule Half fail"),
        ({"rule": {"id": "r", "name": "Mute"}}, "", "rule Mute"),
        ({"rule": "none"}, "No.", "- No."),
        ({"error": {"message": "No."}}, "No.", "- No."),
        ({"rule": {"id": "r", "name": "a\x1b[2J"}}, "No.", "rule a?[2J: No."),
    ],
)
def test_script_is_named_before_what_it_said(
    gateword: CommandLine, details: dict[str, Any], description: str, shown: str
) -> None:
    """Once; JSON stays Auth0's shape."""
    log(gateword, code=LogCode.FEPFT, details=details, description=description)

    line = " ".join(gateword.ok("logs").split())

    assert shown in line
    assert [description] == found(gateword)


def test_events_stand_in_the_order_of_their_dates(gateword: CommandLine) -> None:
    """A login whose script takes long is stored behind a later one, and dated before it."""
    for description, after_ms in (("one", 0), ("three", 457), ("two", 372)):
        at = NOON + timedelta(milliseconds=after_ms)
        log(gateword, code=LogCode.FEPFT, at=at, description=description)

    assert ["one", "two", "three"] == found(gateword)
    assert ["two", "three"] == found(gateword, "-n", "2")


FAILURES = [one for one in LogCode if one.value.startswith("f") or one.value.endswith("_failure")]


@pytest.fixture(scope="module")
def failures(initialised: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a terminal shows of a log with every kind of failure."""
    data = tmp_path_factory.mktemp("failures") / "data"
    shutil.copytree(initialised, data)
    line = CommandLine(data)
    for code in FAILURES:
        log(line, code=code, description="one")
    return at_terminal(line)


@pytest.mark.parametrize("code", FAILURES)
def test_failure_is_red(failures: str, code: LogCode) -> None:
    """An eye that looks for what went wrong finds every kind of failure."""
    widest = max(len(one.value) for one in LogCode)
    assert f"\x1b[31m{code.value:<{widest}}\x1b[0m" in failures


def test_columns_have_names_at_a_terminal_only(gateword: CommandLine) -> None:
    """A person reads what stands in a column; a script gets events and nothing else."""
    log(gateword, code=LogCode.SEPFT, description="one")

    shown = at_terminal(gateword).splitlines()

    assert ["date", "type", "client", "user", "ip", "description"] == plain(shown[0]).split()
    places = [plain(shown[0]).index("type"), plain(shown[0]).index("description")]
    assert [plain(shown[1]).index("sepft"), plain(shown[1]).index("one")] == places
    assert 1 == len(gateword.ok("logs").splitlines())


LONG = "Too many failed logins of this address, so no further one is looked at for 3600 seconds"


@pytest.mark.parametrize("columns", [120, 80])
def test_row_that_is_too_wide_is_broken_between_words(gateword: CommandLine, columns: int) -> None:
    """A word, an address and a name stay in one piece, and no line is wider than the terminal."""
    who = {"client_name": "shop", "user_name": f"{'a' * 30}@example.com", "ip": "2001:db8::1"}
    log(gateword, code=LogCode.SIGNUP_PWD_LEAK, description=LONG, **who)

    lines = [plain(line) for line in at_terminal(gateword, columns).splitlines()]
    rows = lines[[line.startswith("2026") for line in lines].index(True) :]

    assert columns >= max(map(len, lines))
    assert [*who.values(), *LONG.split()] == " ".join(rows).split()[2:]
    assert [" " * 26] * (len(rows) - 1) == [row[:26] for row in rows[1:]]
    assert 1 == len(gateword.ok("logs").splitlines())


def test_types_have_a_column_that_holds_all(gateword: CommandLine) -> None:
    """What stands behind the type stands in one place."""
    for code in LogCode:
        log(gateword, code=code, ip="192.0.2.1", client_name="shop")

    lines = gateword.ok("logs", "-n", "100").splitlines()

    assert len(LogCode) == len(lines)
    assert 1 == len({line.index("shop") for line in lines})


def test_what_looks_like_markup_is_printed(gateword: CommandLine) -> None:
    """Login names come from strangers."""
    log(gateword, code=LogCode.FU, client_name="[red", user_name="x] [bold]y[/]", description="[/]")

    assert ["[red", "x]", "[bold]y[/]", "-", "[/]"] == gateword.ok("logs").split()[2:]


def plain(line: str) -> str:
    """Return a line without its colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", line)


def at_terminal(gateword: CommandLine, columns: int = 200) -> str:
    """Return what `gateword logs` prints at a terminal of its own."""
    ours, theirs = pty.openpty()
    command = [str(GATEWORD), "logs", "--data", str(gateword.data)]
    env = os.environ | {"TERM": "xterm-256color", "COLUMNS": str(columns), "NO_COLOR": ""}
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=env) as process:
        os.close(theirs)
        shown = b""
        # Linux ends a terminal that nobody holds with an error, others with nothing.
        with suppress(OSError):
            while piece := os.read(ours, 4096):
                shown += piece
        os.close(ours)
    assert 0 == process.returncode
    return shown.decode()
