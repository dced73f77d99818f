"""Tokens say who and for whom, whatever the user's profile says."""

import json
from datetime import UTC, datetime
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from gateword.domain.user import User
from gateword.policy.claims import about, access_token, id_token, userinfo
from gateword.policy.scopes import OIDC
from gateword.policy.timestamp import written
from tests.support.factories import an_api
from tests.unit.makers import a_login, a_person

Scopes: TypeAlias = tuple[str, ...]

texts = st.text(max_size=20)
profiles = st.dictionaries(
    st.sampled_from(
        [
            "name",
            "nickname",
            "picture",
            "address",
            "sub",
            "iss",
            "aud",
            "exp",
            "iat",
            "email",
            "scope",
        ]
    )
    | texts,
    st.none() | texts | st.dictionaries(texts, texts, max_size=2),
    max_size=8,
)
people = st.builds(
    a_person,
    email=st.none() | texts,
    phone_number=st.none() | texts,
    email_verified=st.booleans(),
    profile=profiles,
)
granted = st.lists(st.sampled_from([*OIDC, "offline_access", "read:orders"]), unique=True).map(
    tuple
)
dialects = st.sampled_from(
    ["access_token", "access_token_authz", "rfc9068_profile", "rfc9068_profile_authz"]
)
KNOWN = {
    "name", "nickname", "given_name", "family_name", "middle_name", "picture", "updated_at",
    "email", "email_verified", "phone_number", "phone_number_verified", "address",
}  # fmt: skip


@given(people, granted)
def test_claims_about_a_user_are_standard_and_have_values(user: User, scopes: Scopes) -> None:
    """§2.4: only standard claims, none null or empty, whatever the profile holds."""
    claims = about(user, scopes)
    assert set(claims) <= KNOWN
    assert not [name for name, value in claims.items() if value in (None, "")]


@given(people, granted)
def test_more_scopes_only_add_claims(user: User, scopes: Scopes) -> None:
    """§2.4: each scope opens claims; none closes what another opened."""
    every = about(user, OIDC)
    assert about(user, scopes).items() <= every.items()


@given(people, granted)
def test_subject_issuer_and_audience_are_never_the_profiles(user: User, scopes: Scopes) -> None:
    """A profile cannot speak for the issuer."""
    login = a_login(user=user, scopes=scopes)
    claims = id_token(login, at=1, expires_at=2)
    assert ("https://auth.example.com/", user.user_id, "shop-client-id", 1, 2) == tuple(
        claims[name] for name in ("iss", "sub", "aud", "iat", "exp")
    )
    assert user.user_id == userinfo(user, scopes)["sub"]


@given(people, granted, dialects, st.none() | granted)
def test_access_token_has_nothing_of_the_profile(
    user: User, scopes: Scopes, dialect: str, permissions: Scopes | None
) -> None:
    """§2.3: an access token names the user and what is granted; it is JSON without nulls."""
    login = a_login(
        user=user,
        scopes=scopes,
        permissions=permissions,
        api=an_api("https://api", token_dialect=dialect),
    )
    claims = access_token(login, at=1, expires_at=2, jti="j")
    allowed = {"iss", "sub", "aud", "iat", "exp", "scope", "gty", "azp", "jti", "client_id"}
    assert set(claims) <= allowed | {"permissions"}
    assert (permissions is not None) == ("permissions" in claims)
    assert bool(scopes) == ("scope" in claims)
    assert ("jti" in claims) != ("gty" in claims)
    assert None not in claims.values()
    assert claims == json.loads(json.dumps(claims))


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2999, 1, 1)))  # noqa: DTZ001  Hypothesis adds the zone
def test_time_is_read_back_to_the_millisecond(at: datetime) -> None:
    """A written time is the same time, cut to milliseconds."""
    aware = at.replace(tzinfo=UTC)
    cut = aware.replace(microsecond=aware.microsecond // 1000 * 1000)
    assert cut == datetime.fromisoformat(written(aware))
