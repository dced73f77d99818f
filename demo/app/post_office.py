"""How letters come in: a mail server on this computer, and the webhook of messages to phones."""

import asyncio
import hmac
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.policy import default
from http import HTTPStatus
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Peer
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from .inbox import Inbox

HOOK: Final = "/hooks/phone"
_MAX_BYTES: Final = 256 * 1024
_MAX_AGE_S: Final = 300
_SIGNATURE: Final = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


class MailHandler:
    """Takes every letter (handler of aiosmtpd).

    Args:
        inbox: Where they are put.
    """

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def handle_DATA(self, _server: SMTP, _peer: Peer, envelope: Envelope) -> str:  # noqa: N802 -- aiosmtpd's name
        """Put a letter into the inbox."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        letter = message_from_bytes(raw, policy=default)
        text = letter.get_body(("plain", "html"))
        self._inbox.mail(
            ", ".join(envelope.rcpt_tos),
            str(letter.get("subject", "")),
            str(text.get_content()) if text else "",
        )
        return "250 OK"


@asynccontextmanager
async def mail_server(inbox: Inbox, host: str, port: int) -> AsyncIterator[None]:
    """Take letters by SMTP while the application runs.

    Args:
        inbox: Where they are put.
        host: Address to listen on: loopback, since nobody is asked for a password.
        port: TCP port; 0 takes none.
    """
    if not port:
        yield
        return
    handler = MailHandler(inbox)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, data_size_limit=_MAX_BYTES, hostname="harbourpine.example"),
        host,
        port,
    )
    async with server:
        yield


class PhoneHook:
    """Receives the login server's messages to phones, and no one else's.

    Args:
        inbox: Where they are put.
        key: Of the signatures; empty receives nothing.
        now: Unix time in seconds.
    """

    def __init__(self, inbox: Inbox, key: str, now: Callable[[], float] = time.time) -> None:
        self._inbox = inbox
        self._key = key
        self._now = now

    def routes(self) -> list[BaseRoute]:
        """The one address."""
        return [Route(HOOK, self.take, methods=["POST"])]

    async def take(self, request: Request) -> Response:
        """Take a message whose signature is right and new."""
        length = request.headers.get("content-length", "")
        if not (length.isascii() and length.isdigit() and int(length) <= _MAX_BYTES):
            return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        body = await request.body()
        if not self._is_signed(request.headers.get("x-gateword-signature", ""), body):
            return Response(status_code=HTTPStatus.FORBIDDEN)
        told = json.loads(body)
        self._inbox.message(told["channel"], told["to"], told["text"], told["code"])
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def _is_signed(self, header: str, body: bytes) -> bool:
        found = _SIGNATURE.fullmatch(header)
        if not self._key or found is None or abs(self._now() - int(found[1])) > _MAX_AGE_S:
            return False
        wanted = hmac.digest(self._key.encode(), f"{found[1]}.".encode() + body, "sha256").hex()
        return hmac.compare_digest(wanted, found[2])
