"""What bcrypt lanes must judge as PyPI `bcrypt` does before they judge a login.

It takes about 90 ms of one core, once in a process that meets a bcrypt hash.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import bcrypt

Job = tuple[bytes, bytes]

_PASSWORDS: Final = (
    b"",
    b"\x00",
    b"a\x00b",
    b"a\x00",
    b"correct horse battery staple",
    "pässwörd ✓".encode(),
    b"\x80\xff\xa3\xfe",  # what a signed `char` would get wrong
    b"\xff" * 72,
    bytes(range(1, 72)),
    b"0123456789" * 7 + b"ab",
)
_SALTS: Final = (b"." * 22, b"9" * 21 + b"u", b"CCCCCCCCCCCCCCCCCCCCC.", b"zX4/b.Pq7RtYw0LkMn2SaO")
_PREFIXES: Final = (b"$2a$", b"$2b$", b"$2y$")
_COSTS: Final = {b"04$": len(_PASSWORDS), b"05$": 3}
"""Each with how many of the passwords are tried at it."""


def difference(verify: Callable[[Sequence[Job]], list[bool]], width: int) -> str:
    """Return where `verify` differs from the referee; "" when it never does.

    Args:
        verify: Judges 1 to `width` jobs of one cost.
        width: At least 1.
    """
    for cost, count in _COSTS.items():
        jobs = _jobs(cost, count)
        expected = [bcrypt.checkpw(password, encoded) for password, encoded in jobs]
        for size, first in _batches(len(jobs), width):
            batch = slice(first, first + size)
            if verify(jobs[batch]) != expected[batch]:
                last = first + size - 1
                return f"judges cases {first} to {last} of {cost.decode()} otherwise than bcrypt"
    return ""


def _jobs(cost: bytes, count: int) -> list[Job]:
    """Return each password beside its hash, another's, and its own with one character changed."""
    jobs = []
    for number, password in enumerate(_PASSWORDS[:count]):
        prefix = _PREFIXES[number % len(_PREFIXES)]
        salt = _SALTS[number % len(_SALTS)]
        encoded = bcrypt.hashpw(password, prefix + cost + salt)
        jobs += [(password, encoded), (_PASSWORDS[number - 1], encoded)]
        jobs.append((password, _changed(encoded, -31 if number % 2 else -1)))
    return jobs


def _changed(encoded: bytes, at: int) -> bytes:
    """Return a hash whose first or last character of the digest is another one."""
    other = b"." if encoded[at:][:1] != b"." else b"O"
    return encoded[:at] + other + encoded[at:][1:]


def _batches(count: int, width: int) -> Iterator[tuple[int, int]]:
    """Return sizes and beginnings, each size from 1 to the width in turn."""
    first, size = 0, 1
    while first < count:
        yield min(size, count - first), first
        first, size = first + size, size % width + 1
