from unicodedata import decomposition

import pytest

from gateword.policy.identifier import MAX_CHARS, is_email, login_names, normal


@pytest.mark.parametrize(
    "spelling",
    [
        "ada@example.com",
        "Ada@Example.COM",
        "  ada@example.com\t\r\n\f\v",
        "\xa0ada@example.com",
        "\u3000ada@example.com\u2003",
        "\uff41\uff44\uff41@example.com",
        "\U0001d41a\U0001d41d\U0001d41a@example.com",
        "ada\uff20example.com",
        "ada@example\uff0ecom",
        "\u24d0da@example.com",
    ],
)
def test_spellings_of_a_name_are_one_name(spelling: str) -> None:
    """Promise G4: case, outer spaces and Unicode forms make no other name."""
    assert "ada@example.com" == normal(spelling)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@example.com", "ada+x@example.com"),
        ("ada@example.com", "a.da@example.com"),
        ("ada", "adа"),  # noqa: RUF001  the second one ends in Cyrillic
        ("jose", "jos\xe9"),
        ("a da", "ada"),
    ],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    """Neither plus nor dot, accent nor look-alike is folded away (§1.7)."""
    assert normal(one) != normal(other)


@pytest.mark.parametrize(
    ("composed", "decomposed"),
    [("jos\xe9", "jose\u0301"), ("\xc5sa", "A\u030asa"), ("\ufb01", "fi")],
)
def test_composed_and_decomposed_letters_are_one_name(composed: str, decomposed: str) -> None:
    """Promise G4: NFKC makes both spellings of a letter one."""
    assert normal(composed) == normal(decomposed)


def test_normal_form_is_its_own_normal_form_for_every_character() -> None:
    """Promise G4: what is stored in normal form is found again, whatever is typed."""
    changing = [c for c in map(chr, range(0x30000)) if c.lower() != c or decomposition(c)]
    assert 6_000 < len(changing)
    assert [] == [c for c in changing if normal(normal(c)) != normal(c)]


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [
        ("ada@example.com", ("email", "username", "phone")),
        ("@ada", ("email", "username", "phone")),
        ("ada", ("username", "email", "phone")),
        ("5551234567", ("username", "email", "phone")),
        ("+15551234567", ("phone", "username", "email")),
        ("+1", ("username", "email", "phone")),
        ("+12", ("phone", "username", "email")),
        ("+123456789012345", ("phone", "username", "email")),
        ("+1234567890123456", ("username", "email", "phone")),
        ("+0123", ("username", "email", "phone")),
        ("+1 555", ("username", "email", "phone")),
    ],
)
def test_likeliest_kind_of_name_is_tried_first(typed: str, kinds: tuple[str, ...]) -> None:
    """A name is tried by its shape, then as the other kinds (§1.7)."""
    assert tuple((kind, typed) for kind in kinds) == login_names(typed)


@pytest.mark.parametrize(
    "typed", ["", " ", "\t\r\n", "\xa0", "a\0b", "\0", "x" * 321, "x" + " " * 320, "\ufdfa" * 20]
)
def test_name_is_nobodys_when_it_is_unusable(typed: str) -> None:
    """Nothing, NUL, and what is too long as typed or in normal form is looked up nowhere."""
    assert () == login_names(typed)


@pytest.mark.parametrize("length", [1, MAX_CHARS - 1, MAX_CHARS])
def test_name_is_looked_up_up_to_the_bound(length: int) -> None:
    """Promise I1: a name may have 320 characters."""
    assert ("username", "x" * length) == login_names("X" * length)[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@b", True),
        ("ada@example.com", True),
        (f"{'l' * 64}@example.com", True),
        (f"{'l' * 65}@example.com", False),
        (f"l@{'d' * 252}", True),
        (f"l@{'d' * 253}", False),
        ("", False),
        ("@", False),
        ("ada", False),
        ("ada@", False),
        ("@example.com", False),
        ("a@b@c", False),
        ("a da@example.com", False),
        ("ada@example.com\n", False),
        ("ada\xa0@example.com", False),
        ("a\0@example.com", False),
    ],
)
def test_email_address_has_two_bounded_parts(text: str, *, expected: bool) -> None:
    """An e-mail address is one `@` between bounded parts without white space."""
    assert expected == is_email(text)


@pytest.mark.parametrize("typed", ["ann@example.com", "+4915112345678", "ann"])
def test_only_the_identifiers_of_a_directory_are_tried(typed: str) -> None:
    """In their own order, whatever the name looks like (Auth0: "Flexible identifiers")."""
    assert (("username", typed), ("phone", typed)) == login_names(typed, ("username", "phone"))
