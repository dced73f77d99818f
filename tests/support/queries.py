"""Searches that somebody might type, and what they make of them."""

from hypothesis import strategies as st

SEEDS = (
    'email:"ann@example.test" AND -blocked:true',
    "app_metadata.plan:(gold OR sil* OR *er) AND created_at:[2026-01-01 TO *}",
    "NOT (_exists_:user_metadata.a.b || logins_count:{1 TO 10]) && name:J?n*",
    "identities.connection:Db identities.profileData.email:*@x +user_id:auth0|1",
)
SPARKS = (
    '"', "'", "(", ")", "[", "]", "{", "}", ":", "*", "?", "\\", "-", "+", "!", " ", " AND ",
    " OR ", " NOT ", " TO ", "&&", "||", "~", "^", "/", ";--", "%s", ":tenant", "\0", "é", "😀",
    "_exists_:", "app_metadata.", ".", "0", "true", "2026-01-01",
)  # fmt: skip


@st.composite
def bent(draw: st.DrawFn) -> str:
    """Return a good search that was cut and sparked in a few places."""
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(text)))
        upto = draw(st.integers(at, min(len(text), at + 12)))
        text = text[:at] + draw(st.sampled_from(SPARKS)) + text[upto:]
    return text
