from typing import Any

import pytest

from gateword.policy import connection_options
from gateword.policy.connection_options import MAX_SCRIPT_BYTES
from gateword.policy.members import Members

ACTIVE = {"identifier": {"active": True}}


def faults_of(options: dict[str, Any]) -> list[tuple[str | int, ...]]:
    """Return where options are at fault."""
    members = Members(options, (), [])
    connection_options.check(members)
    return [fault.path for fault in members.faults]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            {"attributes": {"email": ACTIVE}, "validation": {"username": {"min": 1}}},
            "Cannot set both options.attributes and options.validation",
        ),
        (
            {"attributes": {"email": ACTIVE}, "requires_username": True},
            "Cannot set both options.attributes and options.requires_username",
        ),
        ({"attributes": {}}, "attributes must contain one active identifier"),
        (
            {"attributes": {"email": {"identifier": {"active": False}}}},
            "attributes must contain one active identifier",
        ),
        (
            {
                "attributes": {
                    "phone_number": {
                        **ACTIVE,
                        "profile_required": True,
                        "signup": {"status": "inactive"},
                    }
                }
            },
            "attribute phone_number must also be required on signup",
        ),
        (
            {"attributes": {"username": ACTIVE, "email": {"unique": False}}},
            "cannot add non-unique email attribute",
        ),
    ],
)
def test_what_excludes_each_other_is_refused_in_auth0s_words(
    options: dict[str, Any], text: str
) -> None:
    """Each text was recorded at Auth0 (management-api §1)."""
    assert text == connection_options.conflict(options)


@pytest.mark.parametrize(
    "options",
    [
        {"requires_username": True, "validation": {"username": {"min": 1}}},
        {"attributes": {"email": ACTIVE}, "requires_username": False},
        {"attributes": {"email": {**ACTIVE, "profile_required": True}}},
        {
            "attributes": {
                "email": {**ACTIVE, "profile_required": True, "signup": {"status": "required"}}
            }
        },
    ],
)
def test_what_fits_together_is_no_conflict(options: dict[str, Any]) -> None:
    """The older switches go together, and so do attributes that are asked for on sign-up."""
    assert None is connection_options.conflict(options)


@pytest.mark.parametrize(
    ("precedence", "kinds"),
    [
        (None, ("email", "phone", "username")),
        (["username"], ("username", "email", "phone")),
        (["phone_number", "username", "email"], ("phone", "username", "email")),
    ],
)
def test_identifiers_are_tried_in_their_precedence(
    precedence: list[str] | None, kinds: tuple[str, ...]
) -> None:
    """`precedence` comes first; Auth0's own order is email, phone_number, username."""
    attributes = dict.fromkeys(("username", "phone_number", "email"), ACTIVE)

    assert kinds == connection_options.identifiers(
        {"attributes": attributes, "precedence": precedence}
    )


def test_inactive_attributes_are_no_identifiers() -> None:
    """Nobody logs in by an attribute that is only part of the profile."""
    attributes = {
        "username": ACTIVE,
        "email": {"identifier": {"active": False}},
        "phone_number": {},
    }

    assert ("username",) == connection_options.identifiers({"attributes": attributes})


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, {"email"}),
        ({"requires_username": True}, {"email", "username"}),
        ({"attributes": {"phone_number": {"profile_required": True}}}, {"phone_number"}),
        ({"attributes": {"email": ACTIVE}}, set()),
    ],
)
def test_users_must_have_what_the_options_require(options: dict[str, Any], names: set[str]) -> None:
    """`attributes` replaces the rule that everybody has an address."""
    assert names == connection_options.required(options)


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"passwordPolicy": "strict"}, ("passwordPolicy",)),
        ({"password_history": {"size": 25}}, ("password_history", "size")),
        ({"password_history": {"seize": 5}}, ("password_history", "seize")),
        ({"password_dictionary": {"dictionary": ["x"] * 3 + [7]}}, (
            "password_dictionary", "dictionary", 3,
        )),
        ({"password_dictionary": {"dictionary": [str(n) for n in range(201)]}}, (
            "password_dictionary", "dictionary",
        )),
        ({"password_complexity_options": {"min_length": 0}}, (
            "password_complexity_options", "min_length",
        )),
        ({"password_options": {"complexity": {"min_length": 73}}}, (
            "password_options", "complexity", "min_length",
        )),
        ({"password_options": {"complexity": {"character_types": ["digit"]}}}, (
            "password_options", "complexity", "character_types", 0,
        )),
        ({"password_options": {"complexity": {"identical_characters": True}}}, (
            "password_options", "complexity", "identical_characters",
        )),
        ({"password_options": {"history": {"active": True, "size": 25}}}, (
            "password_options", "history", "size",
        )),
        ({"password_options": {"dictionary": {"default": "en_1k"}}}, (
            "password_options", "dictionary", "default",
        )),
        ({"password_options": {"profile_data": {"blocked_fields": [str(n) for n in range(13)]}}}, (
            "password_options", "profile_data", "blocked_fields",
        )),
        ({"password_options": {"length": 8}}, ("password_options", "length")),
        ({"validation": {"username": {"min": 9, "max": 8}}}, ("validation", "username", "max")),
        ({"disable_signup": "yes"}, ("disable_signup",)),
        ({"attributes": {"nickname": {}}}, ("attributes", "nickname")),
        ({"precedence": ["phone"]}, ("precedence", 0)),
        ({"customScripts": {"login": "x" * (MAX_SCRIPT_BYTES + 1)}}, ("customScripts", "login")),
        ({"customScripts": {"logon": "x"}}, ("customScripts", "logon")),
        ({"configuration": {"KEY": ""}}, ("configuration", "KEY")),
        ({"colour": "red"}, ("colour",)),
    ],
)  # fmt: skip
def test_option_of_the_wrong_form_is_named(
    options: dict[str, Any], path: tuple[str | int, ...]
) -> None:
    """Each fault says where it stands."""
    assert [path] == faults_of(options)


def test_newer_password_options_may_say_all_that_auth0_documents() -> None:
    """authentication-api §5.3: complexity, history, dictionary and profile data."""
    complexity = {
        "min_length": 72,
        "character_types": ["lowercase", "uppercase", "number", "special"],
        "character_type_rule": "three_of_four",
        "identical_characters": "block",
        "sequential_characters": "allow",
        "max_length_exceeded": "truncate",
    }
    policy = {
        "complexity": complexity,
        "history": {"active": True, "size": 24},
        "dictionary": {"active": True, "default": "en_100k", "custom": ["gateword"]},
        "profile_data": {"active": True, "blocked_fields": ["email"] * 12},
    }

    assert [] == faults_of({"password_options": policy})


def test_script_may_have_100_kb() -> None:
    """Auth0: "Custom database action script templates", size limit."""
    assert [] == faults_of({"customScripts": {"login": "x" * MAX_SCRIPT_BYTES}})


def test_newer_password_options_come_without_the_older_policy() -> None:
    """They replace it, and Auth0's Deploy CLI refuses a file that has both."""
    assert "passwordPolicy" not in connection_options.created({}, {"password_options": {}})


@pytest.mark.parametrize(
    ("stored", "given", "gone"),
    [
        ("requires_username", "attributes", True),
        ("validation", "attributes", True),
        ("attributes", "requires_username", True),
        ("passwordPolicy", "password_options", True),
        ("password_options", "password_history", True),
        ("disable_signup", "attributes", False),
    ],
)
def test_merging_lets_go_of_what_the_file_excludes(stored: str, given: str, *, gone: bool) -> None:
    """As Auth0's Deploy CLI does before it sends merged options."""
    merged = connection_options.merged({stored: {"a": 1}}, {given: {"b": 2}})

    assert gone is (stored not in merged)
