"""Connections that go to an address that somebody has looked at, whatever the name says next."""

import ssl
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

import httpcore

MOST_CONNECTIONS: Final = 32
_KEEPALIVE_S: Final = 15.0


class Pinned(httpcore.AsyncNetworkBackend):
    """Looks a name up, and connects to what was found.

    Args:
        address_of: Returns the address for a host and a port, or raises.
    """

    def __init__(self, address_of: Callable[[str, int], Awaitable[str]]) -> None:
        self._address_of = address_of
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # its caller's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        address = await self._address_of(host, port)
        return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


def pool(
    address_of: Callable[[str, int], Awaitable[str]], trust: ssl.SSLContext
) -> httpcore.AsyncConnectionPool:
    """Return a pool of connections of which each goes to a looked-at address."""
    return httpcore.AsyncConnectionPool(
        ssl_context=trust,
        max_connections=MOST_CONNECTIONS,
        keepalive_expiry=_KEEPALIVE_S,
        network_backend=Pinned(address_of),
    )
