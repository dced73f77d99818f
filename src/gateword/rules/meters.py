"""What a process has used so far, as the system tells it."""

import os
import time
from pathlib import Path
from typing import Final

_NANOSECONDS: Final = 1e9
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def ran_s(pid: int) -> float:
    """Return how long a process has been on a processor; where nobody tells, what time it is."""
    try:
        told = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii")
    except OSError:
        return time.monotonic()
    return int(told.split()[0]) / _NANOSECONDS


def held_bytes(pid: int) -> int:
    """Return the memory that a process holds; 0 where nobody tells."""
    try:
        told = Path(f"/proc/{pid}/statm").read_text(encoding="ascii")
    except OSError:
        return 0
    return int(told.split()[1]) * _PAGE_BYTES
