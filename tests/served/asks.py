"""What tests ask a served instance, and how they wait for something to come true."""

import ssl
import time
from collections.abc import Callable
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
    return httpx.AsyncClient(
        base_url=served.base_url,
        verify=trust(served),
        trust_env=False,
        timeout=30,
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
    )


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
