"""Tries at a secret: counted before it is looked at, settled when the verdict is known.

A try is reserved and settled, never tested first and counted later: so no two guesses pass one test
together, and right ones only wait for each other. What it costs is written as claims.
Source: RFC 6749 §10.7; Auth0 "Brute-force Protection", "Suspicious IP Throttling".
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from enum import Enum, unique
from typing import Final, Protocol, TypeAlias

from gateword.values import dataclass, field

EVERYWHERE: Final = ""
"""The place that stands for all addresses together."""

UNSURE: Final = "\0"
"""Behind a place: what is said there to whoever spoils the header holds for nobody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """Failures in a row that a subject may have, at one place or everywhere.

    Attributes:
        shield: Whose claim it is.
        place: Address group, or EVERYWHERE.
        limit: Failures, those in flight included, over which nothing is tried any more; None
            counts and never refuses.
        backs_off: The way back opens after a minute, then after twice as long each time, up to an
            hour; False shuts it for 30 days after the last failure.
        spares_known: Places from which the subject succeeded before are admitted all the same.
        only_tells: Nothing is refused; that the limit is reached is told all the same.
        is_own: A success forgets every failure under this key; False only those of its place.
    """

    shield: str
    place: str
    limit: int | None
    backs_off: bool = False
    spares_known: bool = False
    only_tells: bool = False
    is_own: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket of tokens: `size` at once, one more each `refill_ms`.

    Attributes:
        shield: Whose claim it is.
        key: Names it in the tenant.
        spends_always: Every try takes a token; False takes one only when the try fails.
        refunds: A try that succeeds gives one back.
        spares_known: Places from which the subject succeeded before are admitted all the same.
        only_tells: Nothing is refused; that it is empty is told all the same.
        place: Address group whose tries in flight count as taken; empty looks at none.
        covers: Address group for all of which its refusal holds; empty for this try alone.
        guards: A short secret that nothing else bounds: it is counted in SQL, whoever else counts.
    """

    shield: str
    key: str
    size: int
    refill_ms: int
    spends_always: bool = False
    refunds: bool = False
    spares_known: bool = False
    only_tells: bool = False
    place: str = ""
    covers: str = ""
    guards: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Subjects that may fail from a place within a time; over that it gets no new one.

    Whether anybody has such a name plays no part: else the bound would tell (promise T1).

    Attributes:
        shield: Whose claim it is.
    """

    shield: str
    most: int
    within_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One try, and what it takes to be admitted.

    Attributes:
        connection_key: The directory; its subjects are its own.
        subject: Whose secret is tried: one text for all spellings of an account's names.
        place: Address group of the end user.
        user_key: Number of the user; None when the name is nobody's.
        buckets: Looked at first, in this order.
        tries: Looked at then, in this order.
        crowds: Bounds of the place's subjects, two at most.
        speaks_for_place: A refusal holds for others at the place; False where it is not sure whose
            address it is.
        wants_levels: The lease tells what is left in the buckets, and whether the place is known.
    """

    connection_key: int
    subject: str
    place: str
    user_key: int | None
    buckets: tuple[Bucket, ...] = ()
    tries: tuple[Tries, ...] = ()
    crowds: tuple[Crowd, ...] = ()
    speaks_for_place: bool = True
    wants_levels: bool = True


@dataclass(frozen=True, slots=True)
class Lease:
    """A try that was admitted and is under way.

    Attributes:
        id: Of the reservation; it expires by itself, and counts as a failure then.
        levels: Tokens that were left in each bucket, by its key, where that was asked.
        is_known: The subject succeeded from this place before; False where that was not asked.
        told: Shields whose empty bucket only tells, and was not told of yet.
    """

    id: str
    entry: Entry
    levels: Mapping[str, float] = field(default_factory=dict)
    is_known: bool = False
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """A try that is not made.

    Attributes:
        shield: Whose claim refused it.
        retry_after_s: Seconds until one would be admitted; the same for names of nobody.
        is_first: Nobody was refused by this claim since it last admitted somebody.
        everywhere: It holds for all places.
        is_remembered: This process knew it without asking.
        more: How many were refused from memory since the store was last asked.
    """

    shield: str
    retry_after_s: int
    is_first: bool = False
    everywhere: bool = False
    is_remembered: bool = False
    more: int = 0


@dataclass(frozen=True, slots=True)
class Busy:
    """Every slot is in flight; which way they end decides, and that is soon."""


@unique
class Outcome(Enum):
    """How a try ended."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """The name is nobody's; counts as WRONG."""
    LOST = "lost"
    """Nobody heard the verdict; counts as WRONG, and the next refusal tells what it reached."""
    VOID = "void"
    """The secret was never looked at: nothing is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a settlement changed.

    Attributes:
        reached: Shields whose limit this failure reached: tries are blocked from now on.
        mails: A letter may tell of it; another did not within the hour.
        everywhere: What was reached is shut for all places.
    """

    reached: tuple[str, ...] = ()
    mails: bool = False
    everywhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """A subject's failures at a place, as they are stored.

    Attributes:
        place: Address group, or EVERYWHERE.
        last_failed_at: From when a block's time runs.
    """

    connection_key: int
    subject: str
    place: str
    count: int
    last_failed_at: datetime


Subject: TypeAlias = tuple[int, str]
"""A directory's number and a subject in it."""


class Attempts(Protocol):
    """The counters of one tenant."""

    def recall(self, connection_key: int, name: str, place: str) -> Blocked | None:
        """Return the refusal that this process remembers for a name or a place; no store is asked.

        It is at most a second old, and forgotten at once when this process lifts something.
        """
        ...

    async def reserve(
        self, entry: Entry, at: datetime, *, name: str = ""
    ) -> Lease | Blocked | Busy:
        """Admit a try, or say why not; atomic over all processes.

        Args:
            entry: The try.
            at: Now.
            name: Under which a refusal is remembered; empty remembers none.
        """
        ...

    async def settle(
        self, lease: Lease, outcome: Outcome, at: datetime, *, remembers: bool = True
    ) -> Settled:
        """Count how a try ended; a success also remembers the place as one of the user's.

        A lease that has expired has been counted as a failure already, and a success that comes
        so late forgets nothing.
        """
        ...

    def is_waited_for(self, connection_key: int, subject: str) -> bool:
        """Say whether somebody stands in the subject's queue already."""
        ...

    def turn(
        self, connection_key: int, subject: str, within_s: float
    ) -> AbstractAsyncContextManager[bool]:
        """Stand in the subject's queue until it is one's turn to look; False when it was too long.

        Only those stand in it who found every slot in flight.
        """
        ...

    async def freed(self, connection_key: int, subject: str, within_s: float) -> None:
        """Return when a try of the subject may have ended, or after that time."""
        ...

    def is_first(self, key: str, within_s: float) -> bool:
        """Say whether this process has not asked for that key within that time; for log notes."""
        ...

    async def take(self, buckets: Sequence[Bucket], at: datetime) -> Blocked | None:
        """Take a token out of each bucket; when one is empty, take none and say so."""
        ...

    async def failures(self, subjects: Sequence[Subject]) -> Sequence[Failures]:
        """Return what is stored of these subjects."""
        ...

    async def lift(self, subjects: Sequence[Subject]) -> int:
        """Forget all failures of these subjects; return how many keys had any."""
        ...

    async def failures_of_user(self, user_key: int) -> Sequence[Failures]:
        """Return what is stored of a user, in every directory."""
        ...

    async def lift_user(self, user_key: int) -> int:
        """Forget all failures of a user, in every directory; return how many keys had any."""
        ...

    async def retry_after_s(self, bucket: Bucket, at: datetime) -> int:
        """Return the seconds until a bucket has a token; 0 when it has one."""
        ...

    async def refill(self, keys: Sequence[str]) -> None:
        """Fill buckets up."""
        ...

    async def known_places(self, user_key: int) -> Mapping[str, datetime]:
        """Return from where a user logged in, and when last (to the day)."""
        ...

    async def purge(self, at: datetime) -> int:
        """Delete what counts no more; return how many rows."""
        ...
