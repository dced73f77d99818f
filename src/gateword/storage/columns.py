"""How values of the domain stand in columns."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

import msgspec

from gateword.domain.secret import Secret

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_json: Final = msgspec.json.Encoder()
_object: Final = msgspec.json.Decoder(dict[str, object])
_texts: Final = msgspec.json.Decoder(tuple[str, ...])


def ms(at: datetime) -> int:
    """Return a time as unix milliseconds, rounded down."""
    return (at - _EPOCH) // _MILLISECOND


def ms_or_none(at: datetime | None) -> int | None:
    """Return a time as unix milliseconds; None stays None."""
    return None if at is None else ms(at)


def time(stored: int) -> datetime:
    """Return the aware UTC time of unix milliseconds."""
    return _EPOCH + timedelta(milliseconds=stored)


def time_or_none(stored: int | None) -> datetime | None:
    """Return the aware UTC time of unix milliseconds; None stays None."""
    return None if stored is None else time(stored)


def to_json(value: object) -> str:
    """Return JSON text; members keep their order, and NUL stands escaped."""
    return _json.encode(value).decode()


def json_object(stored: str) -> Mapping[str, object]:
    """Return the object a column holds as JSON text."""
    return _object.decode(stored)


def json_texts(stored: str) -> Sequence[str]:
    """Return the list of texts a column holds as JSON text."""
    return _texts.decode(stored)


def digest(handle: Secret) -> bytes:
    """Return the SHA-256 of a whole handle: all that is kept of it, and how it is found (O7)."""
    return sha256(handle.reveal().encode("utf-8", "surrogatepass")).digest()
