import json
from typing import Any

import pytest

from gateword.domain.account_refusal import AccountRefusal
from gateword.domain.connection import Connection
from gateword.domain.refusal import Refusal
from gateword.domain.refused import RefusalTable, Refused
from gateword.policy import signup
from gateword.policy.signup import SignUp
from tests.support.factories import a_connection

ATTRIBUTES = {
    "email": {"signup": {"status": "optional"}},
    "username": {
        "signup": {"status": "required"},
        "validation": {"min_length": 3, "max_length": 20},
    },
    "phone_number": {"signup": {"status": "optional"}},
}


def read(**members: Any) -> SignUp:
    """Read a sign-up in JSON."""
    body = {"connection": "C", "email": "a@b.example", **members}
    return signup.read("application/json", json.dumps(body).encode())


def refusal_of(place: Connection | None = None, **members: Any) -> RefusalTable | None:
    """Return why a sign-up is refused, if it is."""
    try:
        asked = read(**members)
        if place is not None:
            signup.check_names(asked, place)
    except Refused as refused:
        return refused.refusal
    return None


def test_what_is_not_asked_for_is_ignored() -> None:
    """M2: nobody signs up verified, blocked, or with app_metadata."""
    asked = read(
        email_verified=True, blocked=False, app_metadata={"admin": True}, _id="x", user_id="x"
    )

    assert SignUp(connection="C", email="a@b.example") == asked


def test_empty_members_are_absent() -> None:
    """SDKs send null for what they were not given."""
    asked = read(username=None, password="", user_metadata=None, name="")

    assert SignUp(connection="C", email="a@b.example") == asked


def test_password_is_a_secret_and_byte_exact() -> None:
    """Ruling 6: no white space is cut off, nothing is normalised."""
    password = read(password=" pässwörd\t").password

    assert password is not None
    assert "Secret(…)" == str(password)
    assert " pässwörd\t" == password.reveal()


@pytest.mark.parametrize(
    ("members", "refusal"),
    [
        ({"connection": None}, AccountRefusal.PARAMETER_REQUIRED),
        ({"email": 1}, Refusal.INVALID_PARAMETER),
        ({"email": "a\0@b"}, Refusal.INVALID_PARAMETER),
        ({"password": 1}, Refusal.INVALID_PARAMETER),
        ({"password": "\ud800"}, Refusal.INVALID_PARAMETER),
        ({"given_name": "x" * 151}, Refusal.INVALID_PARAMETER),
        ({"picture": "javascript:alert(1)"}, Refusal.INVALID_PARAMETER),
        ({"picture": "https://img.example/a.png"}, None),
        ({"user_metadata": []}, Refusal.INVALID_PARAMETER),
        ({"user_metadata": {str(n): "x" for n in range(11)}}, AccountRefusal.METADATA_INVALID),
        ({"user_metadata": {"x" * 101: "x"}}, AccountRefusal.METADATA_INVALID),
        ({"user_metadata": {"x": "x" * 501}}, AccountRefusal.METADATA_INVALID),
        ({"user_metadata": {"x": 1}}, AccountRefusal.METADATA_INVALID),
        ({"user_metadata": {"x": "\0"}}, AccountRefusal.METADATA_INVALID),
        ({"user_metadata": {"x" * 100: "x" * 500}}, None),
        ({"user_metadata": {"x": None}}, None),
        ({"given_name": "x" * 150}, None),
    ],
)
def test_members_are_bounded(members: dict[str, Any], refusal: RefusalTable | None) -> None:
    """Each bound refuses the first value behind it."""
    assert refusal is refusal_of(**members)


@pytest.mark.parametrize(
    ("email", "refusal"),
    [
        ("zoe@mail.example", None),
        ("o'neil+shop@mail.example", None),
        ("zoe", AccountRefusal.SIGNUP_INVALID),
        ("a,b@mail.example", AccountRefusal.SIGNUP_INVALID),
        ("<b@mail.example", AccountRefusal.SIGNUP_INVALID),
        ('"a b"@mail.example', AccountRefusal.SIGNUP_INVALID),
        ("x" * 65 + "@mail.example", AccountRefusal.SIGNUP_INVALID),
    ],
)
def test_address_must_be_one_that_a_letter_can_go_to(
    email: str, refusal: RefusalTable | None
) -> None:
    """No address means two, or breaks the head of a letter."""
    assert refusal is refusal_of(a_connection("C"), email=email)


@pytest.mark.parametrize(
    ("username", "refusal"),
    [
        ("zoe", None),
        ("Zoe.1~_'!", None),
        ("a" * 15, None),
        ("a" * 16, AccountRefusal.SIGNUP_INVALID),
        ("a b", AccountRefusal.SIGNUP_INVALID),
        ("zoë", AccountRefusal.SIGNUP_INVALID),
        ("z@mail.example", AccountRefusal.SIGNUP_INVALID),
        (None, AccountRefusal.PARAMETER_REQUIRED),
    ],
)
def test_username_has_auth0s_characters(username: str | None, refusal: RefusalTable | None) -> None:
    """Auth0: "Require username": 15 characters of a short list, and no e-mail address."""
    connection = a_connection("C", requires_username=True)

    assert refusal is refusal_of(connection, username=username)


def test_username_may_be_longer_where_the_connection_says_so() -> None:
    """`validation.username` moves the bounds."""
    options = {"validation": {"username": {"min": 3, "max": 128}}}
    connection = a_connection("C", requires_username=True, options=options)

    assert refusal_of(connection, username="a" * 128) is None
    assert AccountRefusal.SIGNUP_INVALID is refusal_of(connection, username="ab")


def test_username_is_dropped_where_nobody_has_one() -> None:
    """A database without usernames keeps none."""
    asked = signup.check_names(read(username="zoe"), a_connection("C"))

    assert (None, "a@b.example") == (asked.username, asked.email)


def test_attributes_say_what_is_demanded() -> None:
    """Flexible identifiers: each is required, optional, or not taken at all."""
    connection = a_connection("C", options={"attributes": ATTRIBUTES})

    asked = signup.check_names(
        read(email=None, username="Zoe", phone_number="+4912345"), connection
    )

    assert ("zoe", "+4912345", None) == (asked.username, asked.phone_number, asked.email)
    assert AccountRefusal.PARAMETER_REQUIRED is refusal_of(connection)
    assert AccountRefusal.SIGNUP_INVALID is refusal_of(connection, username="zo")
    assert AccountRefusal.SIGNUP_INVALID is refusal_of(
        connection, username="zoe", phone_number="0123"
    )


def test_metadata_of_a_form_stands_in_brackets() -> None:
    """A form writes members of `user_metadata` one by one."""
    body = b"connection=C&email=a%40b.example&user_metadata[plan]=gold&user_metadata%5Bn%5D=1"

    asked = signup.read("application/x-www-form-urlencoded", body)

    assert {"plan": "gold", "n": "1"} == asked.user_metadata


@pytest.mark.parametrize(
    ("behaviour", "is_needed"), [("required", True), ("optional", False), (None, True)]
)
def test_password_may_be_optional(behaviour: str | None, is_needed: bool) -> None:  # noqa: FBT001
    """`authentication_methods.password.api_behavior` lets users in without one."""
    methods = {"password": {"api_behavior": behaviour}}

    assert is_needed == signup.needs_password(
        a_connection("C", options={"authentication_methods": methods})
    )
