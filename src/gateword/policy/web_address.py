"""Addresses of the web that somebody is sent to, or that stand on a page.

Rule 1: pure.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

MAX_CHARS: Final = 2048
_SCHEMES: Final = ("https", "http")


def is_web_address(text: str) -> bool:
    """Say whether a text is an absolute http(s) URL without credentials or odd characters."""
    return origin_of(text) is not None


def origin_of(text: str) -> str | None:
    """Return scheme, host and port of a URL as browsers write them; None when it is none."""
    if len(text) > MAX_CHARS or any(c <= " " or c in "\"'<>\\^`{|};," or c > "~" for c in text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _SCHEMES or not parts.hostname or "@" in parts.netloc:
        return None
    default = {"https": 443, "http": 80}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != default else "")


def with_query(url: str, more: Mapping[str, str]) -> str:
    """Return a URL with further parameters in its query."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True) + list(more.items())
    return urlunsplit(parts._replace(query=urlencode(query)))
