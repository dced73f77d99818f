"""Requests of scripts, by HTTP; connections stay open for the next login.

Rule: the name of a host is looked up once for each connection, which goes to what was found and was
allowed, so that no later answer of the name server leads elsewhere (promise R4).
"""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from importlib import import_module
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from gateword.delivery.trust import trusted
from gateword.policy import egress
from gateword.ports.outbound import MOST_BODY_BYTES, HttpAnswer, HttpCall
from gateword.ports.scripts import OperationFailed

_LOOKUPS: Final = 4
_MOST_POOLS: Final = 4
"""Allow-lists whose connections are kept."""


class HttpOutbound:
    """Sends the requests of one tenant."""

    def __init__(self) -> None:
        self._pools: dict[tuple[str, ...], Any] = {}
        # A slow name server of some host holds up no other lookup of the process.
        self._names = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="script-names")

    async def fetch(self, call: HttpCall, allowed: Sequence[str]) -> HttpAnswer:
        # 20 ms that a server without such scripts saves
        httpcore: Any = import_module("httpcore")
        pool = await self._pool(tuple(allowed))
        headers = [(name.encode(), value.encode()) for name, value in call.headers.items()]
        try:
            async with asyncio.timeout(call.timeout_s):
                async with pool.stream(
                    call.method.encode(), call.url, headers=headers, content=call.body or None
                ) as response:
                    return await _answer(response)
        except TimeoutError:
            raise OperationFailed(f"no answer within {call.timeout_s:g} s", "ETIMEDOUT") from None
        except httpcore.ConnectError as error:
            raise _unconnected(error, call.url) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            raise OperationFailed(f"{type(error).__name__}: {error}"[:200], "ECONNRESET") from None
        except (httpcore.UnsupportedProtocol, UnicodeError, ValueError, TypeError):
            raise OperationFailed("no request that can be sent", "EINVAL") from None

    async def close(self) -> None:
        """Let every connection go."""
        while self._pools:
            _, pool = self._pools.popitem()
            await pool.aclose()
        self._names.shutdown(wait=False, cancel_futures=True)

    async def _pool(self, allowed: tuple[str, ...]) -> Any:
        found = self._pools.pop(allowed, None)
        if found is None:
            pools = import_module("gateword.delivery.pinned")
            found = pools.pool(
                lambda host, port: address_of(self._names, host, port, allowed), trusted()
            )
        self._pools[allowed] = found
        while len(self._pools) > _MOST_POOLS:
            idle = next((one for one, pool in self._pools.items() if _is_idle(pool)), None)
            if idle is None:
                break
            await self._pools.pop(idle).aclose()
        return found


async def address_of(names: Executor, host: str, port: int, allowed: Sequence[str]) -> str:
    """Return the address to connect to.

    Raises:
        OperationFailed: The host has none, or one that must not be reached.
    """
    try:
        found = await asyncio.get_running_loop().run_in_executor(
            names, partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        )
    except (OSError, UnicodeError):
        raise OperationFailed(f"getaddrinfo ENOTFOUND {host}", "ENOTFOUND") from None
    addresses = [ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    for address in addresses:
        if not egress.reaches(allowed, host, address, port):
            raise OperationFailed(f"{host} has a private address that is not allowed", "EACCES")
    return str(addresses[0])


async def _answer(response: Any) -> HttpAnswer:
    body = bytearray()
    async for chunk in response.aiter_stream():
        body += chunk
        if len(body) > MOST_BODY_BYTES:
            raise OperationFailed(f"the answer is longer than {MOST_BODY_BYTES} bytes", "EMSGSIZE")
    reason = response.extensions.get("reason_phrase", b"")
    return HttpAnswer(
        status=response.status,
        reason=reason.decode("latin-1"),
        headers=[
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name, value in response.headers
        ],
        body=bytes(body),
    )


def _is_idle(pool: Any) -> bool:
    return all(connection.is_idle() for connection in pool.connections)


def _unconnected(error: Exception, url: str) -> OperationFailed:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OperationFailed):
            return cause
        if isinstance(cause, ssl.SSLError):
            return OperationFailed(f"TLS failed: {cause.reason or cause}"[:200], "EPROTO")
        cause = cause.__cause__ or cause.__context__
    return OperationFailed(f"connect ECONNREFUSED {urlsplit(url).netloc}", "ECONNREFUSED")
