import pytest

from gateword.policy.password_options import LEVELS
from gateword.policy.password_rules import Characters, Strength

GOOD_TEXT = """\
* At least 8 characters in length
* Contain at least 3 of the following 4 types of characters:
 * lower case letters (a-z)
 * upper case letters (A-Z)
 * numbers (i.e. 0-9)
 * special characters (e.g. !@#$%^&*)"""


def kept(strength: Strength, password: str) -> dict[object, object]:
    """Return code to verified."""
    return {rule["code"]: rule["verified"] for rule in strength.rules(password)}


@pytest.mark.parametrize(
    ("level", "taken", "refused"),
    [
        ("none", "a", ""),
        ("low", "abcdef", "abcde"),
        ("fair", "abcdefG1", "abcdefg1"),
        ("fair", "abcdefG1", "abcdeG1"),
        ("good", "abcdefG1", "abcdefgh1"),
        ("good", "abcdef 1", "abcdef1 "[:7]),
        ("excellent", "abcdefgh1 ", "abcdefg1 "),
        ("excellent", "aabcdefgh1 ", "aaabcdefgh1 "),
    ],
)
def test_level_takes_and_refuses(level: str, taken: str, refused: str) -> None:
    """Each level takes what keeps all of its rules, and nothing else."""
    strength = LEVELS[level]

    assert all(kept(strength, taken).values())
    assert not all(kept(strength, refused).values())


def test_length_is_counted_in_utf16_units() -> None:
    """A character outside the basic plane counts twice, as in JavaScript."""
    assert {"lengthAtLeast": True} == kept(Strength(min_length=6), "😀😀😀")
    assert {"lengthAtLeast": False} == kept(Strength(min_length=7), "😀😀😀")


@pytest.mark.parametrize("letter", ["ä", "Ä", "\u0661", "é"])
def test_classes_hold_ascii_alone(letter: str) -> None:
    """Letters and digits of other scripts are of no class."""
    assert not any(one.is_in(letter) for one in Characters)


@pytest.mark.parametrize("special", list(" !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"))
def test_special_characters_are_the_33_of_owasp(special: str) -> None:
    """Space and all ASCII punctuation are special characters."""
    assert [Characters.SPECIAL] == [one for one in Characters if one.is_in(special)]


@pytest.mark.parametrize(
    ("password", "is_kept"),
    [
        ("abc", False), ("cba", False), ("012", False), ("654", False), ("#abc", False),
        ("abd", True), ("ab-cd", True), ("01-23", True), ("134", True), ("aBc", True),
        ("/01", True), ("9:;", True), ("yz{", True), ("aba", True),
    ],
)  # fmt: skip
def test_sequences_are_of_ascii_letters_or_digits(password: str, is_kept: bool) -> None:  # noqa: FBT001
    """More than two neighbours in a row are refused in both directions; anything else breaks it."""
    assert is_kept == kept(Strength(no_sequential=True), password)["sequentialChars"]


def test_too_many_bytes_are_a_rule_of_their_own() -> None:
    """The longest length is told of when it is broken, or lower than it must be."""
    assert {"nonEmpty": True} == kept(Strength(), "a" * 1024)
    assert {"nonEmpty": True, "maxLength": False} == kept(Strength(), "a" * 1025)
    assert {"nonEmpty": True, "maxLength": True} == kept(Strength(max_bytes=72), "ä" * 36)
    assert {"nonEmpty": True, "maxLength": False} == kept(Strength(max_bytes=72), "ä" * 37)


def test_rules_are_told_in_the_words_of_sdks() -> None:
    """Message, format, code and items are those that Auth0's SDKs translate."""
    assert [
        {
            "message": "At least %d characters in length",
            "format": [8],
            "code": "lengthAtLeast",
            "verified": False,
        },
        {
            "message": "Contain at least %d of the following %d types of characters:",
            "format": [3, 4],
            "code": "containsAtLeast",
            "verified": False,
            "items": [
                {"message": "lower case letters (a-z)", "code": "lowerCase", "verified": True},
                {"message": "upper case letters (A-Z)", "code": "upperCase", "verified": False},
                {"message": "numbers (i.e. 0-9)", "code": "numbers", "verified": True},
                {
                    "message": "special characters (e.g. !@#$%^&*)",
                    "code": "specialCharacters",
                    "verified": False,
                },
            ],
        },
    ] == LEVELS["good"].rules("abc1")


def test_text_is_one_line_a_rule() -> None:
    """The `policy` of an error has a line a rule and a line a class."""
    assert GOOD_TEXT == LEVELS["good"].text()


def test_all_classes_are_asked_for_with_should_contain() -> None:
    """A policy that wants every class of its list says so in another sentence."""
    rule = LEVELS["fair"].rules("abc")[1]

    assert ("Should contain:", "shouldContain") == (rule["message"], rule["code"])
    assert "format" not in rule


def test_identical_characters_in_a_row_have_an_example() -> None:
    """The rule of `excellent` quotes an example."""
    assert '* No more than 2 identical characters in a row (e.g., "aaa" not allowed)' in (
        LEVELS["excellent"].text().splitlines()
    )
