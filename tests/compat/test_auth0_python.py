"""Auth0's Python SDK, unmodified, does against Gateword what it does against Auth0."""

import auth0
import jwt
import pytest
from auth0.authentication import GetToken, RevokeToken, Users
from auth0.authentication.exceptions import Auth0Error

from tests.compat.shop import AUDIENCE, CLIENT_ID, CLIENT_SECRET, PASSWORD
from tests.support import ran_against
from tests.support.served import Served

pytestmark = pytest.mark.usefixtures("trust")


@pytest.fixture
def tokens(shop: Served) -> GetToken:
    """The SDK's client of the token endpoint, in an environment that trusts the CA."""
    ran_against.note("auth0-python", auth0.__version__)
    return GetToken(shop.domain, CLIENT_ID, client_secret=CLIENT_SECRET)


def claims_of(token: str) -> dict[str, object]:
    """Read a token's claims without verifying it; the recipes verify."""
    claims: dict[str, object] = jwt.decode(token, options={"verify_signature": False})
    return claims


def test_login_with_realm_answers_all_tokens(tokens: GetToken, shop: Served) -> None:
    """A login into a named realm brings an access, an ID and a refresh token."""
    answer = tokens.login(
        "eve@example.com",
        PASSWORD,
        scope="openid profile email offline_access read:orders",
        realm="Employees",
        audience=AUDIENCE,
    )

    assert {"access_token", "id_token", "refresh_token", "expires_in", "scope", "token_type"} == (
        set(answer)
    )
    assert "Bearer" == answer["token_type"]
    access = claims_of(answer["access_token"])
    assert shop.issuer == access["iss"]
    assert CLIENT_ID == access["azp"]
    assert AUDIENCE in (access["aud"] if isinstance(access["aud"], list) else [access["aud"]])
    assert "eve@example.com" == claims_of(answer["id_token"])["email"]


def test_login_without_realm_asks_the_default_directory(tokens: GetToken) -> None:
    """Grant `password` logs in through the tenant's default directory."""
    answer = tokens.login("ann@example.com", PASSWORD, scope="openid email", grant_type="password")

    assert "ann@example.com" == claims_of(answer["id_token"])["email"]


def test_login_with_wrong_password_raises_its_own_error(tokens: GetToken) -> None:
    """A wrong password raises Auth0Error with Auth0's code and text."""
    with pytest.raises(Auth0Error) as raised:
        tokens.login("eve@example.com", "wrong", realm="Employees")

    assert 403 == raised.value.status_code
    assert "invalid_grant" == raised.value.error_code
    assert "Wrong email or password." == raised.value.message


def test_login_of_a_stranger_in_this_realm_is_the_same_error(tokens: GetToken) -> None:
    """A user of another realm is told what a wrong password is told."""
    with pytest.raises(Auth0Error) as raised:
        tokens.login("ann@example.com", PASSWORD, realm="Employees")

    assert "invalid_grant" == raised.value.error_code
    assert "Wrong email or password." == raised.value.message


def test_refresh_answers_a_new_access_token(tokens: GetToken) -> None:
    """A refresh token buys another access token for the same API and user."""
    first = tokens.login(
        "eve@example.com",
        PASSWORD,
        scope="openid offline_access read:orders",
        realm="Employees",
        audience=AUDIENCE,
    )

    second = tokens.refresh_token(first["refresh_token"])

    before, after = claims_of(first["access_token"]), claims_of(second["access_token"])
    assert before["sub"] == after["sub"]
    assert before["aud"] == after["aud"]


def test_refresh_with_narrower_scope_drops_the_rest(tokens: GetToken) -> None:
    """A scope sent with a refresh narrows the new access token."""
    first = tokens.login(
        "eve@example.com",
        PASSWORD,
        scope="openid offline_access read:orders write:orders",
        realm="Employees",
        audience=AUDIENCE,
    )

    second = tokens.refresh_token(first["refresh_token"], scope="read:orders")

    assert "read:orders" == claims_of(second["access_token"])["scope"]


def test_revoked_refresh_token_buys_nothing(tokens: GetToken, shop: Served) -> None:
    """After revocation the refresh token is refused with Auth0's text."""
    refresh = tokens.login(
        "eve@example.com", PASSWORD, scope="offline_access", realm="Employees", audience=AUDIENCE
    )["refresh_token"]

    RevokeToken(shop.domain, CLIENT_ID, client_secret=CLIENT_SECRET).revoke_refresh_token(refresh)

    with pytest.raises(Auth0Error) as raised:
        tokens.refresh_token(refresh)
    assert "invalid_grant" == raised.value.error_code
    assert "Unknown or invalid refresh token." == raised.value.message


def test_userinfo_answers_the_profile(tokens: GetToken, shop: Served) -> None:
    """An access token with openid opens the profile of its user."""
    answer = tokens.login("ann@example.com", PASSWORD, scope="openid email", grant_type="password")

    profile = Users(shop.domain).userinfo(answer["access_token"])

    assert claims_of(answer["id_token"])["sub"] == profile["sub"]
    assert "ann@example.com" == profile["email"]
    assert profile["email_verified"] is True


def test_client_credentials_answers_a_token_for_the_machine(tokens: GetToken) -> None:
    """A machine gets the scopes its client grant gives, in its own name."""
    answer = tokens.client_credentials(AUDIENCE)

    claims = claims_of(answer["access_token"])
    assert f"{CLIENT_ID}@clients" == claims["sub"]
    assert "client-credentials" == claims["gty"]
    assert "read:orders" == claims["scope"]


def test_wrong_client_secret_raises_its_own_error(shop: Served) -> None:
    """A wrong client secret raises Auth0Error with Auth0's code and text."""
    with pytest.raises(Auth0Error) as raised:
        GetToken(shop.domain, CLIENT_ID, client_secret="wrong").login("eve@example.com", PASSWORD)

    assert 401 == raised.value.status_code
    assert "access_denied" == raised.value.error_code
    assert "Unauthorized" == raised.value.message
