"""How many names may fail from one address, and within which time.

Rule 1: pure. Rule 2: names that somebody has and names that nobody has count alike, since a bound
that knew them apart would tell who exists (attack-protection §7; promise T1).
"""

from typing import Final

from gateword.domain.protection import Protection

SOON_MS: Final = 600_000
LATER_MS: Final = 86_400_000


def bounds(protection: Protection) -> tuple[tuple[int, int], ...]:
    """Return the bounds that are on: the most names, and the milliseconds in which they count."""
    extras = protection.extras
    both = ((extras.strangers, SOON_MS), (extras.names, LATER_MS))
    return tuple((most, within_ms) for most, within_ms in both if most is not None)
