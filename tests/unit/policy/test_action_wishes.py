from datetime import UTC, datetime
from functools import reduce
from typing import Any

import pytest

from gateword.policy import action_wishes as policy
from gateword.policy.action_wishes import NoWish, Wishes, after

MALFORMED = [
    None,
    {},
    "x",
    [None],
    [[]],
    [[["access.deny"]]],
    [["nobody.there"]],
    [["access.deny"]],
    [["access.deny", "access_denied", 1]],
    [["access.deny", "no_such_code", "x"]],
    [["accessToken.setCustomClaim", 1, 1]],
    [["accessToken.addScope", {}]],
    [["multifactor.enable", "carrier-pigeon", {}]],
    [["multifactor.enable", "any", None]],
    [["authentication.challengeWith", [], {}]],
    [["authentication.challengeWith", [{"type": 1}], {}]],
    [["authentication.enrollWith", [{"type": "otp"}], []]],
    [["authentication.setPrimaryUser", "x" * 129]],
    [["transaction.setMetadata", "k" * 65, 1]],
    [["transaction.setMetadata", "k", [1]]],
    [["transaction.setMetadata", "k", "x" * 8193]],
    [["refreshToken.setExpiresAt", True]],
    [["refreshToken.setIdleExpiresAt", "soon"]],
    [["nothing"]] * 1001,
]


@pytest.mark.parametrize("calls", MALFORMED)
def test_what_is_no_list_of_calls_ends_the_login(calls: Any) -> None:
    """Whoever gets round the script's side is stopped here."""
    with pytest.raises(NoWish):
        after(Wishes(), calls)


@pytest.mark.parametrize(
    ("calls", "text"),
    [
        (
            [["user.setAppMetadata", str(number), "x" * 9000] for number in range(4)],
            "The app metadata of one login is larger than 32 kB",
        ),
        (
            [["transaction.setMetadata", str(number), "x" * 8000] for number in range(3)],
            "The transaction metadata is larger than 16 kB",
        ),
        (
            [["authentication.setPrimaryUser", "auth0|1"]] * 2,
            "The primary user can be set only once in a login",
        ),
    ],
)
def test_too_much_is_told_in_words(calls: Any, text: str) -> None:
    """Limits hold for all Actions of a login together."""
    with pytest.raises(NoWish, match=text):
        reduce(lambda wishes, call: after(wishes, [call]), calls, Wishes())


def test_later_action_wins() -> None:
    """Claims, metadata and what is told go by name; scopes in their order."""
    first = after(
        Wishes(),
        [
            ["accessToken.setCustomClaim", "plan", 1],
            ["user.setUserMetadata", "theme", "dark"],
            ["transaction.setMetadata", "a", 1],
            ["accessToken.addScope", "x"],
        ],
    )
    second = after(
        first,
        [
            ["accessToken.setCustomClaim", "plan", 2],
            ["user.setUserMetadata", "theme", None],
            ["transaction.setMetadata", "a", None],
            ["accessToken.removeScope", "x"],
            ["accessToken.removeScope", "read"],
            ["accessToken.addScope", "no scope"],
        ],
    )

    assert {"plan": 2} == second.access_claims
    assert {"theme": None} == second.user_metadata
    assert {} == second.told
    assert ["write"] == second.rescoped(("read", "write"))
    assert None is Wishes().rescoped(("read",))
    assert ["read", "x"] == first.rescoped(("read",))


def test_first_no_counts_and_is_one_line() -> None:
    """What is told to the client has no control characters, and an end."""
    said = ["access.deny", policy.DENIED, "a\nb" + "x" * 2000]
    wishes = after(Wishes(), [said, ["access.deny", policy.DENIED, "later"]])

    assert wishes.denied is not None
    assert wishes.denied[1].startswith("a bx")
    assert policy.MOST_MESSAGE_CHARS == len(wishes.denied[1])


def test_factors_are_kept_in_their_order() -> None:
    """A challenge after an enrolment is a sequence."""
    wishes = after(
        Wishes(),
        [
            ["authentication.enrollWith", [{"type": "otp"}], {}],
            ["authentication.challengeWith", [{"type": "otp"}, {"type": "email"}], {"x": 1}],
        ],
    )

    assert [(True, 1), (False, 2)] == [
        (one.is_enrollment, len(one.any_of)) for one in wishes.factors
    ]


@pytest.mark.parametrize(
    ("at", "year"), [(0, 1970), (-1e30, 1970), (1e30, 9999), (1_800_000_000_000, 2027)]
)
def test_time_is_a_time_whatever_is_said(at: float, year: int) -> None:
    """A script's number is no time yet."""
    wishes = after(Wishes(), [["refreshToken.setExpiresAt", at]])

    assert isinstance(wishes.refresh_expires_at, datetime)
    assert (year, UTC) == (wishes.refresh_expires_at.year, wishes.refresh_expires_at.tzinfo)
