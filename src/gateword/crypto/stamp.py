"""Marks texts with an HMAC under the installation's key (RFC 2104)."""

import base64
import binascii
import hmac
from typing import Final

_MARK_BYTES: Final = 16


class HmacStamp:
    """The port `Stamp`, bound to one tenant.

    Args:
        key: Secret of the installation.
        tenant: Key of the tenant: a text of another tenant is none of ours.
    """

    def __init__(self, key: bytes, tenant: int) -> None:
        self._key = hmac.digest(key, b"gateword stamps %d" % tenant, "sha256")

    def sealed(self, text: str, purpose: str) -> str:
        raw = text.encode()
        return base64.urlsafe_b64encode(self._mark(raw, purpose) + raw).decode().rstrip("=")

    def opened(self, stamped: str, purpose: str) -> str | None:
        try:
            padded = stamped + "=" * (-len(stamped) % 4)
            both = base64.b64decode(padded.encode("ascii"), b"-_", validate=True)
            mark, raw = both[:_MARK_BYTES], both[_MARK_BYTES:]
            text = raw.decode()
        except (binascii.Error, UnicodeError):
            return None
        return text if hmac.compare_digest(mark, self._mark(raw, purpose)) else None

    def digest(self, text: str, purpose: str) -> str:
        # Another key than the marks': what is published of one kind proves nothing of the other.
        key = hmac.digest(self._key, b"digest", "sha256")
        return hmac.digest(key, purpose.encode() + b"\0" + text.encode(), "sha256").hex()

    def _mark(self, raw: bytes, purpose: str) -> bytes:
        message = purpose.encode() + b"\0" + raw
        return hmac.digest(self._key, message, "sha256")[:_MARK_BYTES]
