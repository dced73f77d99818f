import pytest

from gateword.policy import subject


@pytest.mark.parametrize(
    ("typed", "counted"),
    [
        (" Ann@Example.COM\n", "ann@example.com"),
        ("\uff21nn", "ann"),
        ("+49 151", "+49 151"),
        ("", ""),
        ("  ", "  "),
        ("a\0b", "a\0b"),
        ("A" * 320, "a" * 320),
        ("A" * 321, "A" * 320),
        ("ﷺ" * 320, "ﷺ" * 320),
    ],
    ids=["spelling", "width", "no phone", "empty", "white", "NUL", "long", "too long", "grows"],
)
def test_spellings_of_a_name_are_one(typed: str, counted: str) -> None:
    """A name counts in its normal form; one that nobody can have, as it begins."""
    assert counted == subject.name_of(typed)


def test_account_and_name_never_share_a_subject() -> None:
    """A name of nobody is counted apart from every account, whatever its digest looks like."""
    assert "u7" == subject.of_user(7)
    assert "n7" == subject.of_name("7")
    assert subject.of_user(7) != subject.of_user(71)
