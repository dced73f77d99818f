"""How long hashes take, learned by computing them."""

from typing import Final

from gateword.policy.hash_kind import HashKind

_SMOOTHING: Final = 0.1
_MOST_KINDS: Final = 256
"""A directory brought along may name as many costs as it has users."""


class HashTimes:
    """Seconds that a thread spends on one hash, by its kind and by how many it computes at once."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._s: dict[str, dict[int, float]] = {}

    def of(self, kind: HashKind) -> float:
        """Return the seconds to reckon with for one that waits: it will not be alone."""
        known = self._s.get(kind.name)
        return known[max(known)] if known else kind.guess_s

    def learn(self, kind: HashKind, width: int, seconds: float) -> None:
        """Take note of a hash.

        Args:
            kind: Its kind.
            width: How many were computed at once.
            seconds: Its share of the time that they took.
        """
        known = self._s.setdefault(kind.name, {})
        before_s = known.get(width, kind.guess_s if width == 1 else seconds)
        known[width] = before_s + _SMOOTHING * (seconds - before_s)
        if len(self._s) > _MOST_KINDS:
            del self._s[next(iter(self._s))]
