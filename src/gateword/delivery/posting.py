"""One POST to a host that the operator named, and what its answer means for a message.

The operator's word is enough to reach any host; a tenant has none (compare `webhook`).
"""

import asyncio
from importlib import import_module
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from gateword.delivery.trust import trusted
from gateword.ports.delivery import Undeliverable
from gateword.values import dataclass, field

TIMEOUT_S: Final = 10.0
"""For the whole exchange."""

_MOST_ANSWER_BYTES: Final = 16 * 1024
_SUCCESS: Final = range(200, 300)
_MAY_CHANGE: Final = frozenset({408, 409, 425, 429})
"""Of the answers below 500 those that another try may turn."""
_SERVER_ERRORS: Final = range(500, 600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What is sent.

    Attributes:
        receiver: What the other side is called when it fails.
        user: Name and password of basic authentication.
    """

    receiver: str
    url: str = field(repr=False)
    headers: dict[str, str]
    body: bytes = field(repr=False)
    user: tuple[str, str] | None = field(default=None, repr=False)


async def posted(post: Post) -> None:
    """Send it; when this returns, the other side has taken it.

    What the other side says in words stays out of the reason: it may repeat what it was sent.

    Raises:
        Undeliverable: It was not reached, or it said no; that is final where the same thing sent
            again would be answered the same.
    """
    # 50 ms that a server without such messages saves
    httpx: Any = import_module("httpx")
    try:
        async with (
            asyncio.timeout(TIMEOUT_S),
            httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False, verify=trusted()) as client,
            client.stream(
                "POST",
                post.url,
                headers=post.headers,
                content=post.body,
                **({"auth": post.user} if post.user else {}),  # else those of the URL, if any
            ) as response,
        ):
            status: int = response.status_code
            if status in _SUCCESS:
                return
            code = _error_code(await _beginning(response))
    except TimeoutError:
        raise Undeliverable(f"{post.receiver} took longer than {TIMEOUT_S:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        host = urlsplit(post.url).hostname
        reason = f"{post.receiver} was not reached at {host}: {type(error).__name__}"
        raise Undeliverable(reason) from None
    is_final = status not in _MAY_CHANGE and status not in _SERVER_ERRORS
    raise Undeliverable(f"{post.receiver} answered {status}{code}", is_final=is_final)


async def _beginning(response: Any) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > _MOST_ANSWER_BYTES:
            break
    return bytes(body)


def _error_code(body: bytes) -> str:
    """Return the number of an error, as Twilio's answers have it in `code`."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    code = document.get("code") if isinstance(document, dict) else None
    return f", error {code}" if isinstance(code, int) else ""
