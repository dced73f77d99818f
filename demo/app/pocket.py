"""An authenticator app for people who have no phone at hand: this demo's own."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import pyotp

_PERIOD_S: Final = 30
_LIMIT: Final = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """What the app shows for one account.

    Attributes:
        label: Whose it is.
        code: Six digits.
        left_s: Seconds until the next ones.
    """

    label: str
    code: str = field(repr=False)
    left_s: int


class Pocket:
    """Keeps seeds, as a phone does. No real application ever keeps those of its users.

    Args:
        now: Unix time in seconds.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._seeds: OrderedDict[str, str] = OrderedDict()

    def put(self, label: str, seed: str) -> None:
        """Take a seed, base32; the newest of an account counts."""
        self._seeds[label] = seed
        self._seeds.move_to_end(label)
        while len(self._seeds) > _LIMIT:
            self._seeds.popitem(last=False)

    def has(self, label: str) -> bool:
        """Say whether there is a seed for an account."""
        return label in self._seeds

    def shown(self) -> list[Shown]:
        """Return the codes that are good now, the newest account first."""
        now = int(self._now())
        left_s = _PERIOD_S - now % _PERIOD_S
        return [
            Shown(label, pyotp.TOTP(seed).at(now), left_s)
            for label, seed in reversed(self._seeds.items())
        ]
