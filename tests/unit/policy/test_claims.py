from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from gateword.domain.user import User
from gateword.policy.claims import (
    about,
    access_token,
    audience,
    id_token,
    machine_token,
    userinfo,
)
from gateword.policy.scopes import OIDC
from gateword.policy.timestamp import written
from tests.support.factories import an_api
from tests.unit.makers import NOW, a_login, a_person

ISSUER = "https://auth.example.com/"
USERINFO = "https://auth.example.com/userinfo"
SUB = "auth0|5f7c8ec7c33c6c004bbafe82"
API = "https://orders"


def claims_of(**more: Any) -> dict[str, object]:
    """Return the claims of a user's access token for the API with that dialect."""
    dialect = more.pop("dialect", "access_token")
    login = a_login(api=an_api(API, token_dialect=dialect, enforce_policies=True), **more)
    return access_token(login, at=1000, expires_at=2000, jti="j1")


def test_access_token_says_its_claims_in_the_known_order() -> None:
    """§2.3: iss, sub, aud, iat, exp, scope, gty, azp, in the order of real tokens."""
    expected = {
        "iss": ISSUER,
        "sub": SUB,
        "aud": [API, USERINFO],
        "iat": 1000,
        "exp": 2000,
        "scope": "openid read:orders",
        "gty": "password",
        "azp": "shop-client-id",
    }
    assert list(expected.items()) == list(claims_of(scopes=("openid", "read:orders")).items())


def test_access_token_leaves_scope_out_when_nothing_is_granted() -> None:
    """§2.3: an empty scope is absent."""
    assert ["iss", "sub", "aud", "iat", "exp", "gty", "azp"] == list(claims_of())


@pytest.mark.parametrize(
    ("gty", "expected"),
    [("password", "password"), (("refresh_token", "password"), ["refresh_token", "password"])],
)
def test_access_token_says_each_grant_it_came_by(gty: object, expected: object) -> None:
    """§3: a refreshed token keeps the original grant in a list."""
    assert expected == claims_of(gty=gty)["gty"]


@pytest.mark.parametrize(
    ("dialect", "last"),
    [
        ("access_token", ["gty", "azp"]),
        ("access_token_authz", ["gty", "azp", "permissions"]),
        ("rfc9068_profile", ["jti", "client_id"]),
        ("rfc9068_profile_authz", ["jti", "client_id", "permissions"]),
    ],
)
def test_access_token_ends_as_its_dialect_says(dialect: str, last: list[str]) -> None:
    """§2.3: jti and client_id stand in for gty and azp; `_authz` adds permissions."""
    permissions = () if dialect.endswith("_authz") else None
    claims = claims_of(dialect=dialect, permissions=permissions)
    assert ["iss", "sub", "aud", "iat", "exp", *last] == list(claims)


def test_access_token_lists_all_permissions_also_when_there_are_none() -> None:
    """§2.2: `permissions` does not depend on scope, and is [] when the user has none."""
    assert [] == claims_of(permissions=())["permissions"]
    assert ["a:b", "c:d"] == claims_of(permissions=("a:b", "c:d"))["permissions"]


@pytest.mark.parametrize(
    ("alg", "scopes", "expected"),
    [
        ("RS256", ("openid",), [API, USERINFO]),
        ("PS256", ("openid",), [API, USERINFO]),
        ("HS256", ("openid",), API),
        ("RS256", ("email",), API),
        ("RS256", (), API),
    ],
)
def test_audience_has_userinfo_when_others_can_check_the_key(
    alg: str, scopes: tuple[str, ...], expected: object
) -> None:
    """§2.3: with `openid` and an asymmetric key the token opens /userinfo too."""
    assert expected == audience(a_login(api=an_api(API, signing_alg=alg), scopes=scopes))


def test_audience_is_userinfo_when_there_is_no_api() -> None:
    """§2.1: without an API the token is for /userinfo alone."""
    assert USERINFO == audience(a_login())


@pytest.mark.parametrize(
    ("dialect", "enforce", "last"),
    [
        ("access_token", True, ["scope", "gty", "azp"]),
        ("access_token_authz", False, ["scope", "gty", "azp"]),
        ("access_token_authz", True, ["scope", "gty", "azp", "permissions"]),
        ("rfc9068_profile", True, ["scope", "jti", "client_id"]),
        ("rfc9068_profile_authz", True, ["scope", "jti", "client_id", "permissions"]),
    ],
)
def test_machine_token_says_what_its_dialect_says(
    dialect: str, *, enforce: bool, last: list[str]
) -> None:
    """§2.3: a machine's token has the same shape; its subject is `{client_id}@clients`."""
    api = an_api(API, token_dialect=dialect, enforce_policies=enforce, token_lifetime_s=60)
    claims = machine_token(
        ISSUER, "shop", api, at=1000, jti="j1", scopes=("read:orders",), custom={}
    )
    assert ["iss", "sub", "aud", "iat", "exp", *last] == list(claims)
    assert ("shop@clients", API, 1000, 1060) == tuple(
        claims[name] for name in ("sub", "aud", "iat", "exp")
    )


def test_machine_token_leaves_scope_out_when_nothing_is_granted() -> None:
    """§2.3: an empty scope is absent."""
    claims = machine_token(ISSUER, "shop", an_api(API), at=0, jti="j", scopes=(), custom={})
    assert ["iss", "sub", "aud", "iat", "exp", "gty", "azp"] == list(claims)
    assert "client-credentials" == claims["gty"]


def test_claim_of_a_script_does_not_stand_for_the_machines_own() -> None:
    """What scripts put into a machine's token stands in front, and its own claims win."""
    custom = {"iss": "x", "plan": "gold"}
    claims = machine_token(ISSUER, "shop", an_api(API), at=0, jti="j", scopes=(), custom=custom)
    assert (ISSUER, "gold") == (claims["iss"], claims["plan"])


def test_id_token_is_about_the_user_and_for_the_client() -> None:
    """§2.4: claims by scope, then iss, aud, sub, iat, exp."""
    claims = id_token(a_login(scopes=("openid", "email")), at=1000, expires_at=2000)
    expected = {
        "email": "ada@example.com",
        "email_verified": True,
        "iss": ISSUER,
        "aud": "shop-client-id",
        "sub": SUB,
        "iat": 1000,
        "exp": 2000,
    }
    assert list(expected.items()) == list(claims.items())


def test_id_token_cannot_be_someone_elses_by_profile() -> None:
    """A profile member named like a protocol claim changes nothing."""
    user = a_person(profile={"name": "Ada", "sub": "auth0|other", "iss": "https://evil/"})
    claims = id_token(a_login(user=user, scopes=OIDC), at=1, expires_at=2)
    assert (SUB, ISSUER) == (claims["sub"], claims["iss"])


@pytest.mark.parametrize(
    ("scopes", "members"),
    [
        ((), []),
        (("openid",), []),
        (("email",), ["email", "email_verified"]),
        (("phone",), ["phone_number", "phone_number_verified"]),
        (("profile",), ["name", "nickname", "picture", "updated_at"]),
        (("address",), []),
        (("offline_access", "read:orders"), []),
    ],
)
def test_scopes_open_their_claims_alone(scopes: tuple[str, ...], members: list[str]) -> None:
    """§2.4: each standard scope opens its own claims; absent ones are left out."""
    assert members == list(about(a_person(), scopes))


@pytest.mark.parametrize(
    "user",
    [
        a_person(email=None, phone_number=None, profile={}),
        a_person(email="", phone_number="", profile={"name": "", "picture": None}),
    ],
)
def test_claims_without_a_value_are_left_out(user: User) -> None:
    """§2.4: no claim is null or empty; unverified is said only of what there is."""
    assert {"updated_at": "2026-11-23T12:00:00.345Z"} == about(user, OIDC)


def test_unverified_is_said_as_false() -> None:
    """False is a value: it is not left out."""
    user = replace(a_person(), email_verified=False)
    assert about(user, ("email", "phone")) == {
        "email": "ada@example.com",
        "email_verified": False,
        "phone_number": "+15551234567",
        "phone_number_verified": False,
    }


def test_userinfo_begins_with_the_subject() -> None:
    """§4.1: `sub` always, first."""
    assert ["sub", "email", "email_verified"] == list(userinfo(a_person(), ("email",)))


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (NOW, "2026-11-23T12:00:00.345Z"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05.000Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 999_999, tzinfo=UTC), "2026-01-02T03:04:05.999Z"),
    ],
)
def test_time_is_written_with_milliseconds(at: datetime, expected: str) -> None:
    """Times are ISO 8601 with three digits and Z, rounded down."""
    assert expected == written(at)
