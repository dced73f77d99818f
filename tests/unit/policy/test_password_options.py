from typing import Any

import pytest

from gateword.policy.password_options import LEVELS, PERSONAL_FIELDS, PasswordPolicy, policy_of
from gateword.policy.password_rules import Characters, Strength


@pytest.mark.parametrize("level", list(LEVELS))
def test_level_is_named_in_options(level: str) -> None:
    """`passwordPolicy` chooses one of Auth0's five levels."""
    assert PasswordPolicy(strength=LEVELS[level]) == policy_of({"passwordPolicy": level})


def test_no_options_mean_good() -> None:
    """A connection that says nothing asks for a good password."""
    assert PasswordPolicy(strength=LEVELS["good"]) == policy_of({})


def test_min_length_overrides_the_levels_own() -> None:
    """`password_complexity_options.min_length` replaces the length, also by a lower one."""
    policy = policy_of(
        {"passwordPolicy": "excellent", "password_complexity_options": {"min_length": 4}}
    )

    assert 4 == policy.strength.min_length
    assert policy.strength.no_identical


@pytest.mark.parametrize(
    ("history", "size"),
    [
        ({"enable": True, "size": 3}, 3),
        ({"enable": True}, 5),
        ({"enable": True, "size": 99}, 24),
        ({"enable": False, "size": 3}, 0),
        ({}, 0),
    ],
)
def test_history_is_bounded(history: dict[str, Any], size: int) -> None:
    """No more than 24 former passwords are ever hashed against; five when nobody says."""
    assert size == policy_of({"password_history": history}).history_size


def test_dictionary_and_personal_data_are_switches() -> None:
    """The older schema has one dictionary, own words and a fixed list of personal data."""
    policy = policy_of(
        {
            "password_dictionary": {"enable": True, "dictionary": ["Hunter2"]},
            "password_no_personal_info": {"enable": True},
        }
    )

    assert ("en_10k", frozenset({"hunter2"})) == (policy.dictionary, policy.own_words)
    assert PERSONAL_FIELDS == policy.personal_fields


def test_newer_schema_replaces_the_older_one() -> None:
    """`password_options` wins as a whole; of the older members none counts beside it."""
    policy = policy_of(
        {
            "passwordPolicy": "excellent",
            "password_no_personal_info": {"enable": True},
            "password_options": {
                "complexity": {
                    "min_length": 10,
                    "character_types": ["special", "lowercase"],
                    "character_type_rule": "all",
                    "sequential_characters": "block",
                    "max_length_exceeded": "error",
                },
                "dictionary": {"active": True, "default": "en_100k", "custom": ["Acme"]},
                "history": {"active": True, "size": 2},
            },
        }
    )

    assert (
        PasswordPolicy(
            strength=Strength(
                min_length=10,
                classes=(Characters.LOWER, Characters.SPECIAL),
                at_least=2,
                no_sequential=True,
                max_bytes=72,
            ),
            history_size=2,
            dictionary="en_100k",
            own_words=frozenset({"acme"}),
        )
        == policy
    )


def test_newer_schema_names_the_fields_it_blocks() -> None:
    """`profile_data.blocked_fields` counts when it is active, and has the older list else."""
    named = {"password_options": {"profile_data": {"active": True, "blocked_fields": ["email"]}}}
    unnamed = {"password_options": {"profile_data": {"active": True}}}

    assert ("email",) == policy_of(named).personal_fields
    assert PERSONAL_FIELDS == policy_of(unnamed).personal_fields


def test_newer_schema_asks_for_15_characters_when_it_says_nothing() -> None:
    """The default length of the newer schema is 15, and a long password is taken whole."""
    assert PasswordPolicy(strength=Strength(min_length=15)) == policy_of({"password_options": {}})


def test_three_of_four_is_said_of_all_classes() -> None:
    """`three_of_four` asks for three of all four classes."""
    complexity = {"character_type_rule": "three_of_four"}
    strength = policy_of({"password_options": {"complexity": complexity}}).strength

    assert (4, 3) == (len(strength.classes), strength.at_least)
