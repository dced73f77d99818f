"""Where log events are streamed to."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from gateword.domain.log_event import StoredLogEvent
from gateword.domain.secret import Secret
from gateword.values import dataclass


class NotTaken(Exception):
    """Events did not arrive; the message says why and holds no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One stream's end.

    Attributes:
        tenant: Name of the tenant.
        sink: `sink` of the stream, in Auth0's members.
        secret: What the other side knows us by.
    """

    tenant: str
    sink: Mapping[str, object]
    secret: Secret | None = None


class LogSink(Protocol):
    """Takes events of one type of stream."""

    async def deliver(self, to: Destination, events: Sequence[StoredLogEvent]) -> None:
        """Hand events over; when it returns, the other side has taken all of them.

        Raises:
            NotTaken: It has not, or only some.
        """
        ...
