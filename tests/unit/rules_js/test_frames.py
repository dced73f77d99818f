"""What processes say is taken as it comes, in pieces or many at once; nonsense is noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateword.rules.frames import Rest, heard, told

TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"]))
RESTS = st.builds(Rest, st.integers(0, 2**64 - 1), TEXTS, TEXTS, st.booleans())


@given(st.lists(RESTS, max_size=5), st.integers(1, 40))
def test_what_is_told_is_heard(rests: list[Rest], piece: int) -> None:
    """However it is cut."""
    raw = b"".join(map(told, rests))
    read, came = bytearray(), []
    for at in range(0, len(raw), piece):
        read += raw[at : at + piece]
        while (rest := heard(read)) is not None:
            came.append(rest)

    assert rests == came
    assert b"" == read


def test_half_of_a_surrogate_pair_is_replaced() -> None:
    """A script may say anything."""
    assert Rest(1, "a?", None, more=True) == heard(
        bytearray(told(Rest(1, "a\ud800", None, more=True)))
    )


@pytest.mark.parametrize(
    "raw",
    [
        told(Rest(1, "ab", None, more=False)).replace(b"ab", b"\xff\xfe"),
        b"\0\0\0\1" + told(Rest(1, "abc", None, more=False))[4:],
        b"\xff" + told(Rest(1, "abc", None, more=False))[1:],
    ],
)
def test_nonsense_is_noticed(raw: bytes) -> None:
    """No text, or a result that is longer than its frame."""
    with pytest.raises(ValueError, match=r"utf-8|longer than it can"):
        heard(bytearray(raw))
