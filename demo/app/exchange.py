"""What went over the wire, as a page may show it: nothing in it opens anything."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

_HIDDEN: Final = frozenset(
    {"password", "client_secret", "refresh_token", "otp", "binding_code", "recovery_code"}
    | {"recovery_codes", "secret", "barcode_uri"}
)
"""Members of which nothing shows."""

_SHORTENED: Final = frozenset({"mfa_token", "oob_code", "access_token", "id_token"})
"""Members of which the beginning shows, so that the same one is recognised again."""

_DOTS: Final = "••••••"
_SHOWN: Final = 14


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request of ours to the login server, and what it answered.

    Attributes:
        at: Unix time of the request, seconds.
        took_ms: Milliseconds until the answer.
        bearer: Beginning of the token in `Authorization`; empty when there was none.
        sent: Members of the body.
        status: HTTP status; None when no answer came.
        answer: JSON that came, indented; empty when there was none.
    """

    at: float
    took_ms: int
    method: str
    path: str
    bearer: str
    sent: Mapping[str, object]
    status: int | None
    answer: str

    @property
    def is_good(self) -> bool:
        """It was answered as we had hoped."""
        return self.status is not None and self.status < 400  # noqa: PLR2004


@dataclass(slots=True)
class Record:
    """The exchanges of one login or session, newest last; the oldest are forgotten.

    Attributes:
        limit: How many are kept.
    """

    limit: int = 16
    exchanges: list[Exchange] = field(default_factory=list)

    def add(self, exchange: Exchange) -> None:
        """Keep one more."""
        self.exchanges.append(exchange)
        del self.exchanges[: -self.limit]


def shown(value: object, name: str = "") -> object:
    """Return a member as it may be shown, and whatever is inside it."""
    if name in _HIDDEN:
        return _hidden(value)
    if isinstance(value, Mapping):
        return {key: shown(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [shown(inner) for inner in value]
    if name in _SHORTENED and isinstance(value, str):
        return beginning(value)
    return value


def beginning(token: str) -> str:
    """Return enough of a token to recognise it, and too little to use it."""
    if not token:
        return ""
    return f"{token[:_SHOWN]}…" if len(token) > 2 * _SHOWN else _DOTS


def pretty(value: object) -> str:
    """Return JSON as the page shows it."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def _hidden(value: object) -> object:
    if isinstance(value, list):
        return [_DOTS for _ in value]
    if isinstance(value, str) and value.startswith("otpauth://"):
        parts = urlsplit(value)
        return f"{parts.scheme}://{parts.netloc}/{_DOTS}"
    return _DOTS
