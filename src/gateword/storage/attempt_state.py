"""Whether a try is admitted, by one look at the rows; waits for nothing."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from gateword.policy import lockout, velocity
from gateword.ports.attempts import EVERYWHERE, Blocked, Bucket, Busy, Entry, Tries
from gateword.storage.attempt_sql import AT_PLACE, BUCKET, FAILED, KNOWN, NAMES, UNDER_WAY
from gateword.storage.columns import ms, time
from gateword.storage.engine import Row
from gateword.values import dataclass, field

_LONGEST_CROWD_S = 3600
"""When names of an address grow too old to count is not known to the second."""


@dataclass(slots=True)
class State:
    """Everything that decides on one try.

    Attributes:
        failures: By place: how many, and when the last one was.
        under_way: By place: how many tries of the subject.
        first_end: When the first of them expires, in unix milliseconds.
        at_place: Tries of anybody under way from the place.
        buckets: By name: when it will be full, and whether a refusal was told of.
        seen_at: When the subject last succeeded from the place.
        names: Subjects that failed from the place, by the bound they are counted for, up to it.
        untold: Places of failures that nobody was told of.
    """

    failures: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    under_way: dict[str, int] = field(default_factory=dict)
    first_end: int | None = None
    at_place: int = 0
    buckets: dict[str, tuple[int, bool]] = field(default_factory=dict)
    seen_at: datetime | None = None
    names: dict[int, int] = field(default_factory=dict)
    untold: set[str] = field(default_factory=set)


def read(rows: Iterable[Row]) -> State:
    """Return what the rows of STATE say."""
    state = State()
    for kind, name, number, more, mailed_at in rows:
        if kind == FAILED:
            state.failures[name] = (number, time(more))
            state.untold |= set() if mailed_at else {name}
        elif kind == UNDER_WAY:
            state.under_way[name] = number
            state.first_end = more if state.first_end is None else min(state.first_end, more)
        elif kind == AT_PLACE:
            state.at_place = number
        elif kind == BUCKET:
            state.buckets[name] = (number, bool(more))
        elif kind == KNOWN:
            state.seen_at = time(number)
        elif kind == NAMES:
            state.names[int(name)] = number
    return state


@dataclass(frozen=True, slots=True)
class Admission:
    """What came of a look.

    Attributes:
        refused: None admits.
        bucket: The bucket that refused, if one did.
        levels: Tokens by bucket.
        is_known: The subject succeeded from this place before.
        to_tell: Buckets that are empty, refuse nothing, and were not told of.
        shut_at: Place whose failures refused, if failures did.
    """

    refused: Blocked | Busy | None
    bucket: Bucket | None = None
    levels: Mapping[str, float] = field(default_factory=dict)
    is_known: bool = False
    to_tell: tuple[Bucket, ...] = ()
    shut_at: str | None = None


def admission(entry: Entry, state: State, at: datetime) -> Admission:
    """Return whether a try is admitted: buckets first, then the place, then the subject."""
    tokens, knows = levels(entry, state, at), is_known(state, at)
    refused: Blocked | Busy | None = None
    to_tell: list[Bucket] = []
    for bucket in entry.buckets:
        found = _by_bucket(bucket, tokens[bucket.key], state)
        if bucket.only_tells:
            to_tell += [bucket] if isinstance(found, Blocked) and found.is_first else []
        elif found is not None and not (bucket.spares_known and knows):
            return Admission(found, bucket, tokens, knows)
    if not knows:
        refused = _by_crowds(entry, state)
    shut_at = None
    for tries in entry.tries:
        if refused is None and not tries.only_tells:
            refused, shut_at = _by_tries(tries, state, at, is_known=knows), tries.place
    return Admission(refused, None, tokens, knows, tuple(to_tell), shut_at)


def levels(entry: Entry, state: State, at: datetime) -> dict[str, float]:
    """Return the tokens that are left in each bucket, by its key."""
    return {
        bucket.key: level(bucket, state.buckets.get(bucket.key, (0, False))[0], at)
        for bucket in entry.buckets
    }


def is_known(state: State, at: datetime) -> bool:
    """Say whether the subject succeeded from the place, not too long ago."""
    return state.seen_at is not None and at - state.seen_at < lockout.KNOWN


def level(bucket: Bucket, full_at_ms: int, at: datetime) -> float:
    """Return the tokens in a bucket."""
    return velocity.tokens(full_at_ms, ms(at), bucket.size, bucket.refill_ms)


def _by_bucket(bucket: Bucket, left: float, state: State) -> Blocked | Busy | None:
    if left < 1:
        _, told = state.buckets.get(bucket.key, (0, False))
        wait_s = velocity.retry_after_s(left, bucket.refill_ms)
        return Blocked(shield=bucket.shield, retry_after_s=wait_s, is_first=not told)
    if bucket.place and not bucket.spends_always and left - state.at_place < 1:
        return Busy()
    return None


def _by_crowds(entry: Entry, state: State) -> Blocked | None:
    if entry.place in state.failures:
        return None
    for number, crowd in enumerate(entry.crowds):
        if state.names.get(number, 0) >= crowd.most:
            wait_s = min(crowd.within_ms // 1000, _LONGEST_CROWD_S)
            return Blocked(shield=crowd.shield, retry_after_s=wait_s, is_first=True)
    return None


def _by_tries(tries: Tries, state: State, at: datetime, *, is_known: bool) -> Blocked | Busy | None:
    if tries.limit is None:
        return None
    failed, last_failed_at = state.failures.get(tries.place, (0, at))
    if lockout.is_over(last_failed_at, at):
        failed = 0
    if failed >= tries.limit and tries.spares_known and is_known:
        return None
    wait_s = lockout.shut_for_s(failed, last_failed_at, tries.limit, at, backs_off=tries.backs_off)
    if wait_s > 0:
        is_first = tries.place in state.untold
        return Blocked(
            shield=tries.shield,
            retry_after_s=wait_s,
            is_first=is_first,
            everywhere=tries.place == EVERYWHERE,
        )
    under_way = (
        sum(state.under_way.values())
        if tries.place == EVERYWHERE
        else state.under_way.get(tries.place, 0)
    )
    free = lockout.slots(failed, tries.limit, backs_off=tries.backs_off)
    return None if under_way < free else Busy()
