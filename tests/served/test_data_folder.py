"""The data folder: private, complete after one start, unchanged by a second `init`."""

import hashlib
import json
import os
import shutil
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.served.house import serving
from tests.support import ran_against
from tests.support.served import GATEWORD, Served, free_port

OWN_BY_SQLITE: Final = ("-wal", "-shm")
"""Companions of the database file that SQLite makes and removes as it likes."""

FETCH_BY_PYTHON: Final = """
import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1], timeout=10).status)
"""
FETCH_BY_NODE: Final = "fetch(process.argv[1]).then((answer) => console.log(answer.status))"
FETCHERS: Final = [
    command
    for command in (
        (sys.executable, "-c", FETCH_BY_PYTHON),
        ("curl", "-sS", "-o", os.devnull, "-w", r"%{http_code}\n"),
        ("node", "-e", FETCH_BY_NODE),
    )
    if shutil.which(command[0])
]
"""Programs that this machine has; each prints the status of the URL it is given."""


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An instance in a folder that did not exist before `init`."""
    with serving(tmp_path_factory.mktemp("fresh") / "data") as served:
        yield served


def run(*arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
    """Run a program with nothing but PATH and the given variables in its environment."""
    return subprocess.run(
        arguments,
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def digests(folder: Path) -> dict[str, str]:
    """Return a digest of each file below a folder, SQLite's companions apart."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(OWN_BY_SQLITE)
    }


def test_files_are_their_owners_alone(tmp_path: Path) -> None:
    """Whatever the umask, folders are 0700 and files 0600: keys and hashes lie in them."""
    folder = tmp_path / "data"
    script = 'umask 000; exec "$0" init --data "$1" --domain localhost:8443'
    assert 0 == run("/bin/sh", "-c", script, str(GATEWORD), str(folder)).returncode

    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}
    assert {0o700} == {mode for path, mode in modes.items() if path.is_dir()}
    assert {0o600} == {mode for path, mode in modes.items() if path.is_file()}


def test_init_when_repeated_changes_nothing(tmp_path: Path) -> None:
    """A second run prints the same installation and leaves every file as it was."""
    folder = tmp_path / "data"
    command = (str(GATEWORD), "init", "--data", str(folder), "--domain", "localhost:8443")
    first = run(*command, "--json")
    before = digests(folder)

    second = run(*command, "--json")

    assert json.loads(first.stdout) == json.loads(second.stdout)
    assert before == digests(folder)
    assert "nothing changed" in run(*command).stdout


def test_serve_when_folder_is_new_initialises_it(tmp_path: Path) -> None:
    """`serve` alone is enough to begin with."""
    folder, port = tmp_path / "new", free_port()
    ca = folder / "tls" / "ca.pem"
    command = [str(GATEWORD), "serve", "--data", str(folder), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            said = [server.stdout.readline() for _ in range(2)]
            status = _fetch_status(f"https://localhost:{port}/health", ca)
        finally:
            server.terminate()

    assert [f"Initialised {folder} for https://localhost:{port}/\n",
            f"Ready: https://localhost:{port}/\n"] == said  # fmt: skip
    assert 200 == status
    assert 0 == server.returncode


def test_serve_when_port_is_taken_says_so(fresh: Served) -> None:
    """Two servers on one port are one too many, and the second one says what to do."""
    ended = run(str(GATEWORD), "serve", "--data", str(fresh.data), "--port", str(fresh.port))

    assert 1 == ended.returncode
    assert f"cannot listen on 127.0.0.1:{fresh.port}" in ended.stderr
    assert "--port" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("command", FETCHERS, ids=lambda command: Path(command[0]).name)
def test_env_when_exported_makes_the_ca_trusted(fresh: Served, command: tuple[str, ...]) -> None:
    """`gateword env` is all that each language needs; without it nobody trusts the certificate."""
    url = f"{fresh.base_url}/health"
    script = 'eval "$("$0" env --data "$1")"; shift; exec "$@"'

    trusting = run("/bin/sh", "-c", script, str(GATEWORD), str(fresh.data), *command, url)

    assert (0, "200\n") == (trusting.returncode, trusting.stdout), trusting.stderr
    ran_against.note("gateword env", Path(command[0]).name)
    assert 0 != run(*command, url).returncode


def _fetch_status(url: str, ca: Path) -> int:
    context = ssl.create_default_context(cafile=str(ca))
    return httpx.get(url, verify=context, trust_env=False, timeout=10).status_code
