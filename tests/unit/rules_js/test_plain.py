"""JSON of strangers: what it says, or None."""

import math

import pytest

from gateword.rules.plain import bytes_of, decoded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": [1, 1.5, null, true, "\\ud83d\\ude00"]}', {"a": [1, 1.5, None, True, "😀"]}),
        ("100000000000000000000", 10**20),
        ("1e400", math.inf),
        ('{"\\ud800": "a\\udfff"}', {"?": "a?"}),
        ("NaN", None),
        ("-Infinity", None),
        ("{", None),
        ("", None),
        ("[" * 100_000, None),
    ],
)
def test_what_a_stranger_says(text: str, expected: object) -> None:
    """Numbers without end are numbers; a half of a pair is a question mark."""
    assert expected == decoded(text)


def test_half_of_a_pair_is_written_escaped() -> None:
    """A script may be given one."""
    assert b'{"a": "\\ud800"}' == bytes_of({"a": "\ud800"})
