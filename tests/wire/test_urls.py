"""Every URL, every method, every Host."""

import json
import re
from typing import Any, Final

import httpx
import jwt
import pytest
from starlette.routing import Route

from gateword.app import resources
from gateword.settings import Settings
from gateword.web.routes import application
from tests.support.factories import PASSWORD
from tests.support.house import DOMAIN, House
from tests.wire.world import API, ISSUER, PASSWORDS, VALUES

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
PROMISED: Final = {
    "/",
    "/oauth/token",
    "/oauth/revoke",
    "/oauth/introspect",
    "/userinfo",
    "/mfa/authenticators",
    "/mfa/authenticators/{id:whole}",
    "/mfa/associate",
    "/mfa/challenge",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/.well-known/jwks.json",
    "/health",
    "/livez",
    "/readyz",
    "/api/v2/openapi.json",
    "/api/v2/{rest:whole}",
    "/oauth/ro",
    "/tokeninfo",
    "/delegation",
}
NOWHERE: Final = ("/nowhere", "/oauth", "/oauth/token/", "//oauth/token", "/api/v3/users")
MEMBERS: Final = {
    "/api/v2/": {"statusCode", "error", "message"},
    "": {"error", "error_description"},
}
"""What every JSON error of a face has, by how its paths begin."""

PAGES: Final = ("/u/", "/mfa/enrollment")
"""People read what is answered here: errors are pages too."""


def paths() -> list[str]:
    """Return a path for each route that is declared."""
    nobody: Any = None
    routes = application(Settings(), nobody, resources).routes
    return [route.path for route in routes if isinstance(route, Route)]


def at(path: str) -> str:
    """Return a URL that a route answers."""
    return re.sub(r"\{[^}]+\}", "rules-configs", path)


PATHS: Final = paths()


def test_routes_are_all_walked() -> None:
    """I6: the tests below walk every route there is, those that are promised for sure."""
    assert PROMISED <= set(PATHS)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", [*PATHS, *NOWHERE])
async def test_error_is_one_of_its_face_that_nobody_keeps(
    house: House, path: str, method: str
) -> None:
    """I6: errors have the form of their face; not stored, not sniffed; 405 has Allow; no 5xx."""
    answer = await house.http.request(method, at(path))

    assert "nosniff" == answer.headers["x-content-type-options"]
    assert answer.status_code < 500
    if answer.is_error:
        assert "no-store" == answer.headers["cache-control"]
        assert (answer.status_code == 405) == ("allow" in answer.headers)
        _is_of_its_face(path, answer)


def _is_of_its_face(path: str, answer: httpx.Response) -> None:
    if path.startswith(PAGES):
        assert answer.headers["content-type"].startswith("text/html")
        return
    assert "application/json" == answer.headers["content-type"]
    if answer.request.method != "HEAD":
        members = next(members for start, members in MEMBERS.items() if path.startswith(start))
        if path == "/api/v2/openapi.json":
            members = MEMBERS[""]
        assert members <= json.loads(answer.content).keys()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", NOWHERE)
async def test_unknown_url_is_not_found(house: House, path: str, method: str) -> None:
    """I6: there is nothing at an unknown URL, by whatever method."""
    answer = await house.http.request(method, path)

    assert 404 == answer.status_code


@pytest.mark.parametrize("path", PATHS)
async def test_allowed_methods_are_those_that_answer(house: House, path: str) -> None:
    """I6: the methods of `Allow` do not answer 405, and all others do."""
    refused = await house.http.request("PROPFIND", at(path))
    allowed = set(refused.headers["allow"].split(", "))
    heads = {"HEAD"} if "GET" in allowed else set()
    answers = {method: await house.http.request(method, at(path)) for method in METHODS}

    assert allowed | heads == {
        name for name, answer in answers.items() if answer.status_code != 405
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
