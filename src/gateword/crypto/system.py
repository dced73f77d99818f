"""The machine's own clock and randomness."""

import secrets
import string
import time
from datetime import UTC, datetime
from typing import Final

_ALPHABET: Final = string.ascii_letters + string.digits
_UNFAIR: Final = bytes(range(256 - 256 % len(_ALPHABET), 256))
_LETTERS: Final = bytes(ord(_ALPHABET[byte % len(_ALPHABET)]) for byte in range(256))


class SystemClock:
    """Wall and monotonic clock of the machine."""

    def now(self) -> datetime:
        """Return the aware UTC time."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Return seconds that never run backwards."""
        return time.monotonic()


class SystemDice:
    """Randomness of the operating system."""

    def handle(self, length: int) -> str:
        """Return `length` characters of `A-Za-z0-9_-`."""
        # Base64url: each character is six random bits.
        return secrets.token_urlsafe((3 * length + 3) // 4)[:length]

    def hex(self, length: int) -> str:
        """Return `length` lower-case hex characters."""
        return secrets.token_hex((length + 1) // 2)[:length]

    def digits(self, length: int) -> str:
        """Return `length` decimal digits."""
        return f"{secrets.randbelow(10**length):0{length}}"

    def letters(self, length: int) -> str:
        """Return `length` characters of `A-Za-z0-9`."""
        drawn = ""
        while len(drawn) < length:
            # One call to the system for all of them, and bytes over the last multiple of 62 are
            # thrown away, so that each character is as likely as the next.
            drawn += secrets.token_bytes(length + 8).translate(_LETTERS, _UNFAIR).decode()
        return drawn[:length]
