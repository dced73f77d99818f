"""Whose turn it is in a process, told without a word: eight bytes that the server sees too."""

import mmap
import os
import struct
import tempfile
from typing import Final

_NUMBER: Final = struct.Struct("=Q")
_COUNT_BITS: Final = 20
_COUNTS: Final = 1 << _COUNT_BITS
_NOBODY: Final = 0


class Turn:
    """The number of a turn: that of its run, and a count that tells two turns apart.

    Args:
        file: Descriptor of the memory; it is closed, and the memory stays.
    """

    def __init__(self, file: int) -> None:
        self._memory = mmap.mmap(file, _NUMBER.size)
        os.close(file)
        self._count = 0
        self._last = _NOBODY

    def begin(self, run: int) -> None:
        """Say that it is a run's turn; numbers of runs begin at one."""
        self._count = (self._count + 1) % _COUNTS
        _NUMBER.pack_into(self._memory, 0, run << _COUNT_BITS | self._count)

    def end(self) -> None:
        """Say that it is nobody's."""
        _NUMBER.pack_into(self._memory, 0, _NOBODY)

    def now(self) -> int:
        """Return the number of the turn."""
        if not self._memory.closed:
            (self._last,) = _NUMBER.unpack_from(self._memory)
        return self._last

    def whose(self) -> int:
        """Return the run whose turn it is; 0 is nobody's."""
        return self.now() >> _COUNT_BITS

    def close(self) -> None:
        """Let the memory go; what it said last is still told."""
        self.now()
        self._memory.close()


def memory() -> int:
    """Return a descriptor of memory for a turn, which a child may be given."""
    if hasattr(os, "memfd_create"):
        file = os.memfd_create("turn")
    else:
        with tempfile.TemporaryFile() as kept:
            file = os.dup(kept.fileno())
    os.truncate(file, _NUMBER.size)
    return file
