"""A second tenant, added by command, shares nothing with the first; Host chooses between them."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
import jwt
import pytest

from gateword.app import opened
from tests.served.asks import KEY_SET, TOKEN, login, machine, wait_until
from tests.served.house import (
    CHEAP_HASHES,
    PASSWORD,
    STEADY,
    furnish,
    prepared,
    settings_of,
)
from tests.support.postgres import PostgresServer
from tests.support.served import Served

SEEN_WITHIN_S: Final = 1.0
OPENID: Final = {"scope": "openid email", "audience": ""}
"""Asks for an opaque token, which `/userinfo` takes."""


@dataclass(frozen=True, slots=True)
class Two:
    """A running instance with two tenants.

    Attributes:
        second: What `gateword tenants add` printed.
        alone: Status of an unknown Host while there was one tenant, and the issuer it was told.
    """

    served: Served
    second: Mapping[str, Any]
    alone: tuple[int, str]

    def client(self, domain: str) -> httpx.Client:
        """Return a client that reaches a tenant by its Host."""
        client = self.served.client()
        client.headers["host"] = domain
        return client

    @property
    def domains(self) -> tuple[str, str]:
        """Domains of the first and the second tenant."""
        return self.served.domain, self.second["domain"]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def two(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    """Two furnished tenants on each engine in turn; the second was added while the first ran."""
    folder = tmp_path_factory.mktemp("tenants")
    if request.param == "sqlite":
        yield from _two(prepared(folder, "", CHEAP_HASHES))
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database() as url:
        yield from _two(prepared(folder, url, CHEAP_HASHES))


def _two(served: Served) -> Iterator[Two]:
    served.start()
    try:
        alone = _discovery(served, "unknown.example")
        domain = f"acme.localhost:{served.port}"
        printed = served.gateword("tenants", "add", "acme", "--domain", domain, "--json")
        asyncio.run(_furnish(served, "acme"))
        two = Two(served, json.loads(printed), (alone.status_code, alone.json()["issuer"]))
        wait_until(
            lambda: _discovery(served, domain).json()["issuer"] != two.alone[1], SEEN_WITHIN_S
        )
        yield two
    finally:
        served.stop()


async def _furnish(served: Served, tenant: str) -> None:
    async with opened(settings_of(served), tenant) as house:
        await furnish(house)


def _discovery(served: Served, host: str) -> httpx.Response:
    with served.client() as client:
        return client.get("/.well-known/openid-configuration", headers={"host": host})


def test_host_when_unknown_is_served_by_an_only_tenant(two: Two) -> None:
    """One tenant answers to every Host, and calls itself what its settings say."""
    assert (200, two.served.issuer) == two.alone


def test_host_when_unknown_to_two_tenants_is_misdirected(two: Two) -> None:
    """With two tenants nobody guesses whom a strange Host means."""
    answer = _discovery(two.served, "unknown.example")

    assert (421, "misdirected_request") == (answer.status_code, answer.json()["error"])


def test_issuer_is_the_tenants_own(two: Two) -> None:
    """Discovery and tokens name the domain from the tenant's settings, never a Host as it came."""
    for domain in two.domains:
        shouted = _discovery(two.served, domain.upper()).json()
        with two.client(domain) as client:
            token = client.post(TOKEN, data=machine(STEADY)).json()["access_token"]
        claims = jwt.decode(token, options={"verify_signature": False})

        assert f"https://{domain}/" == shouted["issuer"] == claims["iss"]
        assert f"https://{domain}/oauth/token" == shouted["token_endpoint"]


def test_keys_are_the_tenants_own(two: Two) -> None:
    """No key signs for two tenants."""
    kids = [_kids(two, domain) for domain in two.domains]

    assert [2, 2] == [len(own) for own in kids]
    assert set() == kids[0] & kids[1]


def test_person_when_in_both_tenants_is_two_people(two: Two) -> None:
    """The same e-mail address and password are different subjects in different tenants."""
    subjects = {_userinfo(two, domain, _token(two, domain)).json()["sub"] for domain in two.domains}

    assert 2 == len(subjects)


def test_token_when_of_the_other_tenant_opens_nothing(two: Two) -> None:
    """Opaque tokens, JWTs and refresh tokens are worth something where they were issued only."""
    here, there = two.domains
    opaque = _token(two, here)
    granted = _granted(two, here, {})

    assert 200 == _userinfo(two, here, opaque).status_code
    assert 401 == _userinfo(two, there, opaque).status_code
    assert 401 == _userinfo(two, there, granted["access_token"]).status_code
    with two.client(there) as client:
        asked = {"token": granted["access_token"], **STEADY.proof()}
        assert {"active": False} == client.post("/oauth/introspect", data=asked).json()
        form = {"grant_type": "refresh_token", "refresh_token": granted["refresh_token"]}
        assert 403 == client.post(TOKEN, data=form | STEADY.proof()).status_code


def test_client_when_of_the_other_tenant_is_unknown(two: Two) -> None:
    """The management client of one tenant is nobody in the other."""
    here, there = two.domains
    proof = {
        "client_id": two.second["management"]["client_id"],
        "client_secret": two.second["management"]["client_secret"],
        "audience": two.second["management"]["audience"],
        "grant_type": "client_credentials",
    }
    with two.client(there) as own, two.client(here) as other:
        assert 200 == own.post(TOKEN, data=proof).status_code
        assert 401 == other.post(TOKEN, data=proof).status_code


def test_logs_are_the_tenants_own(two: Two) -> None:
    """What one tenant was asked is in its log alone."""
    with two.client(two.second["domain"]) as client:
        client.post(TOKEN, data=machine(STEADY), headers={"user-agent": "only-acme"})

    assert "only-acme" in two.served.gateword("logs", "--tenant", "acme", "-n", "500", "--json")
    assert "only-acme" not in two.served.gateword("logs", "-n", "500", "--json")


def _kids(two: Two, domain: str) -> set[str]:
    with two.client(domain) as client:
        return {key["kid"] for key in client.get(KEY_SET).json()["keys"]}


def _granted(two: Two, domain: str, changes: Mapping[str, str]) -> dict[str, str]:
    with two.client(domain) as client:
        answer = client.post(TOKEN, data={**login(STEADY, password=PASSWORD), **changes})
    body: dict[str, str] = answer.json()
    return body


def _token(two: Two, domain: str) -> str:
    return _granted(two, domain, OPENID)["access_token"]


def _userinfo(two: Two, domain: str, token: str) -> httpx.Response:
    with two.client(domain) as client:
        return client.get("/userinfo", headers={"authorization": f"Bearer {token}"})
