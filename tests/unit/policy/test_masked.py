import pytest

from gateword.policy import masked


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+447700169167", "XXXXXXXXX9167"),
        ("+44207183875044", "XXXXXXXXXXX5044"),
        ("+1234", "X1234"),
        ("1234", "XXXX"),
        ("", ""),
    ],
)
def test_phone_shows_its_last_four(number: str, shown: str) -> None:
    """The + is hidden like any other character, and a number of four shows nothing."""
    assert shown == masked.phone(number)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("ann@example.com", "****@exam*******"),
        ("anna@example.com", "****@exam*******"),
        ("annabel@example.com", "anna****@exam*******"),
        ("a@x.de", "****@x.de"),
        ('"a@b"@example.com', '"a@b****@exam*******'),
        ("annabel", "anna****"),
        ("", "****"),
    ],
)
def test_email_shows_its_beginnings(address: str, shown: str) -> None:
    """Four characters of a longer name and of the domain, whose length stays."""
    assert shown == masked.email(address)
