"""Log events as lines of JSON at the end of a file, inside one folder and nowhere else."""

import asyncio
import os
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from gateword.domain.log_event import StoredLogEvent
from gateword.policy.log_stream_document import FILE_NAME
from gateword.ports.log_sink import Destination, NotTaken
from gateword.values import dataclass


@dataclass(frozen=True, slots=True)
class LogFile:
    """Appends to `FOLDER/TENANT/fileName` (port `LogSink`).

    The file is opened anew each time, so that whoever moves it away finds a new one.

    Attributes:
        folder: Of all tenants.
    """

    folder: Path

    async def deliver(self, to: Destination, events: Sequence[StoredLogEvent]) -> None:
        name = str(to.sink["fileName"])
        folder = self.folder / to.tenant
        # What is checked when it is set is checked again: a path must never lead elsewhere.
        if not all(re.fullmatch(FILE_NAME, part) for part in (name, to.tenant)):
            raise NotTaken("the name of the file leads out of its folder")
        lines = b"".join(msgspec.json.encode(event.document) + b"\n" for event in events)
        try:
            await asyncio.to_thread(_append, folder, name, lines)
        except OSError as error:
            raise NotTaken(f"the file cannot be written: {error.strerror}") from None


def _append(folder: Path, name: str, lines: bytes) -> None:
    """Append lines, and see them on the disk.

    Raises:
        OSError: Also when the name is a link, which may lead anywhere.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    file = os.open(folder / name, flags, 0o600)
    try:
        size = os.fstat(file).st_size
        if size:
            os.lseek(file, size - 1, os.SEEK_SET)
            if os.read(file, 1) != b"\n":
                lines = b"\n" + lines  # somebody died in the middle of a line
        left = memoryview(lines)
        while left:
            left = left[os.write(file, left) :]
        os.fsync(file)
    finally:
        os.close(file)
