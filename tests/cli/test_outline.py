"""What the command line says and loads before a command has begun."""

import subprocess
import sys
from itertools import pairwise

import pytest
import typer
from typer.testing import CliRunner

from gateword.cli.main import COMMANDS, application, outline

HEAVY = ("gateword.app", "gateword.storage.engine", "gateword.web", "starlette", "uvicorn")
LINE = "import sys; sys.argv = ['gateword', *{!r}]\nfrom gateword.cli.main import run\n"
ENDED = "try: run()\nexcept SystemExit: pass\nprint(*sys.modules, file=sys.stderr)"


def helped(app: typer.Typer) -> list[str]:
    """Return the words of a help page, in the order of the alphabet."""
    shown = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"})
    return sorted(shown.stdout.split())


def test_list_of_commands_says_what_the_commands_say() -> None:
    """The sentences that are shown without loading a command are those of the command."""
    assert helped(application()) == helped(outline())


def test_help_of_users_names_the_files() -> None:
    """Whoever looks for import and export finds them in the list of commands."""
    assert (True, True) == ("import" in COMMANDS["users"], "export" in COMMANDS["users"])


@pytest.mark.parametrize(
    "words",
    [["--version"], ["--help"], ["users", "--help"], ["logs", "--help"], ["init", "--help"]],
)
def test_help_loads_no_engine(words: list[str]) -> None:
    """Nobody waits for a database driver to read a help page."""
    command = [sys.executable, "-c", LINE.format(words) + ENDED]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = done.stderr.split()
    assert "gateword.cli.main" in loaded
    assert [] == [name for name in HEAVY if name in loaded]


@pytest.mark.parametrize("words", [["apply"], ["users", "import"], ["keys", "rotate"]])
def test_help_is_wrapped_at_the_width_of_the_terminal(words: list[str]) -> None:
    """A paragraph fills its lines; only its last one is short."""
    env = {"COLUMNS": "80"}
    shown = CliRunner().invoke(application(), [*words, "--help"], env=env).stdout
    text = shown.partition("╭")[0].splitlines()
    lines = [line.strip() for line in text]

    assert [] == [
        line
        for line, after in pairwise(lines)
        if line and after and not line.endswith(".") and len(line) + len(after.split()[0]) < 77
    ]
