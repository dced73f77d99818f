"""Requests that a tenant's scripts send to other servers."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from gateword.values import dataclass, field

MOST_BODY_BYTES: Final = 1 << 20
"""Of an answer; a longer one is an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCall:
    """One request.

    Attributes:
        url: `http` or `https`, its host already admitted.
        headers: What is sent along; `Host` and the length are added.
        timeout_s: For connection and answer together.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False, default=b"")
    timeout_s: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """What came back, its content decoded."""

    status: int
    reason: str
    headers: Sequence[tuple[str, str]] = field(repr=False)
    body: bytes = field(repr=False)


class Outbound(Protocol):
    """Sends requests for one tenant."""

    async def fetch(self, call: HttpCall, allowed: Sequence[str]) -> HttpAnswer:
        """Send one request; redirects are not followed.

        Args:
            call: The request.
            allowed: The tenant's allow-list; every address is held against it.

        Raises:
            OperationFailed: Nobody answered, or nobody may be asked.
        """
        ...
