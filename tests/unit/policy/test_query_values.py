from datetime import UTC, datetime

import pytest

from gateword.policy.query_values import Span, flag, number, span


def utc(*parts: int) -> datetime:
    """Return a time of day in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]  # year to microsecond


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026", Span(utc(2026, 1, 1), utc(2027, 1, 1))),
        ("2026-12", Span(utc(2026, 12, 1), utc(2027, 1, 1))),
        ("2026-01-31", Span(utc(2026, 1, 31), utc(2026, 2, 1))),
        ("2026-01-31T10", Span(utc(2026, 1, 31, 10), utc(2026, 1, 31, 11))),
        ("2026-01-31T10:11Z", Span(utc(2026, 1, 31, 10, 11), utc(2026, 1, 31, 10, 12))),
        ("2026-01-31T10:11:12Z", Span(utc(2026, 1, 31, 10, 11, 12), utc(2026, 1, 31, 10, 11, 13))),
        (
            "2026-01-31T10:11:12.5+02:00",
            Span(utc(2026, 1, 31, 8, 11, 12, 500_000), utc(2026, 1, 31, 8, 11, 12, 501_000)),
        ),
        ("2026-02-30", None),
        ("2026-01-31T25:00Z", None),
        ("2026-01-31T10:00+99:99", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_written_time_stands_for_all_of_it(text: str, found: Span | None) -> None:
    """A day that is the end of a range is in the range until midnight."""
    assert found == span(text)


def test_numbers_are_read_strictly() -> None:
    """What reaches a cast of the database is a number, and a bounded one."""
    kept = ["0", "-5", "2.50", "1e3"]

    assert kept == [number(text) for text in kept]
    assert [None] * 6 == [number(text) for text in ("", "NaN", "1 ", "0x1", "1e999", "1_000")]


def test_switches_are_true_and_false() -> None:
    """No other word is a switch."""
    assert [True, False, None, None] == [flag(text) for text in ("true", "False", "1", "")]
