"""Time and chance, handed in so that tests need neither sleep nor luck."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Wall clock for expiries, monotonic clock for durations."""

    def now(self) -> datetime:
        """Return the aware UTC time."""
        ...

    def monotonic_s(self) -> float:
        """Return seconds that never run backwards."""
        ...


class Dice(Protocol):
    """Cryptographic randomness."""

    def handle(self, length: int) -> str:
        """Return `length` characters of `A-Za-z0-9_-`; each is worth 6 bits."""
        ...

    def hex(self, length: int) -> str:
        """Return `length` lower-case hex characters."""
        ...

    def digits(self, length: int) -> str:
        """Return `length` decimal digits."""
        ...

    def letters(self, length: int) -> str:
        """Return `length` characters of `A-Za-z0-9`."""
        ...
