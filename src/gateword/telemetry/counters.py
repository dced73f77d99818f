"""What one process has measured: plain numbers until somebody asks for them."""

import time
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import msgspec

from gateword.ports.meter import Count, Duration, Level

Series: TypeAlias = tuple[str, ...]
"""Name of a measure and the values of its labels."""


class Snapshot(msgspec.Struct, frozen=True):
    """The numbers of one process at one moment.

    Attributes:
        counts: (series, sum).
        times: (series, observations in each bucket, the last without a bound, sum of seconds).
        levels: (name, value).
    """

    counts: Sequence[tuple[Series, int]] = ()
    times: Sequence[tuple[Series, Sequence[int], float]] = ()
    levels: Sequence[tuple[str, float]] = ()


class _Times:
    __slots__ = ("buckets", "sum_s")

    def __init__(self, bounds: int) -> None:
        self.buckets = [0] * (bounds + 1)
        self.sum_s = 0.0


class Counters:
    """A `Meter`; only the thread of the event loop may use it.

    Attributes:
        now_s: Clock for those who measure.
    """

    def __init__(self, now_s: Callable[[], float] = time.perf_counter) -> None:
        self.now_s = now_s
        self._counts: dict[tuple[Count, Series], int] = {}
        self._times: dict[tuple[Duration, Series], _Times] = {}
        self._levels: dict[Level, Callable[[], float]] = {}

    def count(self, what: Count, *labels: str) -> None:
        key = (what, labels)
        self._counts[key] = self._counts.get(key, 0) + 1

    def took(self, what: Duration, seconds: float, *labels: str) -> None:
        key = (what, labels)
        times = self._times.get(key)
        if times is None:
            times = self._times[key] = _Times(len(what.buckets))
        times.buckets[bisect_left(what.buckets, seconds)] += 1
        times.sum_s += seconds

    def watch(self, what: Level, read: Callable[[], float]) -> None:
        """Read a level by this whenever somebody asks."""
        self._levels[what] = read

    def snapshot(self) -> Snapshot:
        """Return the numbers as they are now."""
        return Snapshot(
            counts=[((what.name, *labels), sum_) for (what, labels), sum_ in self._counts.items()],
            times=[
                ((what.name, *labels), list(times.buckets), times.sum_s)
                for (what, labels), times in self._times.items()
            ],
            levels=[(what.name, read()) for what, read in self._levels.items()],
        )


def merged(snapshots: Sequence[Snapshot], live: Sequence[Snapshot]) -> Snapshot:
    """Return the sums over processes.

    Args:
        snapshots: Of every process there ever was: what only grows must not shrink when one ends.
        live: Of those that run: a level of one that has ended is none.
    """
    counts: dict[Series, int] = {}
    times: dict[Series, tuple[list[int], float]] = {}
    levels: dict[str, float] = {}
    for one in snapshots:
        for series, sum_ in one.counts:
            counts[series] = counts.get(series, 0) + sum_
        for series, buckets, sum_s in one.times:
            before, before_s = times.get(series, ([0] * len(buckets), 0.0))
            added = [a + b for a, b in zip(before, buckets, strict=True)]
            times[series] = (added, before_s + sum_s)
    for one in live:
        for name, value in one.levels:
            levels[name] = levels.get(name, 0.0) + value
    return Snapshot(list(counts.items()), _listed(times), list(levels.items()))


def _listed(
    times: Mapping[Series, tuple[list[int], float]],
) -> list[tuple[Series, Sequence[int], float]]:
    return [(series, buckets, sum_s) for series, (buckets, sum_s) in times.items()]
