"""One server, several processes: each leaves its numbers where the others find them.

A scrape reaches one process, whichever takes the connection; it answers for all of them.
"""

import contextlib
import os
from pathlib import Path
from typing import Final

import msgspec

from gateword.telemetry.counters import Snapshot

FOLDER_VARIABLE: Final = "GATEWORD_TELEMETRY_DIR"
"""Environment variable by which the first process tells the others where to leave numbers."""

EVERY_S: Final = 1.0
"""Seconds between two writes, and so the age that another process's numbers may have."""


class Shared:
    """The numbers of the other processes.

    Args:
        folder: A folder that only this server's processes use, empty when it starts.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own = folder / f"{os.getpid()}.json"
        self._written = b""

    def write(self, snapshot: Snapshot) -> None:
        """Leave this process's numbers, if they have changed; a full disk costs only numbers."""
        text = msgspec.json.encode(snapshot)
        if text == self._written:
            return
        draft = self._own.with_suffix(".new")
        with contextlib.suppress(OSError):
            draft.write_bytes(text)
            draft.replace(self._own)
            self._written = text

    def others(self) -> dict[int, Snapshot]:
        """Return the numbers of the other processes by their ids, also of those that ended."""
        found = {}
        for path in self._folder.glob("*.json"):
            if path == self._own:
                continue
            with contextlib.suppress(OSError, ValueError, msgspec.DecodeError):
                found[int(path.stem)] = msgspec.json.decode(path.read_bytes(), type=Snapshot)
        return found


def is_running(pid: int) -> bool:
    """Say whether a process of ours still runs."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
