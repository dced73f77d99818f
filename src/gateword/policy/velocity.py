"""Buckets of tokens, each kept as one number: when it will be full again.

Rule 1: pure. Source: Auth0 "Suspicious IP Throttling" (`max_attempts` at once, one more each `rate`
milliseconds); the generic cell rate algorithm (ITU-T I.371).
"""

import math
from typing import Final

_SECOND_MS: Final = 1000


def due_ms(full_at_ms: int, at_ms: int, size: int, refill_ms: int) -> int:
    """Return the milliseconds until a bucket is full; never more than an empty one needs.

    Args:
        full_at_ms: As it is kept; one never seen is full since long ago.
        at_ms: Now. A clock that was set back refills nothing.
        size: Tokens of a full one; a bucket that was made smaller holds no more.
        refill_ms: Milliseconds for one token.
    """
    return min(max(0, full_at_ms - at_ms), size * refill_ms)


def tokens(full_at_ms: int, at_ms: int, size: int, refill_ms: int) -> float:
    """Return the tokens in a bucket."""
    return size - due_ms(full_at_ms, at_ms, size, refill_ms) / refill_ms


def retry_after_s(tokens_left: float, refill_ms: int) -> int:
    """Return the seconds until a bucket with so many tokens has a whole one; 1 at least."""
    return max(1, math.ceil((1 - tokens_left) * refill_ms / _SECOND_MS))
