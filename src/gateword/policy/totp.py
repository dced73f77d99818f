"""Codes of an authenticator app (RFC 6238 over RFC 4226): SHA-1, 6 digits, 30 seconds.

Rule 1: pure. Rule 2: every step of the window is compared, each in constant time.
"""

import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import quote

import pyotp

from gateword.domain.mfa import Authenticator
from gateword.domain.secret import Secret

STEP_S: Final = 30
SEED_CHARS: Final = 32
"""20 bytes in base32, without padding."""

BASE32: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
SEED: Final = re.compile(r"[A-Z2-7]{16,256}")
"""What a seed that somebody brings along may be."""

_CODE: Final = re.compile(r"[0-9]{6}")
_ENDS: Final = frozenset({0, 2, 4, 5, 7})
"""Characters behind the last whole 40 bits that base32 can end in (RFC 4648)."""


class _Codes(pyotp.HOTP):
    """Codes of seeds that are shorter than ours, too: apps made 80 bits for years."""

    min_secret_length_bits = 40


def is_seed(text: str) -> bool:
    """Say whether a text can be the seed that somebody brings along."""
    return bool(SEED.fullmatch(text)) and is_base32(text)


def is_base32(text: str) -> bool:
    """Say whether a text of base32's characters, without padding, can be decoded."""
    return len(text) % 8 in _ENDS


def step_at(at: datetime) -> int:
    """Return the step of a time."""
    return int(at.timestamp()) // STEP_S


def normal(code: Secret) -> Secret | None:
    """Return a typed code without spaces; None when it cannot be one, as with other digits."""
    text = code.reveal().replace(" ", "")
    return Secret(text) if _CODE.fullmatch(text) else None


def accepted(
    seeds: Sequence[Authenticator], code: Secret, at: datetime, window: int
) -> tuple[Authenticator, int] | None:
    """Return whose code it is and of which step; None when it is no code of any of them.

    Args:
        seeds: TOTP authenticators.
        code: As the user typed it.
        at: Now.
        window: Steps before and after the present one that count.
    """
    typed = normal(code)
    if typed is None:
        return None
    now, found = step_at(at), None
    for one in seeds:
        if one.seed is None:
            continue
        codes = _Codes(one.seed.reveal())
        for step in range(now - window, now + window + 1):
            if hmac.compare_digest(codes.at(step), typed.reveal()) and step > one.last_step:
                found = found or (one, step)
    return found


def seed_of(data: bytes) -> Secret:
    """Return random bytes as a seed."""
    return Secret("".join(BASE32[byte & 31] for byte in data))


def uri(seed: Secret, issuer: str, account: str) -> str:
    """Return what an authenticator app reads from a QR code, its members as recorded."""
    return (
        f"otpauth://totp/{quote(issuer, safe='')}:{quote(account, safe='')}"
        f"?secret={seed.reveal()}&issuer={quote(issuer, safe='')}"
        f"&algorithm=SHA1&digits=6&period={STEP_S}"
    )
