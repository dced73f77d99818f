"""What the house counts and times about itself, and how it tells.

Labels come from closed sets: names of ours, never what a request says (promise D10).
"""

from typing import Final, Protocol

from gateword.values import dataclass

_WAITS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_LAGS_S: Final = (1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0, 28800.0, 86400.0)
_STORE_S: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measure:
    """One thing that is measured.

    Attributes:
        name: As Prometheus knows it, without the suffix of a counter.
        doc: What it says; units are in the name.
        labels: Names of its labels, in the order in which values are given.
    """

    name: str
    doc: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Count(Measure):
    """Something that only grows."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Duration(Measure):
    """How long something took.

    Attributes:
        buckets: Upper bounds of the histogram, in seconds.
    """

    buckets: tuple[float, ...] = _WAITS_S


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Level(Measure):
    """Something that goes up and down; it is read when somebody asks."""


GRANTS: Final = Count(
    name="gateword_grants",
    doc="Asks at the token endpoint by how they ended: ok, or the name of the refusal.",
    labels=("grant", "outcome"),
)
REQUESTS: Final = Count(
    name="gateword_http_requests",
    doc="Requests by route, method and status of the answer.",
    labels=("route", "method", "status"),
)
REQUEST_TIME: Final = Duration(
    name="gateword_http_request_seconds",
    doc="From the request's head to the end of its answer.",
    labels=("route", "method"),
)
CALLS: Final = Count(
    name="gateword_management_calls",
    doc="Calls of the Management API by verb and by how they ended.",
    labels=("method", "path", "outcome"),
)
HASH_TIME: Final = Duration(
    name="gateword_hash_seconds",
    doc="From asking for a password hash to its result, the wait in the queue included.",
    labels=("algorithm", "operation"),
)
HASH_WAITED: Final = Duration(
    name="gateword_hash_wait_seconds",
    doc="From asking for a password hash to its beginning, of those that were computed.",
    labels=("algorithm",),
)
HASH_WORK: Final = Duration(
    name="gateword_hash_work_seconds",
    doc="Time of a thread for a password hash, its share where several were computed side by side "
    "(`together`).",
    labels=("algorithm", "together"),
)
HASH_LOST: Final = Count(
    name="gateword_hashes_not_computed",
    doc="Password hashes that were asked for in vain: dropped because nobody waited any more, or "
    "refused because too many did (algorithm `none`: before one was looked up).",
    labels=("algorithm", "reason"),
)
HASH_QUEUE: Final = Level(
    name="gateword_hash_queue_depth", doc="Password hashes asked for and not finished."
)
HASH_WAIT: Final = Level(
    name="gateword_hash_expected_wait_seconds",
    doc="How long a hash asked for now would wait before it begins; logins are refused over "
    "`hash_max_wait_s`.",
)
STORE_TIME: Final = Duration(
    name="gateword_store_seconds",
    doc="Reads, and transactions until they are durable.",
    labels=("operation",),
    buckets=_STORE_S,
)
VELOCITY: Final = Count(
    name="gateword_velocity_asks",
    doc="Asks of the velocity counters in Valkey: answered, away, or not asked because they were "
    "away just now.",
    labels=("outcome",),
)
LETTERS: Final = Count(
    name="gateword_letters",
    doc="Letters and messages to phones: delivered, put off for another try, or given up.",
    labels=("channel", "outcome"),
)

STREAMED: Final = Count(
    name="gateword_log_stream_batches",
    doc="Batches of log events handed to streams, by type of stream: taken, or not taken.",
    labels=("type", "outcome"),
)
STREAM_LAG: Final = Duration(
    name="gateword_log_stream_lag_seconds",
    doc="Age of a batch's oldest event when the batch was taken.",
    labels=("type",),
    buckets=_LAGS_S,
)

MEASURES: Final[tuple[Measure, ...]] = (
    GRANTS, REQUESTS, REQUEST_TIME, CALLS, HASH_TIME, HASH_WAITED, HASH_WORK, HASH_LOST, HASH_QUEUE,
    HASH_WAIT, STORE_TIME, VELOCITY, LETTERS, STREAMED, STREAM_LAG,
)  # fmt: skip


class Meter(Protocol):
    """Counts and times; costs well under a microsecond and never fails."""

    def count(self, what: Count, *labels: str) -> None:
        """Add one."""
        ...

    def took(self, what: Duration, seconds: float, *labels: str) -> None:
        """Note how long something took."""
        ...


@dataclass(frozen=True, slots=True)
class Exposition:
    """What was measured, ready to be sent."""

    text: bytes
    media_type: str


class Exposes(Protocol):
    """Tells what was measured."""

    async def exposition(self, accept: str) -> Exposition:
        """Return everything measured so far, by all processes of the server.

        Args:
            accept: Media types that the asker understands.
        """
        ...


class Telemetry(Meter, Exposes, Protocol):
    """Measures and tells."""
