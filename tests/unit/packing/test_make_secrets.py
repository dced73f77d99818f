"""`deploy/compose/make-secrets` leaves whole secrets or none, whatever it finds."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

MAKE_SECRETS = Path(__file__).resolve().parents[3] / "deploy" / "compose" / "make-secrets"
PROGRAMS = ("sh", "dirname", "sed", "mkdir", "cat", "chmod", "mv", "rm", "grep")
OPENSSL = """#!/bin/sh
[ "$1" = rand ] && { echo "word$$"; exit; }
while [ $# -gt 1 ]; do
  case $1 in -keyout | -out) echo PEM >"$2" ;; esac
  shift
done
"""
"""Stands in for openssl: says another word each time, and writes the files that it is asked for."""

BROKEN = "#!/bin/sh\nexit 1\n"
NAMES = {
    "postgres_password", "encryption_key", "database_url", "valkey_url", "valkey.conf", "site.pem"
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the script, and in `bin` the programs of a small system, without openssl."""
    shutil.copy(MAKE_SECRETS, tmp_path)
    (tmp_path / "bin").mkdir()
    for name in PROGRAMS:
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    return tmp_path


def run(folder: Path, openssl: str = "") -> "subprocess.CompletedProcess[str]":
    """Run the script, with this as its openssl."""
    if openssl:
        (folder / "bin" / "openssl").write_text(openssl)
        (folder / "bin" / "openssl").chmod(0o755)
    return subprocess.run(
        [folder / "make-secrets", "login.example.com"],
        env={"PATH": str(folder / "bin")},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def secrets(folder: Path) -> dict[str, str]:
    """Return the secrets there are."""
    return {path.name: path.read_text() for path in (folder / "secrets").glob("*")}


def test_secrets_are_made_and_stay(folder: Path) -> None:
    """A second run changes nothing."""
    first = run(folder, OPENSSL)
    made = secrets(folder)
    second = run(folder)

    assert (0, 0) == (first.returncode, second.returncode), first.stderr + second.stderr
    assert NAMES == set(made)
    assert all(made.values())
    assert made == secrets(folder)
    assert made["postgres_password"].strip() in made["database_url"]
    [word] = re.findall(r"requirepass (\w+)", made["valkey.conf"])
    assert f":{word}@" in made["valkey_url"]


def test_nothing_is_left_when_openssl_is_absent(folder: Path) -> None:
    """The script says what it needs; an empty key would count as none."""
    done = run(folder)

    assert (1, "make-secrets needs openssl.\n") == (done.returncode, done.stderr)
    assert {} == secrets(folder)


def test_nothing_is_left_when_openssl_fails(folder: Path) -> None:
    """What cannot be made is not made empty."""
    done = run(folder, BROKEN)

    assert 0 != done.returncode
    assert {} == secrets(folder)


def test_empty_secrets_are_made_anew_with_what_they_stand_in(folder: Path) -> None:
    """What an earlier run left without a word in it is no secret; the others stay."""
    (folder / "secrets").mkdir()
    for name in ("postgres_password", "encryption_key", "valkey.conf", "site.pem"):
        (folder / "secrets" / name).touch()
    (folder / "secrets" / "database_url").write_text("postgresql://gateword:@postgres/gateword\n")
    (folder / "secrets" / "valkey_url").write_text("valkey://default:gone@valkey:6379/0\n")

    done = run(folder, OPENSSL)

    made = secrets(folder)
    assert 0 == done.returncode, done.stderr
    assert all(made.values())
    assert made["postgres_password"].strip() in made["database_url"]
    assert "gone" not in made["valkey_url"]
