import pytest

from gateword.policy.rule_claims import MOST_BYTES, custom, scopes


@pytest.mark.parametrize(
    "name",
    ["sub", "aud", "permissions", "roles", "scope", "cnf", "x5t#S256", "sip_date", "",
     "http://[x", "URN:auth0:x",
     "https://auth0.com/x", "https://eu.auth0.com/x", "http://a.webtask.io/x", "urn:auth0:x"],
)  # fmt: skip
def test_reserved_name_is_left_out(name: str) -> None:
    """Auth0 drops it and lets the login go on."""
    assert {"plan": "gold"} == custom({name: "mine", "plan": "gold"})


@pytest.mark.parametrize(
    "name",
    ["https://example.com/roles", "http://notauth0.com/x", "urn:example:x", "locale", "plan"],
)
def test_other_names_are_taken_over(name: str) -> None:
    """With or without a namespace."""
    assert {name: [1, None]} == custom({name: [1, None]})


def test_management_token_takes_namespaced_claims_only() -> None:
    """Auth0: no private claims in a token for its own API."""
    wanted = {"plan": 1, "https://example.com/plan": 2}

    assert {"https://example.com/plan": 2} == custom(wanted, only_namespaced=True)


@pytest.mark.parametrize("wanted", [None, 1, "x", ["a"]])
def test_what_is_no_object_holds_no_claims(wanted: object) -> None:
    """A rule may assign anything."""
    assert {} == custom(wanted)
    assert None is scopes(wanted)


def test_claims_that_are_too_large_are_left_out() -> None:
    """A token must fit into a header somewhere."""
    assert {} == custom({"plan": "x" * MOST_BYTES})


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (["a", "b", "a"], ("a", "b")),
        ("a  b a", ("a", "b")),
        (["a b", 1, None], ("a", "b")),
        (["a\0b", 'a"b', "\xe9", "x" * 300, "ok"], ("ok",)),
        ([], ()),
        ("", ()),
        (None, None),
        (7, None),
    ],
)
def test_scope_is_a_list_or_a_text(scope: object, expected: tuple[str, ...] | None) -> None:
    """Both are in the wild."""
    assert expected == scopes({"scope": scope})
