"""A script's profile is a stranger's text: what is taken over of it, and what is not."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateword.domain.user import Identity, User
from gateword.policy import custom_profile, json_text
from gateword.policy.custom_profile import TakenOver
from gateword.policy.user_document import rendered
from tests.support.factories import a_connection
from tests.support.stand_ins import START

DATABASE = a_connection("Customers")
MINIMAL = {"user_id": "7", "email": "zoe@legacy.example"}
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
members = st.sampled_from(
    [
        *("user_id", "email", "email_verified", "username", "phone_number", "name", "picture"),
        *("user_metadata", "app_metadata", "identities", "created_at", "blocked", "groups"),
    ]
)


def taken(**more: Any) -> TakenOver:
    """Take a profile over that has an id and an address."""
    found = custom_profile.read(MINIMAL | more, DATABASE)
    assert isinstance(found, TakenOver)
    return found


def a_user(**more: Any) -> User:
    """Return the user that the minimal profile made."""
    identity = Identity(connection="Customers", provider="auth0", local_id="7")
    given: dict[str, Any] = {
        "key": 1,
        "user_id": "auth0|7",
        "created_at": START,
        "updated_at": START,
        "email": MINIMAL["email"],
        "identities": (identity,),
        "profile": {"name": "Zoe", "nickname": "zoe"},
    }
    return User(**given | more)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("abc", "abc"),
        (7, "7"),
        (0, "0"),
        (-3, "-3"),
        ("auth0|abc", "auth0|abc"),
        ("Customers|7", "Customers|7"),
        ("zoë", "zoë"),
        ("x" * 200, "x" * 200),
        ("x" * 201, None),
        ("", None),
        (" 7", None),
        ("a b", None),
        ("a\u00a0b", None),
        ("a\u200bb", None),
        ("a\u202eb", None),
        ("a\0b", None),
        ("a\nb", None),
        ("\ud800", None),
        (True, None),
        (7.5, None),
        (None, None),
        (["7"], None),
        ({"$oid": "7"}, None),
    ],
)
def test_user_id(said: object, kept: str | None) -> None:
    """Text or a whole number that can be written down, told apart and given back."""
    assert kept == custom_profile.user_id(said)


@pytest.mark.parametrize("profile", ["zoe", 7, [MINIMAL], True, {}, {"email": "a@b.example"}])
def test_profile_without_an_id_is_none(profile: object) -> None:
    """Nothing is taken over of it."""
    assert isinstance(custom_profile.read(profile, DATABASE), str)


def test_large_profile_is_refused() -> None:
    """A megabyte is not looked at any further."""
    assert "102400 characters" in str(
        custom_profile.read(MINIMAL | {"x": "x" * (1 << 20)}, DATABASE)
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", 7),
        ("email", "no address"),
        ("email", "zoe@x.example\nBcc: all@x.example"),
        ("username", "x" * 129),
        ("phone_number", "0151 2345"),
        ("name", ["Zoe"]),
        ("name", "x" * 301),
        ("nickname", "Zo\0e"),
        ("picture", {"url": "x"}),
        ("address", {"street": "a\0b"}),
        ("x" * 65, "x"),
        ("user_metadata", "dark"),
        ("user_metadata", {"a": "\ud800"}),
        ("app_metadata", [1]),
    ],
)
def test_member_that_cannot_be_stored_is_left_out_and_told(name: str, value: object) -> None:
    """The login goes on without it."""
    found = taken(**{name: value})

    assert name not in found.root
    assert 1 == len(found.notes)
    assert found.notes[0].startswith(name[:64])
    assert found.notes[0].isprintable()


@pytest.mark.parametrize(
    "name",
    [
        *("identities", "created_at", "updated_at", "last_login", "logins_count", "last_ip"),
        *("password", "multifactor", "user_metadata", "sub", "_id", "tenant", "clientID"),
    ],
)
def test_member_that_is_not_the_scripts_to_say_is_not_taken(name: str) -> None:
    """What the store says of a user itself, no script says."""
    assert {} == taken(**{name: {}}).root


def test_other_members_are_kept() -> None:
    """As Auth0 keeps attributes that it has no name for."""
    root = taken(groups=["a"], middle_name="B.", gone=None).root

    assert {"groups": ["a"], "middle_name": "B."} == root


def test_app_metadata_of_reserved_names_is_left_out() -> None:
    """As at an import."""
    found = taken(app_metadata={"user_id": "x", "tier": 1, "gone": None})

    assert {"tier": 1} == found.user.app_metadata
    assert 1 == len(found.notes)


def test_password_of_a_profile_goes_nowhere() -> None:
    """Scripts that answer the whole row of their table answer the hash as well."""
    assert "$2b$" not in repr(taken(password="$2b$10$x"))


@given(profile=st.dictionaries(members, json, max_size=6), has_id=st.booleans())
def test_whatever_a_script_says_can_be_stored_and_told(
    profile: dict[str, Any], *, has_id: bool
) -> None:
    """A reason, or a user whose every text can be written down."""
    found = custom_profile.read(profile | ({"user_id": "7"} if has_id else {}), DATABASE)
    if isinstance(found, str):
        assert not has_id
        return
    new = found.user
    stored = [new.email, new.username, dict(new.profile), dict(new.user_metadata)]
    assert json_text.is_storable([*stored, dict(new.app_metadata), new.local_id])
    assert all(note.isprintable() for note in found.notes)
    shown = rendered(custom_profile.synced(a_user(), found, DATABASE))
    assert ("auth0|7", "2026") == (shown["user_id"], str(shown["created_at"])[:4])
    assert 1 == len(list(shown["identities"]))  # type: ignore[call-overload]  # a list


def test_sync_changes_what_is_said_and_nothing_else() -> None:
    """What nobody said of a user at this login stays, defaults included."""
    user = a_user(email_verified=True, user_metadata={"a": 1}, blocked=True)

    assert user == custom_profile.synced(user, taken(blocked=False), DATABASE)
    changed = custom_profile.synced(user, taken(name="Zoe Z."), DATABASE)
    assert {"name": "Zoe Z.", "nickname": "zoe"} == changed.profile
    assert changed.email_verified
    assert {"a": 1} == changed.user_metadata


@pytest.mark.parametrize(
    ("said", "verified"),
    [
        ({}, True),
        ({"email_verified": False}, False),
        ({"email": "new@legacy.example"}, False),
        ({"email": "new@legacy.example", "email_verified": True}, True),
    ],
)
def test_new_address_is_verified_only_when_the_script_says_so(
    said: dict[str, Any], *, verified: bool
) -> None:
    """That the old one was says nothing about it."""
    synced = custom_profile.synced(a_user(email_verified=True), taken(**said), DATABASE)

    assert verified == synced.email_verified


@pytest.mark.parametrize("when", ["on_first_login", "never_on_login"])
def test_sync_at_later_logins_can_be_switched_off(when: str) -> None:
    """Names to log in by follow all the same."""
    database = replace(DATABASE, options={"set_user_root_attributes": when})
    found = custom_profile.read(MINIMAL | {"email": "new@x.example", "name": "N"}, database)
    assert isinstance(found, TakenOver)

    synced = custom_profile.synced(a_user(), found, database)

    assert ("new@x.example", "Zoe") == (synced.email, synced.profile["name"])
