"""When failures shut the door, and when it opens again.

Rule 1: pure. Source: Auth0 "Brute-force Protection" (30 days after the last failure); NIST SP
800-63B §5.2.2 (rate limiting; growing waits); attack-protection §6, §7.
"""

import math
from datetime import datetime, timedelta
from typing import Final

BLOCK: Final = timedelta(days=30)
"""How long failures count after the last one, and a block lasts."""

LEASE: Final = timedelta(seconds=30)
"""How long a try may be under way; a hash takes a hundredth of it."""

KNOWN: Final = timedelta(days=90)
"""How long a place counts as one from which a user logs in."""

MAIL_AGAIN: Final = timedelta(hours=1)

_FIRST_WAIT_S: Final = 60
_LONGEST_WAIT_S: Final = 3600
_DOUBLINGS: Final = 6
_MINUTE_S: Final = 60
_HOUR_S: Final = 3600


def is_over(last_failed_at: datetime, at: datetime) -> bool:
    """Say whether failures are so old that they count no more."""
    return at - last_failed_at >= BLOCK


def shut_for_s(
    failures: int, last_failed_at: datetime, limit: int, at: datetime, *, backs_off: bool
) -> int:
    """Return for how many seconds nothing is tried; 0 when the door is open.

    Args:
        failures: In a row.
        last_failed_at: When the last one was.
        limit: Failures that shut it.
        at: Now; a clock that was set back opens nothing.
        backs_off: The wait grows with each failure over the limit, and is an hour at most.
    """
    if failures < limit or is_over(last_failed_at, at):
        return 0
    wait = timedelta(seconds=back_off_s(failures - limit)) if backs_off else BLOCK
    return max(0, rounded(min(wait, last_failed_at + wait - at).total_seconds()))


def back_off_s(failures_over: int) -> int:
    """Return the wait after so many failures beyond the limit: a minute, doubled each time."""
    return min(_FIRST_WAIT_S << min(failures_over, _DOUBLINGS), _LONGEST_WAIT_S)


def rounded(seconds: float) -> int:
    """Return whole seconds; long waits in whole minutes, so that they tell no exact times."""
    if seconds > _HOUR_S:
        return math.ceil(seconds / _MINUTE_S) * _MINUTE_S
    return math.ceil(seconds)


def slots(failures: int, limit: int, *, backs_off: bool) -> int:
    """Return how many tries may be under way at once, once the door is open.

    Under the limit each may fail. Over it, where waits grow instead, they come one by one.
    """
    return limit - failures if failures < limit or not backs_off else 1
