from collections.abc import Sequence
from typing import Final

WIDTH: Final[int]

def verify(jobs: Sequence[tuple[bytes, bytes]], /) -> list[bool]: ...
