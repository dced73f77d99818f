"""However a login name is spelt, it is one name."""

from hypothesis import given
from hypothesis import strategies as st

from gateword.policy.identifier import MAX_CHARS, login_names, normal

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
spaces = st.text(" \t\r\n\f\v", max_size=4)


@given(texts)
def test_normal_form_is_stable(text: str) -> None:
    """Promise G4: the normal form of a normal form is itself."""
    assert normal(text) == normal(normal(text))


@given(texts, spaces, spaces)
def test_outer_white_space_makes_no_other_name(text: str, before: str, after: str) -> None:
    """§1.7: ASCII white space around a name is not part of it."""
    assert normal(text) == normal(f"{before}{text}{after}")


@given(st.text(max_size=400))
def test_names_are_bounded_normal_and_without_nul(typed: str) -> None:
    """Promise I2: whatever is typed, what is looked up can be stored."""
    for kind, name in login_names(typed):
        assert kind in ("email", "username", "phone")
        assert name == normal(typed)
        assert 0 < len(name) <= MAX_CHARS
        assert "\0" not in name
