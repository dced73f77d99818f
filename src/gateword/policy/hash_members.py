"""Members of an imported hash, read one by one; the first that is wrong ends the reading.

Rule 1: pure.
"""

import base64
import binascii
from collections.abc import Mapping


class BadHash(Exception):
    """A hash that cannot be taken in.

    Attributes:
        path: Member that is wrong, below the hash's own.
    """

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path


def decoded(text: str, encoding: str, path: str) -> bytes:
    """Return bytes written in hex (any case) or base64 (either alphabet, with `=` or without)."""
    try:
        if encoding == "hex":
            return bytes.fromhex(text) if text.isalnum() else _refuse_hex()
        plain = text.rstrip("=").translate(str.maketrans("-_", "+/"))
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (ValueError, binascii.Error):
        raise BadHash(f"is not {encoding}", path) from None


def _refuse_hex() -> bytes:
    raise ValueError("not hex")


def text_of(holder: Mapping[str, object], name: str, at: str = "") -> str:
    """Return a text that must be there and not be empty."""
    value = holder.get(name)
    if value is None:
        raise BadHash(f"Missing required property: {name}", f"{at}{name}")
    if not isinstance(value, str) or not value:
        raise BadHash("must be text", f"{at}{name}")
    return value


def choice(
    holder: Mapping[str, object], name: str, choices: tuple[str, ...], at: str, default: str | None
) -> str:
    """Return one of a few words; without a default it must be there."""
    value = holder.get(name, default)
    if not isinstance(value, str) or value not in choices:
        raise BadHash(f"is none of {', '.join(choices)}", f"{at}{name}")
    return value


def object_of(
    holder: Mapping[str, object], name: str, members: tuple[str, ...], at: str = ""
) -> Mapping[str, object] | None:
    """Return an object with no other members than these; None when it is not there."""
    if name not in holder:
        return None
    value = holder[name]
    if not isinstance(value, dict):
        raise BadHash("must be an object", f"{at}{name}")
    for member in value:
        if member not in members:
            raise BadHash(f"Additional properties not allowed: {member[:64]}", f"{at}{name}")
    return value


def whole(document: Mapping[str, object], name: str, default: int | None) -> int:
    """Return a whole number above 0; without a default it must be there."""
    value = document.get(name, default)
    if value is None:
        raise BadHash(f"Missing required property: {name}", name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**31:
        raise BadHash("must be a whole number above 0", name)
    return value
