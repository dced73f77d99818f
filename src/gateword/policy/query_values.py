"""What the values of a search mean: numbers, switches, times.

Rule 1: pure. Source: Auth0 "User Search Query Syntax": times are written as in ISO 8601.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from gateword.values import dataclass

_NUMBER: Final = re.compile(r"-?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_MOMENT: Final = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)(?:[Tt ](?P<hour>\d\d)"
    r"(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{1,9}))?)?)?"
    r"(?P<zone>[Zz]|[+-]\d\d:?\d\d)?)?)?)?",
    re.ASCII,
)
_SECONDS: Final = {"day": 86_400.0, "hour": 3600.0, "minute": 60.0, "second": 1.0}
_FLAGS: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Span:
    """The times that a written time stands for: a day, a minute, a millisecond.

    Attributes:
        begin: The first of them.
        end: The first one behind them.
    """

    begin: datetime
    end: datetime


def number(text: str) -> str | None:
    """Return a number as both engines read it; None when it is none."""
    return text if _NUMBER.fullmatch(text) else None


def flag(text: str) -> bool | None:
    """Return a switch; None when it is none."""
    return _FLAGS.get(text.lower())


def span(text: str) -> Span | None:
    """Return the times that a date or a time of day stands for; None when it is no time."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    try:
        return _span({name: part for name, part in found.groupdict().items() if part})
    except (ValueError, OverflowError):
        return None


def _span(parts: dict[str, str]) -> Span:
    year, month, day = (int(parts.get(name, "1")) for name in ("year", "month", "day"))
    begin = datetime(year, month, day, tzinfo=_zone(parts.get("zone", "Z")))
    if "month" not in parts:
        return _utc(begin, begin.replace(year=year + 1))
    if "day" not in parts:
        following = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004  # December
        return _utc(begin, begin.replace(year=following[0], month=following[1]))
    begin = begin.replace(
        hour=int(parts.get("hour", "0")),
        minute=int(parts.get("minute", "0")),
        second=int(parts.get("second", "0")),
    )
    if fraction := parts.get("fraction"):
        begin += timedelta(milliseconds=int(fraction.ljust(3, "0")[:3]))
        return _utc(begin, begin + timedelta(milliseconds=1))
    finest = [name for name in _SECONDS if name in parts][-1]
    return _utc(begin, begin + timedelta(seconds=_SECONDS[finest]))


def _zone(text: str) -> timezone:
    if text in "Zz":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def _utc(begin: datetime, end: datetime) -> Span:
    return Span(begin.astimezone(UTC), end.astimezone(UTC))
