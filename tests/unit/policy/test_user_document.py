from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateword.domain.user import Identity, User
from gateword.policy.user_document import Change, alone, created, linked_profile, rendered

NOON = datetime(2026, 11, 23, 12, 0, 0, 5000, tzinfo=UTC)
LINKED = Identity(
    connection="Customers",
    provider="auth0",
    local_id="2",
    profile={"email": "bo@x.test", "email_verified": True, "name": "Bo"},
)
USER = User(
    key=1,
    user_id="auth0|1",
    created_at=NOON,
    updated_at=NOON,
    email="ann@x.test",
    email_verified=True,
    profile={"name": "Ann"},
    user_metadata={"a": {"x": 1}, "b": 2},
    identities=(Identity(connection="Employees", provider="auth0", local_id="1"), LINKED),
)


def test_user_is_rendered_without_what_has_no_value() -> None:
    """Recorded answers leave out what is not there, and times have milliseconds and `Z`."""
    assert {
        "created_at": "2026-11-23T12:00:00.005Z",
        "email": "ann@x.test",
        "email_verified": True,
        "identities": [
            {"connection": "Employees", "provider": "auth0", "user_id": "1", "isSocial": False},
            {
                "connection": "Customers",
                "provider": "auth0",
                "user_id": "2",
                "isSocial": False,
                "profileData": {"email": "bo@x.test", "email_verified": True, "name": "Bo"},
            },
        ],
        "name": "Ann",
        "updated_at": "2026-11-23T12:00:00.005Z",
        "user_id": "auth0|1",
        "user_metadata": {"a": {"x": 1}, "b": 2},
    } == rendered(USER)


def test_user_who_logged_in_is_rendered_with_it() -> None:
    """Auth0: last_login, last_ip and logins_count come with the first login."""
    user = replace(
        USER, last_login=NOON, last_ip="192.0.2.1", logins_count=3, blocked=True,
        last_password_reset=NOON, phone_number="+15551234", username="ann",
    )  # fmt: skip

    assert {
        "last_login": "2026-11-23T12:00:00.005Z",
        "last_ip": "192.0.2.1",
        "logins_count": 3,
        "last_password_reset": "2026-11-23T12:00:00.005Z",
        "blocked": True,
        "phone_number": "+15551234",
        "phone_verified": False,
        "username": "ann",
    }.items() <= rendered(user).items()


def test_created_user_has_the_recorded_defaults() -> None:
    """Recorded: name is the address, nickname its local part, picture a Gravatar address."""
    new = created({"connection": "Db", "email": "Ann@X.test", "app_metadata": {"a": None, "b": 1}})

    assert ("ann@x.test", "ann@x.test", "ann") == (
        new.email,
        new.profile["name"],
        new.profile["nickname"],
    )
    assert str(new.profile["picture"]).startswith("https://s.gravatar.com/avatar/")
    assert (False, False, None, {"b": 1}) == (
        new.email_verified,
        new.blocked,
        new.local_id,
        new.app_metadata,
    )


@pytest.mark.parametrize("sent", ["abc", "auth0|abc"])
def test_given_id_is_what_stands_behind_the_prefix(sent: str) -> None:
    """An id is kept, with or without the prefix that every id of ours has."""
    assert "abc" == created({"connection": "Db", "user_id": sent}).local_id


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({}, {"a": {"x": 1}, "b": 2}),
        ({"a": {"y": 2}}, {"a": {"y": 2}, "b": 2}),
        ({"b": None, "c": [None]}, {"a": {"x": 1}, "c": [None]}),
        (None, {}),
    ],
)
def test_metadata_is_merged_at_the_first_level(sent: object, kept: object) -> None:
    """Auth0 "Update a user": deeper objects are replaced, null takes a member away."""
    assert kept == Change({"user_metadata": sent}).of(USER).user_metadata


@pytest.mark.parametrize(
    ("body", "blocked"),
    [
        ({"password": "x"}, False),
        ({"password": "x", "blocked": True}, True),
        ({"blocked": False}, False),
        ({"nickname": "annie"}, True),
    ],
)
def test_new_password_of_an_operator_unblocks(body: dict[str, object], *, blocked: bool) -> None:
    """attack-protection §9: so does the switch itself, and nothing else."""
    assert blocked is Change(body).of(replace(USER, blocked=True)).blocked


def test_changed_profile_replaces_member_by_member() -> None:
    """What is not named stays, null takes away."""
    changed = Change({"nickname": "annie", "name": None, "blocked": True}).of(USER)

    assert ({"nickname": "annie"}, True) == (changed.profile, changed.blocked)
    assert USER.email == changed.email


@pytest.mark.parametrize(
    ("body", "verified"),
    [
        ({"email": "New@x.test"}, False),
        ({"email": "New@x.test", "email_verified": True}, True),
    ],
)
def test_new_address_is_verified_only_when_it_is_said(
    body: dict[str, object], *, verified: bool
) -> None:
    """Nobody has shown that a new address is theirs, unless the caller knows."""
    changed = Change(body).of(USER)

    assert ("new@x.test", verified) == (changed.email, changed.email_verified)


def test_names_of_a_linked_account_are_in_its_profile() -> None:
    """`connection` names the account that is meant; the user's own names stay."""
    changed = Change({"email": "new@x.test"}, home=1).of(USER)

    assert USER.email == changed.email
    assert {"email": "new@x.test", "email_verified": False, "name": "Bo"} == dict(
        changed.identities[1].profile
    )


def test_linked_profile_and_user_alone_are_each_other_s_way_back() -> None:
    """Auth0 "User Account Linking": the profile comes along and back, metadata does not."""
    identity = replace(USER.identities[0], profile=linked_profile(USER))

    again = alone(identity)

    assert (USER.email, USER.email_verified, USER.profile) == (
        again.email,
        again.email_verified,
        again.profile,
    )
    assert {} == again.user_metadata
