"""What is masked hides what it should, whatever it is made of."""

from hypothesis import given
from hypothesis import strategies as st

from gateword.policy import masked

texts = st.text(max_size=40)
without_at = st.text(st.characters(exclude_characters="@"), max_size=40)


@given(texts)
def test_masked_phone_keeps_its_length_and_no_more_than_four(number: str) -> None:
    """As many characters as before; all but the last four are an X."""
    shown = masked.phone(number)

    assert len(number) == len(shown)
    assert {"X"} >= set(shown[:-4])
    assert shown[-4:] == (number[-4:] if len(number) > 4 else "X" * len(number))


@given(
    st.text("0123456789", min_size=5, max_size=11), st.text("0123456789", min_size=4, max_size=4)
)
def test_numbers_that_end_alike_look_alike(head: str, tail: str) -> None:
    """Nothing but its length and its end tells a masked number from another."""
    assert masked.phone(f"+{head}{tail}") == masked.phone(f"+{'0' * len(head)}{tail}")


@given(texts, without_at)
def test_masked_email_hides_the_rest_of_the_name(local: str, domain: str) -> None:
    """At most four characters of each side show; how long the name is shows nowhere."""
    shown_local, _, shown_domain = masked.email(f"{local}@{domain}").rpartition("@")

    assert shown_local == (local[:4] if len(local) > 4 else "") + "****"
    assert shown_domain[:4] == domain[:4]
    assert len(domain) == len(shown_domain)
    assert {"*"} >= set(shown_domain[4:])


@given(st.text(min_size=5, max_size=40), st.text(max_size=10), without_at)
def test_names_that_begin_alike_look_alike(name: str, more: str, domain: str) -> None:
    """Whoever reads a masked address cannot tell which of many it was."""
    longer = name[:4] + more + "x"

    assert masked.email(f"{name}@{domain}") == masked.email(f"{longer}@{domain}")
