"""What tests ask a served instance, and how they wait for something to come true."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, TypeVar

import httpx

from tests.served.house import AUDIENCE, PASSWORD, PASSWORD_REALM, PEOPLE, REALM, Shop
from tests.support.served import Served

T = TypeVar("T")

TOKEN: Final = "/oauth/token"
KEY_SET: Final = "/.well-known/jwks.json"
LOOK_AGAIN_S: Final = 0.02


def login(shop: Shop, email: str = PEOPLE[0], password: str = PASSWORD) -> dict[str, str]:
    """Return the form of a realm login that asks for an ID token and a refresh token."""
    return {
        "grant_type": PASSWORD_REALM,
        "realm": REALM,
        "username": email,
        "password": password,
        "audience": AUDIENCE,
        "scope": "openid offline_access read:orders",
        **shop.proof(),
    }


def refresh(shop: Shop, refresh_token: str) -> dict[str, str]:
    """Return the form of a refresh."""
    return {"grant_type": "refresh_token", "refresh_token": refresh_token, **shop.proof()}


def machine(shop: Shop) -> dict[str, str]:
    """Return the form of a client_credentials ask."""
    return {"grant_type": "client_credentials", "audience": AUDIENCE, **shop.proof()}


def trust(served: Served) -> ssl.SSLContext:
    """Return a context that trusts only this instance's development CA."""
    return ssl.create_default_context(cafile=str(served.ca_cert))


def many(served: Served, connections: int) -> httpx.AsyncClient:
    """Return a client that opens up to that many connections to the instance."""
    return _client(served, trust(served), connections)


def _client(served: Served, trusted: ssl.SSLContext, connections: int) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=served.base_url,
        verify=trusted,
        trust_env=False,
        timeout=30,
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
    )


@asynccontextmanager
async def crowd(served: Served, count: int) -> AsyncIterator[Sequence[httpx.AsyncClient]]:
    """Give clients with a connection each that is open already.

    A client that has hundreds of connections looks through all of them at each step of each
    request; what it sends is no longer sent at once.
    """
    trusted = trust(served)
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(_client(served, trusted, 1)) for _ in range(count)
        ]
        await asyncio.gather(*(client.get("/health") for client in clients))
        yield clients


async def at_once(served: Served, forms: Iterable[dict[str, str]]) -> list[httpx.Response]:
    """Ask for tokens over a connection for each form, all of them opened before."""
    those = list(forms)
    async with crowd(served, len(those)) as clients:
        asks = zip(clients, those, strict=True)
        return await asyncio.gather(*(client.post(TOKEN, data=form) for client, form in asks))


def wait_until(look: Callable[[], T], within_s: float) -> T:
    """Return the first true value of `look`.

    Raises:
        AssertionError: None came in time; the last value is in the message.
    """
    give_up = time.monotonic() + within_s
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > give_up:
            raise AssertionError(f"not within {within_s} s; last seen: {seen!r}")
        time.sleep(LOOK_AGAIN_S)
