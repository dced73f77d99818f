"""Log events by HTTP, as Auth0's webhook streams send them; never to private addresses.

The name of the host is looked up once and the connection goes to what was found, so that no later
answer of the name server leads elsewhere.
Source: Auth0 "Create Custom Log Streams Using Webhooks".
"""

import asyncio
import socket
from collections.abc import Mapping, Sequence
from importlib import import_module
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import msgspec

from gateword.delivery.trust import trusted
from gateword.domain.log_event import StoredLogEvent
from gateword.policy.public_address import is_public
from gateword.ports.log_sink import Destination, NotTaken
from gateword.values import dataclass

TIMEOUT_S: Final = 10.0
_SUCCESS: Final = range(200, 300)
_PORTS: Final[Mapping[str, int]] = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts events to a URL (port `LogSink`).

    Attributes:
        reaches_private: Loopback, link-local and private addresses may be reached, and http.
    """

    reaches_private: bool = False

    async def deliver(self, to: Destination, events: Sequence[StoredLogEvent]) -> None:
        url = urlsplit(str(to.sink["httpEndpoint"]))
        if url.scheme != "https" and not self.reaches_private:
            raise NotTaken("the URL is not https, and log_stream_private_hosts is off")
        address = await self._address(url)
        headers = {"content-type": str(to.sink["httpContentType"]), "host": url.netloc}
        if to.secret is not None:
            headers["authorization"] = to.secret.reveal()
        # 50 ms that a server without streams saves
        httpx: Any = import_module("httpx")
        try:
            async with httpx.AsyncClient(
                timeout=TIMEOUT_S, trust_env=False, verify=trusted()
            ) as client:
                for body in _bodies(str(to.sink["httpContentFormat"]), events):
                    request = client.build_request(
                        "POST",
                        url._replace(netloc=address).geturl(),
                        headers=headers,
                        content=body,
                        extensions={"sni_hostname": url.hostname},
                    )
                    _check(await asyncio.wait_for(_status(client, request), TIMEOUT_S))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise NotTaken(f"{url.hostname} was not reached: {type(error).__name__}") from None
        except TimeoutError:
            raise NotTaken(f"{url.hostname} took longer than {TIMEOUT_S:g} s") from None

    async def _address(self, url: SplitResult) -> str:
        """Return the address to connect to, with its port.

        Raises:
            NotTaken: The host has none, or one that must not be reached.
        """
        port = url.port or _PORTS[url.scheme]
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                url.hostname, port, type=socket.SOCK_STREAM
            )
        except (OSError, UnicodeError):
            raise NotTaken(f"{url.hostname} is no host that can be found") from None
        addresses = [ip_address(str(one[4][0]).partition("%")[0]) for one in found]
        if not self.reaches_private and not all(map(is_public, addresses)):
            raise NotTaken(
                f"{url.hostname} has a private address, and log_stream_private_hosts is off"
            )
        first = addresses[0]
        return f"[{first}]:{port}" if first.version == 6 else f"{first}:{port}"  # noqa: PLR2004


async def _status(client: Any, request: Any) -> int:
    """Return the status of the answer; its body is not read."""
    response = await client.send(request, stream=True, follow_redirects=False)
    await response.aclose()
    status: int = response.status_code
    return status


def _check(status: int) -> None:
    if status not in _SUCCESS:
        raise NotTaken(f"the webhook answered {status}")


def _bodies(form: str, events: Sequence[StoredLogEvent]) -> list[bytes]:
    documents = [{"log_id": event.log_id, "data": event.document} for event in events]
    if form == "JSONARRAY":
        return [msgspec.json.encode(documents)]
    each = [msgspec.json.encode(one) for one in documents]
    return each if form == "JSONOBJECT" else [b"\n".join(each) + b"\n"]
