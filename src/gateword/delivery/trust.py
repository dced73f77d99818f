"""Whose certificates count when the server asks others."""

import os
import ssl
from functools import lru_cache


def trusted() -> ssl.SSLContext:
    """Return whose certificates count: those of the system, or of the file that OpenSSL is told."""
    return _of(os.environ.get("SSL_CERT_FILE"))


@lru_cache(maxsize=2)
def _of(authorities: str | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authorities)  # 20 ms, so it is kept
