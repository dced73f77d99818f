"""Two samples of times: are they of one kind?"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from statistics import median
from typing import Final

_TERMS: Final = 100


def difference(sample: Sequence[float], against: Sequence[float]) -> float:
    """Return by what share the median of a sample lies above that of another."""
    return median(sample) / median(against) - 1


def kolmogorov_smirnov(one: Sequence[float], other: Sequence[float]) -> float:
    """Return how probable it is that samples of one kind differ so much (two-sided, asymptotic).

    Source: Stephens, "EDF Statistics for Goodness of Fit", JASA 69 (1974): the correction for
    small samples.
    """
    first, second = sorted(one), sorted(other)
    distance = max(
        abs(bisect_right(first, at) / len(first) - bisect_right(second, at) / len(second))
        for at in (*first, *second)
    )
    root = math.sqrt(len(first) * len(second) / (len(first) + len(second)))
    reach = (root + 0.12 + 0.11 / root) * distance
    if reach < 0.2:  # noqa: PLR2004  the series converges slowly there, and to 1
        return 1.0
    terms = ((-1.0) ** (k - 1) * math.exp(-2 * (k * reach) ** 2) for k in range(1, _TERMS))
    return min(1.0, max(0.0, 2 * sum(terms)))
