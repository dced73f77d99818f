"""A house behind a real socket, by the server and the protocol that `gateword serve` starts."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

import httpx
import uvicorn

from gateword.web.protocol import BoundedHttp
from tests.support.house import DOMAIN, PEER, House

_HOST: Final = "127.0.0.1"
_LOOK_EVERY_S: Final = 0.005


@asynccontextmanager
async def on_a_socket(house: House) -> AsyncIterator[House]:
    """Serve a house; its client asks over the socket, as the proxy of the usual peer."""
    with socket.socket() as listener:
        listener.bind((_HOST, 0))
        port = listener.getsockname()[1]
        config = uvicorn.Config(
            house.app,
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
        headers = {"host": DOMAIN, "user-agent": "golden", "x-forwarded-for": PEER}
        try:
            async with httpx.AsyncClient(
                base_url=f"http://{_HOST}:{port}", headers=headers, trust_env=False
            ) as http:
                yield replace(house, http=http)
        finally:
            server.should_exit = True
            await serving
