"""What is said to Valkey about buckets of tokens: two scripts, each of them one atomic step."""

from collections.abc import Sequence
from hashlib import sha1
from pathlib import Path
from typing import Any, Final, Protocol

from gateword.values import dataclass


@dataclass(frozen=True, slots=True)
class Script:
    """A script, and the name under which a server keeps what it ran before."""

    text: str
    sha1: str


def _script(name: str) -> Script:
    folder = Path(__file__).parent
    parts = [(folder / part).read_text("utf-8") for part in ("valkey_bucket.lua", name)]
    # With this line a server that is full refuses a script before its first write, not within it.
    text = "\n".join(["#!lua", *parts])
    return Script(text, sha1(text.encode(), usedforsecurity=False).hexdigest())


ADMIT: Final = _script("valkey_admit.lua")
CHANGE: Final = _script("valkey_change.lua")


class Server(Protocol):
    """A server that is asked within a bounded time, and may be away.

    Attributes:
        prefix: Begins every key of this installation.
        reason: Why it was away last, in one word.
    """

    prefix: str
    reason: str

    async def run(self, script: Script, keys: Sequence[str], args: Sequence[str | int]) -> Any:
        """Return what a script answers; None when the server is away."""
        ...

    async def ask(self, *command: str) -> Any:
        """Return what a command answers; None when the server is away."""
        ...

    async def greet(self) -> None:
        """Ask once, so that a server that is away is in the process's log before anybody comes."""
        ...

    async def close(self) -> None:
        """Let its connections go."""
        ...
