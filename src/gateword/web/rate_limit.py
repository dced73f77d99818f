"""Token buckets in the process, and the headers that tell of them (Auth0: "Rate limit policy")."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from gateword.values import dataclass

_MAX_KEYS: Final = 50_000


@dataclass(slots=True)
class _Bucket:
    level: float
    at_s: float
    is_empty: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """One request's place in a bucket.

    Attributes:
        limit: Size of the bucket.
        remaining: Requests still in it.
        reset_s: Seconds until one more is in it, or until it is full when some are left.
        admitted: There was one to take.
        is_first: The first to be turned away since the last one was admitted.
    """

    limit: int
    remaining: int
    reset_s: float
    admitted: bool
    is_first: bool = False

    def headers(self) -> dict[str, str]:
        """Return Auth0's rate headers; the reset is in epoch seconds, always an integer."""
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-reset": str(math.ceil(time.time() + self.reset_s)),
        }


class RateLimit:
    """A bucket for each key: `size` requests at once, `per_s` more each second."""

    def __init__(
        self, size: int, per_s: float, monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        """Set the bucket; a size of 0 limits nothing."""
        self._size = size
        self._per_s = per_s
        self._now = monotonic_s
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str) -> Taken | None:
        """Take one request out of the key's bucket; None when nothing is limited."""
        if self._size == 0:
            return None
        bucket, now = self._bucket(key), self._now()
        bucket.level = min(self._size, bucket.level + (now - bucket.at_s) * self._per_s)
        bucket.at_s = now
        admitted = bucket.level >= 1
        bucket.level -= admitted
        is_first = not admitted and not bucket.is_empty
        bucket.is_empty = not admitted
        missing = 1 - bucket.level if bucket.level < 1 else self._size - bucket.level
        return Taken(self._size, int(bucket.level), missing / self._per_s, admitted, is_first)

    def _bucket(self, key: str) -> _Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(self._size, self._now())
            if len(self._buckets) > _MAX_KEYS:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
        return bucket
