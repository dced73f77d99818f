"""Two tenants with the same names in them know nothing of each other."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any, Final

import httpx
import jwt
import pytest

from gateword.domain.secret import Secret
from gateword.ports.parts import Parts
from tests.support.factories import PASSWORD, REFRESH_TOKEN, a_connection, a_user, an_api
from tests.support.house import DOMAIN, House
from tests.support.stand_ins import START
from tests.wire.assertions import assertion
from tests.wire.world import API, CLIENTS, EMPLOYEES, ORIGIN, PASSWORDS, VALUES

OTHER: Final = "another.example"
OTHER_PASSWORD: Final = "a password of the other tenant"
OTHER_ORIGIN: Final = "https://another-shop.example"
WEB: Final = {"client_id": VALUES["web"], "client_secret": VALUES["web_secret"]}


@dataclass(frozen=True, slots=True)
class Twin:
    """The second tenant of a house.

    Attributes:
        http: Speaks to it.
    """

    house: House
    parts: Parts
    http: httpx.AsyncClient


@pytest.fixture
async def twin(house: House) -> AsyncIterator[Twin]:
    """A tenant with the same client, secret, API, realm, user and user id; the password differs."""
    parts = await house.add_tenant("another", OTHER)
    stores = parts.stores
    await stores.clients.put(replace(CLIENTS["web"], origins=frozenset({OTHER_ORIGIN})), START)
    await stores.clients.put(CLIENTS["signed"], START)
    directory = a_connection(EMPLOYEES, VALUES["web"], CLIENTS["signed"].client_id)
    await stores.connections.put(directory, START)
    await stores.resource_servers.put(an_api(API), START)
    connection = await stores.connections.named(EMPLOYEES)
    assert connection is not None
    hashed = await parts.hasher.hash(Secret(OTHER_PASSWORD))
    await stores.users.add(a_user(EMPLOYEES, "ann", password_hash=hashed), connection, START)
    await stores.settings.save(replace(await stores.settings.get(), default_directory=EMPLOYEES))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(house.app), base_url=f"https://{OTHER}"
    ) as http:
        yield Twin(house, parts, http)


async def _log_in(http: httpx.AsyncClient, password: str, **more: str) -> dict[str, Any]:
    form = {
        "grant_type": PASSWORD,
        "username": "ann@example.com",
        "password": password,
        "scope": "openid offline_access",
        **WEB,
        **more,
    }
    answer = await http.post("/oauth/token", data=form)
    granted: dict[str, Any] = {"status": answer.status_code, **answer.json()}
    return granted


async def _userinfo(http: httpx.AsyncClient, token: str) -> int:
    answer = await http.get("/userinfo", headers={"authorization": f"Bearer {token}"})
    return answer.status_code


async def test_password_counts_in_its_tenant(twin: Twin) -> None:
    """The same user id and e-mail have one password here and another one there."""
    here, there = twin.house.http, twin.http
    statuses = [
        (await _log_in(http, password))["status"]
        for http in (here, there)
        for password in (PASSWORDS["password"], OTHER_PASSWORD)
    ]

    assert [200, 403, 403, 200] == statuses


@pytest.mark.parametrize("more", [{}, {"audience": API}], ids=["opaque", "jwt"])
async def test_access_token_opens_its_tenant_only(twin: Twin, more: dict[str, str]) -> None:
    """A token of one tenant is nothing at the other, for the same user, client and API."""
    here = (await _log_in(twin.house.http, PASSWORDS["password"], **more))["access_token"]
    there = (await _log_in(twin.http, OTHER_PASSWORD, **more))["access_token"]

    assert (200, 401) == (await _userinfo(twin.house.http, here), await _userinfo(twin.http, here))
    assert (401, 200) == (
        await _userinfo(twin.house.http, there),
        await _userinfo(twin.http, there),
    )


async def test_refresh_token_is_unknown_elsewhere(twin: Twin) -> None:
    """The other tenant cannot exchange, revoke or inspect a refresh token, and harms nothing."""
    token = (await _log_in(twin.house.http, PASSWORDS["password"]))["refresh_token"]
    form = {"grant_type": REFRESH_TOKEN, "refresh_token": token, **WEB}
    exchanged = await twin.http.post("/oauth/token", data=form)
    revoked = await twin.http.post("/oauth/revoke", data={"token": token, **WEB})
    inspected = await twin.http.post("/oauth/introspect", data={"token": token, **WEB})
    own = await twin.house.http.post("/oauth/token", data=form)

    assert (403, 200, 200) == (exchanged.status_code, revoked.status_code, own.status_code)
    assert {"active": False} == inspected.json()


async def test_keys_and_issuers_are_their_own(twin: Twin) -> None:
    """Key sets share no key; each tenant's tokens carry its issuer and verify with its keys."""
    here, there = twin.house.http, twin.http
    sets = [
        {key["kid"]: key for key in (await http.get("/.well-known/jwks.json")).json()["keys"]}
        for http in (here, there)
    ]
    token = (await _log_in(there, OTHER_PASSWORD, audience=API))["access_token"]
    key = jwt.PyJWK(sets[1][jwt.get_unverified_header(token)["kid"]])
    options: Any = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(token, key, ["RS256"], audience=API, options=options)
    discovery = (await there.get("/.well-known/openid-configuration")).json()

    assert set() == sets[0].keys() & sets[1].keys()
    assert f"https://{OTHER}/" == claims["iss"] == discovery["issuer"]


async def test_assertion_is_for_one_issuer(twin: Twin) -> None:
    """The same client's assertion for one issuer proves nothing to the other."""
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion("good", int(twin.house.clock.now().timestamp())),
    }
    there = await twin.http.post("/oauth/token", data=form)
    here = await twin.house.http.post("/oauth/token", data=form)

    assert (401, "invalid_client") == (there.status_code, there.json()["error"])
    assert "Non-global clients are not allowed access to APIv1" == here.json()["error_description"]


async def test_log_is_its_own(twin: Twin) -> None:
    """What happens in one tenant leaves no row in the other's log."""
    await _log_in(twin.http, "wrong")
    await _log_in(twin.http, OTHER_PASSWORD)
    rows = await twin.parts.stores.logs.read(after=0, limit=100)

    assert [] == await twin.house.log()
    assert ["fp", "fepft", "sepft"] == [row.document["type"] for row in rows]
    assert {OTHER} == {row.document["hostname"] for row in rows}


async def test_origins_are_their_own(twin: Twin) -> None:
    """A browser origin of one tenant's client may not read the other's answers."""
    allowed = [
        "access-control-allow-origin"
        in (await http.options("/oauth/token", headers={"origin": origin})).headers
        for http in (twin.house.http, twin.http)
        for origin in (ORIGIN, OTHER_ORIGIN)
    ]

    assert [True, False, False, True] == allowed


async def test_deletion_stays_in_its_tenant(twin: Twin) -> None:
    """Deleting user and client in one tenant leaves those of the same id in the other alone."""
    token = (await _log_in(twin.house.http, PASSWORDS["password"]))["access_token"]
    await twin.parts.stores.users.remove(VALUES["ann"])
    await twin.parts.stores.clients.remove(VALUES["web"])

    assert 200 == await _userinfo(twin.house.http, token)
    assert 200 == (await _log_in(twin.house.http, PASSWORDS["password"]))["status"]
    assert 401 == (await _log_in(twin.http, OTHER_PASSWORD))["status"]


@pytest.mark.parametrize("host", ["somewhere.example", "", f"{DOMAIN}.evil.example", "127.0.0.1"])
@pytest.mark.parametrize(
    "path", ["/oauth/token", "/userinfo", "/.well-known/jwks.json", "/nowhere"]
)
async def test_strange_host_belongs_to_nobody(twin: Twin, path: str, host: str) -> None:
    """With two tenants a Host that names neither is 421 at every URL."""
    answer = await twin.http.get(path, headers={"host": host})

    assert (421, "misdirected_request") == (answer.status_code, answer.json()["error"])


@pytest.mark.parametrize("host", [DOMAIN, DOMAIN.upper(), f"{DOMAIN}:443"])
async def test_host_is_found_in_each_spelling(twin: Twin, host: str) -> None:
    """Case does not count in a Host, nor does the port that HTTPS has anyway."""
    answer = await twin.http.get("/.well-known/openid-configuration", headers={"host": host})

    assert f"https://{DOMAIN}/" == answer.json()["issuer"]
