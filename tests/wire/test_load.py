"""What a request and its answer in a file cannot show: clients that hang up, stop, or wait."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

import httpx

from gateword.domain.connection import Connection
from gateword.domain.secret import Secret
from gateword.grants.password import PasswordGrant
from gateword.login.story import Story
from gateword.ports.crypto import Asker
from gateword.ports.parts import Plugs
from gateword.ports.realm import Claimant, Unreachable, Verdict
from gateword.web.routes import application
from gateword.web.tenancy import Tenancy
from tests.support.busy import queue_full_of
from tests.support.factories import PASSWORD
from tests.support.house import DOMAIN, PEER, House, a_house
from tests.wire.world import PASSWORDS, VALUES

LOGIN: Final = {
    "grant_type": PASSWORD,
    "username": "ann",
    "password": PASSWORDS["password"],
    "client_id": VALUES["web"],
    "client_secret": VALUES["web_secret"],
}
Message = MutableMapping[str, Any]


def _asked(body: bytes) -> Callable[[], Awaitable[Message]]:
    """Return a `receive` that brings the body and then says that the client hung up."""
    messages: list[Message] = [
        {"type": "http.request", "body": body, "more_body": False},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return messages.pop(0)

    return receive


async def test_login_of_a_client_that_hung_up_is_dropped(house: House) -> None:
    """CLIENT_GONE: its hash is never computed, nobody is logged in, and the log says why."""
    sent: list[Message] = []
    free = threading.Event()
    occupied = asyncio.ensure_future(house.engines.pool.run(lambda: free.wait(30)))
    await asyncio.sleep(0)  # the only hashing thread is taken now

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/oauth/token",
        "query_string": b"",
        "headers": [
            (b"host", DOMAIN.encode()),
            (b"content-type", b"application/x-www-form-urlencoded"),
        ],
        "client": ("198.51.100.7", 1),
    }
    await house.app(scope, _asked(urlencode(LOGIN).encode()), send)
    free.set()
    await occupied
    ann = await house.parts.stores.users.by_id(VALUES["ann"])
    rows = [(row.document["type"], row.document["description"]) for row in await house.log()]

    assert [("fepft", "The client closed the connection before the answer.")] == rows
    assert 499 == sent[0]["status"]
    assert ann is not None
    assert 0 == ann.logins_count


async def test_body_that_stops_is_not_waited_for(world: Path, tmp_path: Path) -> None:
    """BODY_TOO_SLOW: a body that does not come in its time is 408."""

    async def stops() -> AsyncIterator[bytes]:
        yield b"grant_type="
        await asyncio.Event().wait()

    async with a_house(tmp_path, world, body_timeout_s=0.02) as house:
        answer = await house.http.post("/oauth/token", content=stops())

    assert (408, "invalid_request") == (answer.status_code, answer.json()["error"])
    assert "no-store" == answer.headers["cache-control"]


@dataclass(frozen=True, slots=True)
class SilentRealm:
    """A directory that does not answer."""

    strategy: ClassVar[str] = "auth0"

    async def claimant(self, connection: Connection, username: str) -> Claimant | Unreachable:
        """Know everybody by name."""
        del connection
        return Claimant(username)

    async def verify(self, connection: Connection, claimant: Claimant, password: Secret) -> Verdict:
        """Say that nobody could be asked."""
        del claimant, password
        return Unreachable(f"{connection.name} does not answer")


@dataclass(frozen=True, slots=True)
class OneTenancy:
    """Tenancies of a house with another realm plugged in."""

    tenancy: Tenancy

    async def at(self, host: str) -> Tenancy:
        """Return the one tenant."""
        del host
        return self.tenancy

    async def is_ready(self) -> bool:
        """Be ready."""
        return True

    async def readiness(self) -> Mapping[str, bool]:
        """Need nothing."""
        return {}


async def test_realm_that_does_not_answer_is_no_wrong_password(house: House) -> None:
    """REALM_UNREACHABLE: an answer of 503 says nothing about user or password; the log says why."""
    real = await house.houses.at(DOMAIN)
    grant = PasswordGrant(Story(real.parts, Plugs(realms={"auth0": SilentRealm()})))
    tenancy = replace(real, grants={PASSWORD: grant})
    app = application(house.engines.settings, OneTenancy(tenancy))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=f"https://{DOMAIN}"
    ) as http:
        answer = await http.post("/oauth/token", data=LOGIN)
    rows = [(row.document["type"], row.document["description"]) for row in await house.log()]

    assert (503, "temporarily_unavailable") == (answer.status_code, answer.json()["error"])
    assert [("fepft", "Employees does not answer")] == rows


async def test_hash_queue_that_is_full_is_503_and_forgets(house: House) -> None:
    """D4: over the bound a login is 503 with `Retry-After`; when there is room, it is granted."""
    async with queue_full_of(house, None):
        refused = await house.token(**LOGIN)
        cheap = await house.http.get("/.well-known/jwks.json")
    granted = await house.token(**LOGIN)

    assert (503, 200, 200) == (refused.status_code, cheap.status_code, granted.status_code)
    assert 1 <= int(refused.headers["retry-after"])


async def test_hash_queue_that_one_address_fills_is_open_to_another(house: House) -> None:
    """D4: who floods by a client is 503, and the same client's login from elsewhere is granted."""
    flooder = Asker(DOMAIN, VALUES["web"], PEER)
    async with queue_full_of(house, flooder) as free:
        refused, depth = await house.token(**LOGIN), house.engines.pool.depth()
        told = {"auth0-forwarded-for": "198.51.100.77"}
        other = asyncio.ensure_future(house.http.post("/oauth/token", data=LOGIN, headers=told))
        while house.engines.pool.depth() == depth and not other.done():
            await asyncio.sleep(0)
        free.set()
        granted = await other

    assert (503, 200) == (refused.status_code, granted.status_code)
