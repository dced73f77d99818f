"""Makes a corpus of a published list: whole, or not at all."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from gateword.storage.breach_corpus import About, Writer
from gateword.storage.breach_dump import Dump, Garbled

_TOLD_EVERY: Final = 4096
_READABLE: Final = 0o644
"""A corpus is no secret, and the server may run as another user than who imports."""


class BeingImported(Exception):
    """Another process is making the same corpus."""


def import_dump(
    dump: Dump, target: Path, *, made_at: datetime, min_count: int, told: Callable[[int], None]
) -> About:
    """Put a corpus in the place of the one that is there; whatever goes wrong, that one stays.

    Args:
        dump: What to read.
        target: Where the corpus belongs.
        made_at: Now.
        min_count: What `dump` was opened with; the corpus tells it.
        told: Hears now and then how many passwords there are so far.

    Raises:
        Garbled: The list is none, or holds nothing.
        BeingImported: By somebody else.
        OSError: It cannot be read, or the corpus not be written.
    """
    with _new_file(target) as file:
        writer = Writer(file)
        for number, (bucket, entries) in enumerate(dump.runs()):
            writer.add(bucket, entries)
            if number % _TOLD_EVERY == 0:
                told(writer.entries)
        told(writer.entries)
        if writer.entries == 0:
            raise Garbled(f"the {dump.source} holds no password that was seen {min_count:,} times")
        return writer.finish(made_at, dump.source, min_count)


@contextmanager
def _new_file(target: Path) -> Iterator[BinaryIO]:
    """Give an empty file that takes the place of the target when all went well."""
    part = target.with_name(f"{target.name}.part")
    # One that a killed process left behind is taken over; whoever has the lock is alive.
    handle = os.open(part, os.O_RDWR | os.O_CREAT, _READABLE)
    with os.fdopen(handle, "wb") as file:
        _claim(file, part)
        try:
            yield file
            file.flush()
            os.fsync(handle)
            part.replace(target)
        except BaseException:
            part.unlink()
            raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _claim(file: BinaryIO, part: Path) -> None:
    """Lock a file, and empty it.

    Raises:
        BeingImported: Somebody has the lock, or had it until now: the file is not `part` any more.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_ours = os.path.samestat(os.fstat(file.fileno()), part.stat())
    except (BlockingIOError, FileNotFoundError):
        is_ours = False
    if not is_ours:
        raise BeingImported
    file.truncate(0)
