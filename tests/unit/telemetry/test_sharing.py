import os
import subprocess
import sys
from pathlib import Path

import msgspec

from gateword.telemetry.counters import Snapshot
from gateword.telemetry.sharing import Shared, is_running

NUMBERS = Snapshot(counts=[(("gateword_grants", "password", "ok"), 2)])


def test_numbers_are_found_by_the_other_processes(tmp_path: Path) -> None:
    """What a process leaves is read by the others under its id, and not by itself."""
    Shared(tmp_path).write(NUMBERS)
    (tmp_path / "1234567.json").write_bytes(msgspec.json.encode(NUMBERS))

    found = Shared(tmp_path).others()

    assert f"{os.getpid()}.json" in {path.name for path in tmp_path.iterdir()}
    assert {1234567: [(("gateword_grants", "password", "ok"), 2)]} == {
        pid: list(one.counts) for pid, one in found.items()
    }


def test_unreadable_numbers_are_passed_over(tmp_path: Path) -> None:
    """A file that is broken or of another version costs only its own numbers."""
    (tmp_path / "17.json").write_bytes(b"{")
    (tmp_path / "notes.json").write_bytes(b"{}")
    (tmp_path / "18.json").write_bytes(b'{"counts":[["a"]]}')

    assert {} == Shared(tmp_path).others()


def test_folder_that_is_gone_costs_only_the_numbers(tmp_path: Path) -> None:
    """The server goes on when the folder cannot be written."""
    shared = Shared(tmp_path / "gone")
    shared.write(NUMBERS)

    assert {} == shared.others()


def test_process_that_has_ended_is_not_running() -> None:
    """A process is running until it has ended and was waited for."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()

    assert is_running(os.getpid())
    assert not is_running(child.pid)
