"""What a process writes, read without the detours of a subprocess of asyncio."""

import asyncio
from collections.abc import Callable


class Output(asyncio.Protocol):
    """The end of a pipe.

    Args:
        read: Takes what was written.
        ended: Is told when all is read and nobody can write any more.
    """

    def __init__(self, read: Callable[[bytes], None], ended: Callable[[], None]) -> None:
        self._read = read
        self._ended = ended

    def data_received(self, data: bytes) -> None:
        self._read(data)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._ended()
