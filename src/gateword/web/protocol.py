"""HTTP/1.1 with a bounded head: its size, and the time it may take to arrive.

uvicorn bounds neither, nor what follows a chunked body, so one idle or endless head or trailer
would hold memory and a socket for ever (promises I1 and I5). Whatever is no HTTP is answered in
JSON and the connection closed.
"""

import asyncio
import time
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateword.web import standing

MAX_HEAD_BYTES: Final = 16 * 1024
HEAD_TIMEOUT_S: Final = 10.0
GOODBYE_S: Final = 1.0
"""How long a stopping server waits for the other side to end a closed connection too."""
_LINE_OVERHEAD: Final = 4
_ANSWERS: Final = {
    400: ("400 Bad Request", "Malformed HTTP request."),
    408: ("408 Request Timeout", "Request head took too long to arrive."),
    431: ("431 Request Header Fields Too Large", "Request head is larger than 16 KiB."),
}


class _HeadTooLarge(Exception):
    """Stops the parser."""


class BoundedHttp(HttpToolsProtocol):
    """One connection.

    Attributes:
        made_at_s: When it was made, by the clock that never runs backwards.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.made_at_s = 0.0
        self._head_bytes = 0
        self._in_head = True
        self._got_on = False
        self._fault = 400
        self._timer: asyncio.TimerHandle | None = None
        self._standing = standing.of(self.app_state)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.made_at_s = time.monotonic()
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._got_on = False
        super().data_received(data)
        # Behind a head only a body may be long: chunk extensions and trailers count like a head.
        if (self._in_head or not self._got_on) and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._close_with(431)

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        self._got_on, self._head_bytes = True, 0

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._got_on, self._head_bytes = True, 0

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        if self._timer is None:  # a further request on the same connection
            self._expect_head()

    def on_headers_complete(self) -> None:
        self._in_head, self._got_on, self._head_bytes = False, True, 0
        self._stop_waiting()
        lines = sum(len(name) + len(value) + _LINE_OVERHEAD for name, value in self.headers)
        if lines + len(self.url) > MAX_HEAD_BYTES:
            self._fault = 431
            raise _HeadTooLarge
        super().on_headers_complete()
        if self._standing.is_closing:
            self.cycle.keep_alive = False

    def shutdown(self) -> None:
        super().shutdown()
        self.loop.call_later(GOODBYE_S, self._hang_up)

    def send_400_response(self, msg: str) -> None:
        del msg
        self._close_with(self._fault)

    def _expect_head(self) -> None:
        self._timer = self.loop.call_later(HEAD_TIMEOUT_S, self._close_with, 408)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _hang_up(self) -> None:
        # TLS waits for the other side's close_notify, half a minute by default, and a client that
        # keeps an idle connection in its pool does not read it before it needs the connection.
        if self.transport.is_closing():
            self.transport.abort()
        else:  # its last response is still on its way
            self.loop.call_later(GOODBYE_S, self._hang_up)

    def _close_with(self, status: int) -> None:
        self._stop_waiting()
        if self.transport.is_closing():
            return
        line, text = _ANSWERS[status]
        body = f'{{"error":"invalid_request","error_description":"{text}"}}'
        self.transport.write(
            f"HTTP/1.1 {line}\r\ncontent-type: application/json\r\ncache-control: no-store\r\n"
            f"x-content-type-options: nosniff\r\ncontent-length: {len(body)}\r\n"
            f"connection: close\r\n\r\n{body}".encode()
        )
        self.transport.close()
