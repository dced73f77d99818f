"""npm `auth0`, unmodified, does against Gateword what it does against Auth0.

Version 6 is the last with an AuthenticationClient; from version 7 on the package speaks to the
Management API alone, for which it still asks `/oauth/token` for a token of its own.
"""

from collections.abc import Mapping

import jwt
import pytest

from tests.compat.shop import AUDIENCE, CLIENT_ID, CLIENT_SECRET, PASSWORD
from tests.support import node
from tests.support.served import Served

WRONG_PASSWORD = {
    "class": "AuthApiError",
    "status": 403,
    "error": "invalid_grant",
    "error_description": "Wrong email or password.",
}


class Shop:
    """The SDK in Node, one call at a time."""

    def __init__(self, served: Served) -> None:
        self._served = served

    def call(self, call: str, **params: str) -> dict[str, dict[str, object]]:
        """Return `{"value": …}` or `{"error": …}` of one call of the SDK."""
        ask = {
            "domain": self._served.domain,
            "clientId": CLIENT_ID,
            "clientSecret": CLIENT_SECRET,
            "call": call,
            "params": params,
        }
        answer = node.run("auth0.mjs", ask, self._served.env, "auth0")
        assert isinstance(answer, dict)
        return answer

    def log_in(self, **params: str) -> dict[str, object]:
        """Log in to realm Employees and return the tokens."""
        asked = {"username": "eve@example.com", "password": PASSWORD, "realm": "Employees"}
        return self.call("passwordGrant", **asked, **params)["value"]


@pytest.fixture
def sdk(shop: Served) -> Shop:
    """The SDK, pointed at the served shop."""
    return Shop(shop)


def claims_of(token: object) -> Mapping[str, object]:
    """Read a token's claims without verifying it; the recipes verify."""
    claims: dict[str, object] = jwt.decode(str(token), options={"verify_signature": False})
    return claims


def test_password_grant_with_realm_answers_all_tokens(sdk: Shop) -> None:
    """A login into a named realm brings an access, an ID and a refresh token."""
    tokens = sdk.log_in(scope="openid email offline_access read:orders", audience=AUDIENCE)

    assert {"access_token", "id_token", "refresh_token"} <= set(tokens)
    assert "eve@example.com" == claims_of(tokens["id_token"])["email"]


def test_password_grant_without_realm_asks_the_default_directory(sdk: Shop) -> None:
    """Without a realm the SDK sends grant `password`: the default directory answers."""
    answer = sdk.call(
        "passwordGrant", username="ann@example.com", password=PASSWORD, scope="openid email"
    )

    assert "ann@example.com" == claims_of(answer["value"]["id_token"])["email"]


@pytest.mark.parametrize("realm", ["Employees", None])
def test_password_grant_with_wrong_password_throws_its_own_error(
    sdk: Shop, realm: str | None
) -> None:
    """A wrong password throws AuthApiError with Auth0's code and text, with and without realm."""
    params = {"username": "eve@example.com", "password": "wrong"}
    if realm is not None:
        params["realm"] = realm

    error = sdk.call("passwordGrant", **params)["error"]

    assert WRONG_PASSWORD == {name: error[name] for name in WRONG_PASSWORD}


def test_refresh_token_grant_answers_a_new_access_token(sdk: Shop) -> None:
    """A refresh token buys another access token for the same user."""
    first = sdk.log_in(scope="openid offline_access read:orders", audience=AUDIENCE)

    answer = sdk.call("refreshTokenGrant", refresh_token=str(first["refresh_token"]))

    second = claims_of(answer["value"]["access_token"])
    assert claims_of(first["access_token"])["sub"] == second["sub"]


def test_revoked_refresh_token_throws_its_own_error(sdk: Shop) -> None:
    """After revocation the refresh token is refused with Auth0's text."""
    refresh = str(sdk.log_in(scope="offline_access", audience=AUDIENCE)["refresh_token"])

    assert "value" in sdk.call("revokeRefreshToken", token=refresh)

    error = sdk.call("refreshTokenGrant", refresh_token=refresh)["error"]
    assert "AuthApiError" == error["class"]
    assert "invalid_grant" == error["error"]
    assert "Unknown or invalid refresh token." == error["error_description"]


def test_client_credentials_grant_answers_a_token_for_the_machine(sdk: Shop) -> None:
    """A machine gets the scopes its client grant gives."""
    answer = sdk.call("clientCredentialsGrant", audience=AUDIENCE)

    assert "read:orders" == claims_of(answer["value"]["access_token"])["scope"]


def test_user_info_answers_the_profile(sdk: Shop) -> None:
    """An access token with openid opens the profile of its user."""
    tokens = sdk.log_in(scope="openid email")

    answer = sdk.call("userInfo", accessToken=str(tokens["access_token"]))

    assert "eve@example.com" == answer["value"]["email"]


def test_user_info_with_a_forged_token_throws_its_own_error(sdk: Shop) -> None:
    """A token we did not issue opens nothing."""
    error = sdk.call("userInfo", accessToken="forged")["error"]

    assert "UserInfoError" == error["class"]
    assert 401 == error["status"]
    assert "invalid_token" == error["error"]


def test_management_package_gets_its_token(shop: Served) -> None:
    """The client that `gateword init` makes gets a Management API token through the SDK."""
    ask = {
        "domain": shop.domain,
        "clientId": shop.management.client_id,
        "clientSecret": shop.management.client_secret,
        "audience": shop.management.audience,
    }

    answer = node.run("auth0-management.mjs", ask, shop.env, "auth0-management")

    assert isinstance(answer, dict)
    assert shop.management.audience == claims_of(answer["value"])["aud"]
