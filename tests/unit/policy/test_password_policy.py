from datetime import timedelta

import pytest

from gateword.domain.user import NewUser
from gateword.policy import password_policy
from gateword.policy.password_options import PERSONAL_FIELDS, PasswordPolicy
from gateword.policy.password_policy import COMMON, PERSONAL
from gateword.policy.password_rules import Strength

POLICY = PasswordPolicy(
    strength=Strength(min_length=6),
    history_size=3,
    own_words=frozenset({"hunter2"}),
    personal_fields=PERSONAL_FIELDS,
)
ANN = NewUser(
    connection="Customers",
    email="ann.example@mail.example",
    username="annie",
    profile={"name": "Ann Example", "nickname": "xy"},
    user_metadata={"first": "Anneliese"},
)


def test_weak_password_is_told_every_rule() -> None:
    """The complaint has the rules with what is kept, and the policy as text."""
    complaint = password_policy.too_weak(POLICY, "short")

    assert complaint is not None
    assert ("PasswordStrengthError", "Password is too weak") == (complaint.name, complaint.message)
    rule = {
        "message": "At least %d characters in length",
        "format": [6],
        "code": "lengthAtLeast",
        "verified": False,
    }
    assert {
        "description": {"rules": [rule], "verified": False},
        "policy": "* At least 6 characters in length",
    } == complaint.members()


def test_strong_password_has_no_complaint() -> None:
    """What keeps every rule is taken."""
    assert password_policy.too_weak(POLICY, "longer") is None


@pytest.mark.parametrize(
    ("password", "complaint"),
    [("HUNTER2", COMMON), ("Password", COMMON), ("hunter2!", None), ("xpassword", None)],
)
def test_dictionary_refuses_whole_words(password: str, complaint: object) -> None:
    """A word of a dictionary is refused in any case; a password that holds one is not."""
    assert complaint == password_policy.too_common(POLICY, password, frozenset({"password"}))


@pytest.mark.parametrize(
    ("password", "complaint"),
    [
        ("my-annie-1", PERSONAL),
        ("ANN.EXAMPLE!", PERSONAL),
        ("1 ann example", PERSONAL),
        ("xxAnnelieseXX", PERSONAL),
        ("ann-1-xy", None),
    ],
)
def test_personal_data_is_refused_anywhere(password: str, complaint: object) -> None:
    """Names and the local part of the address may not be in it; what has two letters may."""
    assert complaint == password_policy.too_personal(POLICY, password, ANN)


def test_other_fields_may_be_named() -> None:
    """The newer schema names any field of the profile."""
    policy = PasswordPolicy(strength=Strength(), personal_fields=("phone_number", "given_name"))
    person = NewUser(connection="C", phone_number="+4912345", profile={"given_name": "Zoë"})

    assert PERSONAL == password_policy.too_personal(policy, "call +4912345", person)
    assert PERSONAL == password_policy.too_personal(policy, "ZOË!", person)
    assert password_policy.too_personal(policy, "12345", person) is None


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(), "a few seconds ago"),
        (timedelta(seconds=60), "a minute ago"),
        (timedelta(minutes=20), "20 minutes ago"),
        (timedelta(hours=1), "an hour ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=1), "a day ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=30), "a month ago"),
        (timedelta(days=90), "3 months ago"),
        (timedelta(days=365), "a year ago"),
        (timedelta(days=800), "2 years ago"),
    ],
)
def test_former_password_says_when_it_was_used(ago: timedelta, words: str) -> None:
    """The complaint names how many passwords are kept and when this one was last in use."""
    text = "You may not reuse any of the last 3 passwords. This password was used"

    assert f"{text} {words}." == password_policy.used_before(POLICY, ago).description
