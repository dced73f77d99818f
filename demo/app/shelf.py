"""What a browser owns here: kept on the server, known to the browser by a random id only."""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Kept(Generic[T]):
    value: T
    began_at: float
    seen_at: float


class Shelf(Generic[T]):
    """A bounded store in memory.

    Keys are SHA-256 hashes of the cookie, so that a dump of the memory's keys opens nothing.

    Args:
        now: Unix time in seconds.
        idle_s: What was unused for so long is gone.
        absolute_s: What is older than that is gone, used or not.
        limit: How many may be kept; past it the least recently used one goes.
    """

    def __init__(
        self, now: Callable[[], float], *, idle_s: float, absolute_s: float, limit: int
    ) -> None:
        self._now = now
        self._idle_s = idle_s
        self._absolute_s = absolute_s
        self._limit = limit
        self._by_hash: OrderedDict[str, _Kept[T]] = OrderedDict()

    def put(self, value: T) -> str:
        """Keep something; return the cookie value that finds it again."""
        handle = secrets.token_urlsafe(32)
        now = self._now()
        self._by_hash[_hash(handle)] = _Kept(value, now, now)
        while len(self._by_hash) > self._limit:
            self._by_hash.popitem(last=False)
        return handle

    def find(self, handle: str) -> T | None:
        """Return what a cookie stands for, and count this as use."""
        key = _hash(handle)
        kept = self._by_hash.get(key)
        if kept is None:
            return None
        now = self._now()
        if now - kept.seen_at > self._idle_s or now - kept.began_at > self._absolute_s:
            del self._by_hash[key]
            return None
        kept.seen_at = now
        self._by_hash.move_to_end(key)
        return kept.value

    def close(self, handle: str) -> None:
        """Forget something; nothing happens when it is gone already."""
        self._by_hash.pop(_hash(handle), None)


def _hash(handle: str) -> str:
    return hashlib.sha256(handle.encode("utf-8", "surrogateescape")).hexdigest()
