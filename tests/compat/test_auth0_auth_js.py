"""npm `@auth0/auth0-auth-js`, unmodified, does against Gateword what it does against Auth0.

It begins with discovery, posts forms, and sends `realm` with plain grant `password`.
"""

import pytest

from tests.compat.shop import AUDIENCE, CLIENT_ID, CLIENT_SECRET, PASSWORD
from tests.support import node
from tests.support.served import Served

SCOPE = "openid email offline_access read:orders"


class AuthClient:
    """The SDK's AuthClient in Node, one call at a time."""

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
        package = "@auth0/auth0-auth-js"
        answer = node.run("auth0-auth-js.mjs", ask, self._served.env, package)
        assert isinstance(answer, dict)
        return answer

    def log_in(self, password: str = PASSWORD) -> dict[str, dict[str, object]]:
        """Log Eve in to realm Employees."""
        return self.call(
            "getTokenByPassword",
            username="eve@example.com",
            password=password,
            realm="Employees",
            audience=AUDIENCE,
            scope=SCOPE,
        )


@pytest.fixture
def sdk(shop: Served) -> AuthClient:
    """The SDK, pointed at the served shop."""
    return AuthClient(shop)


def test_password_with_realm_answers_all_tokens(sdk: AuthClient) -> None:
    """A realm sent with grant `password` is honoured: Eve lives in Employees only."""
    tokens = sdk.log_in()["value"]

    assert {"accessToken", "idToken", "refreshToken", "expiresAt", "scope"} <= set(tokens)
    claims = tokens["claims"]
    assert isinstance(claims, dict)
    assert "eve@example.com" == claims["email"]


def test_password_without_realm_asks_the_default_directory(sdk: AuthClient) -> None:
    """Without a realm the default directory answers."""
    tokens = sdk.call(
        "getTokenByPassword", username="ann@example.com", password=PASSWORD, scope="openid email"
    )["value"]

    claims = tokens["claims"]
    assert isinstance(claims, dict)
    assert "ann@example.com" == claims["email"]


def test_wrong_password_throws_its_own_error(sdk: AuthClient) -> None:
    """A wrong password throws TokenByPasswordError with Auth0's code and text as its cause."""
    error = sdk.log_in(password="wrong")["error"]

    assert "TokenByPasswordError" == error["name"]
    assert 403 == error["status"]
    assert "invalid_grant" == error["error"]
    assert "Wrong email or password." == error["error_description"]


def test_refresh_token_answers_a_new_access_token(sdk: AuthClient) -> None:
    """A refresh token buys another access token."""
    refresh = str(sdk.log_in()["value"]["refreshToken"])

    assert "accessToken" in sdk.call("getTokenByRefreshToken", refreshToken=refresh)["value"]


def test_revoked_refresh_token_throws_its_own_error(sdk: AuthClient) -> None:
    """After revocation the refresh token is refused with Auth0's text."""
    refresh = str(sdk.log_in()["value"]["refreshToken"])

    assert "value" in sdk.call("revokeToken", token=refresh)

    error = sdk.call("getTokenByRefreshToken", refreshToken=refresh)["error"]
    assert "TokenByRefreshTokenError" == error["name"]
    assert "invalid_grant" == error["error"]
    assert "Unknown or invalid refresh token." == error["error_description"]


def test_client_credentials_answers_a_token(sdk: AuthClient) -> None:
    """A machine gets a token in its own name."""
    assert "accessToken" in sdk.call("getTokenByClientCredentials", audience=AUDIENCE)["value"]


def test_user_info_answers_the_profile(sdk: AuthClient) -> None:
    """An access token with openid opens the profile of its user."""
    access = str(sdk.log_in()["value"]["accessToken"])

    assert "eve@example.com" == sdk.call("getUserInfo", accessToken=access)["value"]["email"]
