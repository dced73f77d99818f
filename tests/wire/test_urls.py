"""Every URL, every method, every Host."""

import json
from typing import Final

import httpx
import jwt
import pytest
from starlette.routing import Route

from tests.support.factories import PASSWORD
from tests.support.house import DOMAIN, House
from tests.wire.world import API, ISSUER, PASSWORDS, VALUES

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
PATHS: Final = (
    "/oauth/token",
    "/oauth/revoke",
    "/oauth/introspect",
    "/userinfo",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/.well-known/jwks.json",
    "/health",
    "/oauth/ro",
    "/tokeninfo",
    "/delegation",
)
NOWHERE: Final = ("/", "/nowhere", "/oauth", "/oauth/token/", "//oauth/token", "/api/v2/users")


def test_routes_are_all_walked(house: House) -> None:
    """I6: the tests below walk every route there is."""
    routes = house.app.routes

    assert sorted(PATHS) == sorted(route.path for route in routes if isinstance(route, Route))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", [*PATHS, *NOWHERE])
async def test_error_is_json_that_nobody_keeps(house: House, path: str, method: str) -> None:
    """I6: every error is JSON, not stored, not sniffed; 405 says what is allowed; no 5xx."""
    answer = await house.http.request(method, path)

    assert "nosniff" == answer.headers["x-content-type-options"]
    assert answer.status_code < 500
    if answer.is_error:
        assert "no-store" == answer.headers["cache-control"]
        assert "application/json" == answer.headers["content-type"]
        assert (answer.status_code == 405) == ("allow" in answer.headers)
        if method != "HEAD":
            assert {"error", "error_description"} <= json.loads(answer.content).keys()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", NOWHERE)
async def test_unknown_url_is_not_found(house: House, path: str, method: str) -> None:
    """I6: there is nothing at an unknown URL, by whatever method."""
    answer = await house.http.request(method, path)

    assert 404 == answer.status_code


@pytest.mark.parametrize("path", PATHS)
async def test_allowed_methods_are_those_that_answer(house: House, path: str) -> None:
    """I6: the methods of `Allow` do not answer 405, and all others do."""
    refused = await house.http.request("PROPFIND", path)
    allowed = set(refused.headers["allow"].split(", "))
    answers = {method: await house.http.request(method, path) for method in METHODS}

    assert allowed <= {name for name, answer in answers.items() if answer.status_code != 405}
    assert {"PUT", "PATCH", "DELETE", "TRACE"} <= {
        name for name, answer in answers.items() if answer.status_code == 405
    }


FOREIGN: Final = {
    "host": {"host": "evil.example"},
    "host with port": {"host": f"{DOMAIN}:8443"},
    "x-forwarded-host": {"x-forwarded-host": "evil.example"},
    "forwarded": {"forwarded": "host=evil.example;proto=http"},
    "x-forwarded-proto": {"x-forwarded-proto": "http"},
    "x-original-url": {"x-original-url": "https://evil.example/"},
}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
async def test_issuer_is_the_tenants_own(house: House, headers: dict[str, str]) -> None:
    """I7: issuer and links come from the tenant, whatever a stranger's headers say."""
    discovery = await house.http.get("/.well-known/openid-configuration", headers=headers)
    document = discovery.json()
    granted = await _login(house, headers)
    claims = [
        jwt.decode(granted[name], options={"verify_signature": False})
        for name in ("access_token", "id_token")
    ]

    assert ISSUER == document["issuer"]
    assert {True} == {
        value.startswith(ISSUER) for name, value in document.items() if name.endswith("_endpoint")
    }
    assert [ISSUER, ISSUER] == [one["iss"] for one in claims]


async def _login(house: House, headers: dict[str, str]) -> dict[str, str]:
    form = {
        "grant_type": PASSWORD,
        "username": "ann",
        "password": PASSWORDS["password"],
        "scope": "openid",
        "audience": API,
        "client_id": VALUES["web"],
        "client_secret": VALUES["web_secret"],
    }
    answer: httpx.Response = await house.http.post("/oauth/token", data=form, headers=headers)
    granted: dict[str, str] = answer.json()
    return granted


async def test_issuer_in_a_challenge_is_the_tenants_own(house: House) -> None:
    """I7: the realm of a challenge is not taken from Host either."""
    answer = await house.http.post(
        "/oauth/revoke", data={"client_id": "nobody"}, headers={"host": "evil.example"}
    )

    assert f'Basic realm="{DOMAIN}"' == answer.headers["www-authenticate"]
