"""No secret of a whole scenario is found anywhere it was not handed to (promises D10 and K5)."""

import asyncio
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import httpx
import pytest

from gateword.app import opened
from gateword.settings import Settings
from tests.served.asks import TOKEN, login, machine, refresh
from tests.served.house import (
    CHEAP_HASHES,
    PEOPLE,
    STEADY,
    STRICT,
    furnish,
    prepared,
    settings_of,
)
from tests.served.what_is_written import database, is_written, tenant_log
from tests.support.postgres import PostgresServer
from tests.support.served import Served

PERSONAL: Final = f"canary-{secrets.token_hex(12)}-Pässwörd"
WRONG: Final = f"canary-{secrets.token_hex(12)}-wrong"
NEVER_A_TOKEN: Final = f"v1.canary{secrets.token_hex(24)}"
WRONG_CLIENT_SECRET: Final = f"canary-{secrets.token_hex(12)}-client"


@dataclass
class Scenario:
    """What was said to a server, and all that was written meanwhile.

    Attributes:
        handed_out: Secrets by the name of what they are.
        tokens: Every token that was answered.
        written: Everything written: output, files, tables, log.
    """

    handed_out: dict[str, str] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    written: bytes = b""

    def ask(self, client: httpx.Client, form: dict[str, str]) -> dict[str, str]:
        """Ask, and note the tokens of the answer."""
        body: dict[str, str] = client.post(TOKEN, data=form).json()
        self.tokens += [body[name] for name in body if name.endswith("_token")]
        return body


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def scenario(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scenario]:
    """A scenario of every grant, right and wrong, on each engine in turn."""
    folder = tmp_path_factory.mktemp("secrets")
    settings = {**CHEAP_HASHES, "userinfo_rate_per_min": 0}
    if request.param == "sqlite":
        yield _played(prepared(folder, "", settings), "")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database() as url:
        yield _played(prepared(folder, url, settings), url)


def _played(served: Served, database_url: str) -> Scenario:
    played = Scenario()
    printed = served.gateword("tenants", "add", "quiet", "--domain", f"quiet.{served.domain}")
    asyncio.run(_prepare(settings_of(served), played))
    served.start()
    try:
        with served.client() as client:
            client.headers["host"] = f"quiet.{served.domain}"
            _act(client, played)
        printed += served.gateword("keys", "rotate", "--tenant", "quiet")
        printed += served.gateword("clients", "list", "--tenant", "quiet")
        printed += served.gateword("clients", "show", STEADY.client_id, "--tenant", "quiet")
        printed += tenant_log(served, "quiet")
        written = database(served, database_url)
    finally:
        served.stop()
    played.written = printed.encode() + served.log.read_bytes() + written
    return played


async def _prepare(settings: Settings, played: Scenario) -> None:
    """Furnish the tenant, and note what it may not show."""
    async with opened(settings, "quiet") as house:
        await furnish(house, PERSONAL)
        keys = await house.parts.stores.signing_keys.all()
        clients = await house.parts.stores.clients.all()
    for key in keys:
        lines = key.private_pem.reveal().splitlines()
        played.handed_out[f"private key {key.state}"] = lines[len(lines) // 2]
    for client in clients:
        assert client.secret is not None
        played.handed_out[f"secret of {client.name}"] = client.secret.reveal()


def _act(client: httpx.Client, played: Scenario) -> None:
    """Ask rightly and wrongly, by form, by JSON and by header."""
    opaque = {"audience": "", "scope": "openid offline_access"}
    for shop in (STEADY, STRICT):
        for person in PEOPLE[:3]:
            first = played.ask(client, login(shop, person, PERSONAL))
            played.ask(client, refresh(shop, first["refresh_token"]))
            played.ask(client, machine(shop))
        played.ask(client, refresh(shop, first["refresh_token"]))  # a replay at the strict shop
        bearer = played.ask(client, login(shop, PEOPLE[0], PERSONAL) | opaque)["access_token"]
        header = {"authorization": f"Bearer {bearer}"}
        assert 200 == client.get("/userinfo", headers=header).status_code
        client.get("/userinfo", headers={"authorization": f"Bearer {NEVER_A_TOKEN}"})
        client.get("/userinfo", params={"access_token": NEVER_A_TOKEN})
        for path in ("/oauth/introspect", "/oauth/revoke"):
            for token in (*played.tokens[:2], NEVER_A_TOKEN):
                client.post(path, data={"token": token, **shop.proof()})
    wrong_proof = STEADY.proof() | {"client_secret": WRONG_CLIENT_SECRET}
    played.ask(client, login(STEADY, PEOPLE[0], WRONG))
    played.ask(client, login(STEADY, "nobody@example.com", WRONG))
    played.ask(client, login(STEADY, PEOPLE[0], PERSONAL) | wrong_proof)
    played.ask(client, refresh(STEADY, NEVER_A_TOKEN))
    client.post(TOKEN, json=login(STEADY, PEOPLE[0], WRONG))
    client.post(TOKEN, json={"password": [PERSONAL], "grant_type": "password"})
    client.post(TOKEN, content=json.dumps(login(STEADY, PEOPLE[0], PERSONAL))[:-1])
    client.post(TOKEN, data=machine(STEADY), auth=("steady", WRONG_CLIENT_SECRET))
    client.post(TOKEN, data={"grant_type": "password"}, auth=("steady", WRONG_CLIENT_SECRET))


def test_what_was_said_is_there_at_all(scenario: Scenario) -> None:
    """The search looks at what the scenario wrote: names and codes are found."""
    for name in (PEOPLE[0], "nobody@example.com", STEADY.client_id, "sepft", "fertft", "fp", "fu"):
        assert is_written(name, scenario.written), name
    assert len(scenario.tokens) > 20


def test_passwords_are_nowhere(scenario: Scenario) -> None:
    """Neither right nor wrong passwords are written, nor wrong client secrets and tokens."""
    said = (PERSONAL, WRONG, WRONG_CLIENT_SECRET, NEVER_A_TOKEN)

    assert [] == [one for one in said if is_written(one, scenario.written)]


def test_tokens_are_nowhere(scenario: Scenario) -> None:
    """No access, refresh or ID token is written, and no signature of one."""
    parts = [*scenario.tokens, *(token.rpartition(".")[2] for token in scenario.tokens)]

    assert [] == [one for one in parts if is_written(one, scenario.written)]


def test_client_secrets_and_private_keys_are_nowhere(scenario: Scenario) -> None:
    """What must be read back is encrypted, in the files as in the tables."""
    found = [name for name, one in scenario.handed_out.items() if is_written(one, scenario.written)]

    assert [] == found
    assert b"PRIVATE KEY" not in scenario.written
