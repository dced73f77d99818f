"""The encryption key: made where it will be found again, and never beside what another sealed."""

from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine

DOMAIN = "localhost:8443"


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    """The command over an empty folder, and a database elsewhere that is not there yet."""
    url = f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
    return CommandLine(tmp_path / "data", ("--database-url", url))


def key_of(line: CommandLine) -> Path:
    """Return where the key lies."""
    return line.data / "encryption.key"


@pytest.mark.parametrize("command", [("serve",), ("doctor",), ("logs",)])
def test_only_init_makes_a_key_for_a_database_of_its_own(
    line: CommandLine, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """A key in a folder that is thrown away would take with it what the database holds."""
    done = line(*command)

    assert 0 != done.exit_code
    assert "encryption.key is missing" in done.output
    assert "gateword init" in done.output
    assert not key_of(line).exists()
    assert not (tmp_path / "elsewhere.sqlite3").exists()


def test_init_makes_a_key_once(line: CommandLine, tmp_path: Path) -> None:
    """It begins an installation; where one is, a folder without its key gets no other."""
    line.ok("init", "--domain", DOMAIN)
    again = CommandLine(tmp_path / "other", line.options)
    done = again("init", "--domain", DOMAIN)

    assert key_of(line).exists()
    assert 2 == done.exit_code
    assert "encryption.key is missing" in done.stderr
    assert not key_of(again).exists()
    line.ok("init", "--domain", DOMAIN)


def test_key_is_not_made_when_its_file_is_empty(line: CommandLine, tmp_path: Path) -> None:
    """A secret that nobody filled in is told, by `init` too."""
    (tmp_path / "key").touch()

    done = line("init", env={"GATEWORD_ENCRYPTION_KEY_FILE": str(tmp_path / "key")})

    assert 2 == done.exit_code
    assert "is empty" in done.stderr
    assert not key_of(line).exists()
