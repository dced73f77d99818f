"""Requests without a server: an ASGI scope, and messages one after another."""

import asyncio
from collections.abc import Iterable

from starlette.requests import Request
from starlette.types import Message


def a_request(
    *headers: tuple[str, str],
    messages: Iterable[Message] = (),
    client: tuple[str, int] | None = ("198.51.100.7", 4711),
) -> Request:
    """Return a POST; after its messages nothing comes any more."""
    waiting = list(messages)

    async def receive() -> Message:
        if waiting:
            return waiting.pop(0)
        return await asyncio.Event().wait() and {}

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/oauth/token",
        "query_string": b"",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
        "client": client,
    }
    return Request(scope, receive)


def body(*chunks: bytes) -> list[Message]:
    """Return the messages of a body that comes in these chunks."""
    last = len(chunks) - 1
    return [
        {"type": "http.request", "body": chunk, "more_body": number < last}
        for number, chunk in enumerate(chunks)
    ]
