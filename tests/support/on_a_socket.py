"""Houses behind a real socket, by the server and the protocol that `gateword serve` starts."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

import httpx
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from gateword.web.protocol import BoundedHttp
from tests.support.house import DOMAIN, PEER, House

_HOST: Final = "127.0.0.1"
_LOOK_EVERY_S: Final = 0.005


class Socket:
    """A server at which houses live, one after the other: it takes its time to start and end."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._app: ASGIApp
        self._asks = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the house of the moment answer."""
        self._asks += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._asks -= 1

    @asynccontextmanager
    async def of(self, house: House) -> AsyncIterator[House]:
        """Serve a house; its client asks over the socket, as the proxy of the usual peer."""
        self._app = house.app
        headers = {"host": DOMAIN, "user-agent": "golden", "x-forwarded-for": PEER}
        async with httpx.AsyncClient(
            base_url=f"http://{_HOST}:{self._port}", headers=headers, trust_env=False
        ) as http:
            yield replace(house, http=http)
        while self._asks:  # one whose answer has come may have its end before it
            await asyncio.sleep(_LOOK_EVERY_S)


@asynccontextmanager
async def a_socket() -> AsyncIterator[Socket]:
    """Start a server, and stop it again."""
    with socket.socket() as listener:
        listener.bind((_HOST, 0))
        here = Socket(listener.getsockname()[1])
        config = uvicorn.Config(
            here,
            http=BoundedHttp,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(_LOOK_EVERY_S)
        try:
            yield here
        finally:
            server.should_exit = True
            await serving
