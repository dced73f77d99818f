from typing import Any

import pytest

from gateword.domain.secret import Secret
from gateword.domain.user_import import Arrival
from gateword.policy.user_import import HIDDEN, ItemFault, read, without_secrets

BCRYPT = "$2b$10$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO"
MD5 = {"algorithm": "md5", "hash": {"value": "0" * 32, "encoding": "hex"}}


def an_item(**more: Any) -> dict[str, Any]:
    """Return a good item with members changed."""
    return {"email": "ann@example.com", **more}


def test_item_is_read_into_a_user() -> None:
    """realms.md §6: each member finds its place, login names in their normal form."""
    found = read(
        an_item(
            email=" Ann@Example.COM", email_verified=True, user_id="auth0|7", username="Ann",
            given_name="A", family_name="B", name="C", nickname="D", picture="https://p",
            phone_number="+15550100", phone_verified=True, blocked=True, password_hash=BCRYPT,
            app_metadata={"a": 1}, user_metadata={"b": 2},
            mfa_factors=[{"phone": {"value": "+15550100"}}],
        ),
        "Db",
    )  # fmt: skip
    assert isinstance(found, Arrival)
    new = found.new
    assert ("ann@example.com", "ann", "+15550100", "auth0|7", "Db") == (
        new.email, new.username, new.phone_number, new.local_id, new.connection,
    )  # fmt: skip
    assert (True, True, True) == (new.email_verified, new.phone_verified, new.blocked)
    assert {
        "name": "C", "nickname": "D", "given_name": "A", "family_name": "B", "picture": "https://p",
    } == new.profile  # fmt: skip
    assert ({"a": 1}, {"b": 2}) == (new.app_metadata, new.user_metadata)
    assert Secret(BCRYPT) == new.password_hash
    assert Secret('[{"phone":{"value":"+15550100"}}]') == found.factors
    assert not found.is_custom


def test_item_needs_no_more_than_an_address() -> None:
    """Absent switches are off; nothing is given that was not."""
    found = read(an_item(), "Db")
    assert isinstance(found, Arrival)
    assert (False, False, None, frozenset({"email"})) == (
        found.new.email_verified, found.new.blocked, found.new.password_hash, found.given,
    )  # fmt: skip


BAD: dict[str, tuple[object, str, str]] = {
    "no object": (5, "INVALID_TYPE", ""),
    "nobody": ({}, "OBJECT_MISSING_REQUIRED_PROPERTY", "email"),
    "unknown member": (an_item(password="x"), "OBJECT_ADDITIONAL_PROPERTIES", "password"),
    "no address": (an_item(email="x"), "INVALID_FORMAT", "email"),
    "address that is null": (an_item(email=None), "INVALID_TYPE", "email"),
    "address that is a number": (an_item(email=5), "INVALID_TYPE", "email"),
    "empty name": (an_item(name=""), "MIN_LENGTH", "name"),
    "name without end": (an_item(name="x" * 301), "MAX_LENGTH", "name"),
    "username with a space": (an_item(username="a b"), "INVALID_FORMAT", "username"),
    "username that is an address": (an_item(username="a@b"), "INVALID_FORMAT", "username"),
    "phone without a plus": (an_item(phone_number="5550100"), "INVALID_FORMAT", "phone_number"),
    "id with a space": (an_item(user_id="a b"), "INVALID_FORMAT", "user_id"),
    "switch in words": (an_item(blocked="true"), "INVALID_TYPE", "blocked"),
    "metadata that are a list": (an_item(user_metadata=[]), "INVALID_TYPE", "user_metadata"),
    "both hashes": (
        an_item(password_hash=BCRYPT, custom_password_hash=MD5),
        "ONE_OF_MULTIPLE",
        "custom_password_hash",
    ),
    "hash that is none": (an_item(password_hash="x"), "INVALID_FORMAT", "password_hash"),
    "custom hash that is empty": (
        an_item(custom_password_hash={}), "OBJECT_MISSING_REQUIRED_PROPERTY",
        "custom_password_hash",
    ),
    "custom hash that is text": (
        an_item(custom_password_hash="x"), "INVALID_TYPE", "custom_password_hash",
    ),
    "custom hash with a fault": (
        an_item(custom_password_hash=MD5 | {"keylen": 1, "pepper": 1}),
        "INVALID_FORMAT",
        "custom_password_hash.pepper",
    ),
    "no factors": (an_item(mfa_factors=[]), "INVALID_TYPE", "mfa_factors"),
    "eleven factors": (
        an_item(mfa_factors=[{"email": {"value": "a@b"}}] * 11), "INVALID_TYPE", "mfa_factors",
    ),
    "factor of no known kind": (
        an_item(mfa_factors=[{"totp": {"secret": "JBSWY3DPEHPK3PXP"}}, {"push": {"value": "x"}}]),
        "INVALID_FORMAT",
        "mfa_factors.1",
    ),
    "two factors in one": (
        an_item(mfa_factors=[{"email": {"value": "a@b"}, "phone": {"value": "+15550100"}}]),
        "INVALID_FORMAT",
        "mfa_factors.0",
    ),
    "seed that is not base32": (
        an_item(mfa_factors=[{"totp": {"secret": "not base32!"}}]), "INVALID_FORMAT",
        "mfa_factors.0",
    ),
    "factor without a value": (
        an_item(mfa_factors=[{"email": {}}]), "INVALID_FORMAT", "mfa_factors.0",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("item", "code", "path"), BAD.values(), ids=BAD.keys())
def test_item_that_is_wrong_says_where(item: object, code: str, path: str) -> None:
    """realms.md §6: one fault with its code and its path."""
    found = read(item, "Db")
    assert isinstance(found, list)
    assert [(code, path)] == [(fault.code, fault.path) for fault in found]


@pytest.mark.parametrize(
    "name",
    [
        "__tenant",
        "_id",
        "blocked",
        "clientID",
        "created_at",
        "email_verified",
        "email",
        "globalClientID",
        "global_client_id",
        "identities",
        "lastIP",
        "lastLogin",
        "loginsCount",
        "metadata",
        "multifactor_last_modified",
        "multifactor",
        "updated_at",
        "user_id",
    ],
)
def test_app_metadata_refuses_reserved_names(name: str) -> None:
    """realms.md §6: the eighteen names, and no other."""
    found = read(an_item(app_metadata={name: 1}), "Db")
    assert isinstance(found, list)
    assert f"app_metadata.{name}" == found[0].path
    assert isinstance(read(an_item(user_metadata={name: 1}), "Db"), Arrival)


def test_every_fault_is_told_at_once() -> None:
    """Who mends a file wants to do it once."""
    found = read({"email": "x", "colour": 1, "blocked": 1}, "Db")
    assert isinstance(found, list)
    assert {"email", "colour", "blocked"} == {fault.path for fault in found}


@pytest.mark.parametrize("item", [{"username": "ann"}, {"phone_number": "+15550100"}])
def test_user_without_an_address_goes_by_another_name(item: dict[str, Any]) -> None:
    """What lives here without an e-mail address can be exported and imported again."""
    assert isinstance(read(item, "Db"), Arrival)


def test_errors_show_an_item_without_its_secrets() -> None:
    """D10: hashes, seeds and passwords by mistake are hidden, the rest helps to find the row."""
    item = an_item(
        password_hash="a", custom_password_hash={"b": 1}, mfa_factors=[1], password="c", name="N"
    )
    hidden = ("password_hash", "custom_password_hash", "mfa_factors", "password")
    assert an_item(name="N", **dict.fromkeys(hidden, HIDDEN)) == without_secrets(item)
    assert {} == without_secrets(5)
    assert {"code": "C", "message": "m", "path": "p"} == ItemFault("C", "m", "p").document()
