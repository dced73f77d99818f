"""A mail server that keeps what it is given: a real one, on loopback."""

import asyncio
import queue
import re
import ssl
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Final

from aiosmtpd.smtp import SMTP, Envelope, Session

_LINK: Final = re.compile(r"https://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Received:
    """One letter as it came in.

    Attributes:
        recipients: Of the envelope.
        was_encrypted: It came over TLS.
    """

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    was_encrypted: bool = False

    @property
    def text(self) -> str:
        """The plain text form."""
        part = self.message.get_body(("plain",))
        return "" if part is None else str(part.get_content())

    @property
    def html(self) -> str:
        """The HTML form."""
        part = self.message.get_body(("html",))
        return "" if part is None else str(part.get_content())

    @property
    def link(self) -> str:
        """The first link of the plain text."""
        found: list[str] = _LINK.findall(self.text)
        return found[0]


@dataclass(slots=True)
class Mailbox:
    """What has come in.

    Attributes:
        url: Where the mail server listens, as `smtp_url` wants it.
        answers: What the server says to the next recipients, instead of taking them.
    """

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  the library calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Take a recipient, unless told otherwise."""
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  the library calls it so
        self, _server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep a letter."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.received.append(
            Received(
                sender=envelope.mail_from or "",
                recipients=tuple(envelope.rcpt_tos),
                message=message,
                was_encrypted=session.ssl is not None,
            )
        )
        return "250 OK"

    async def letter(self, number: int = 1, *, within_s: float = 20) -> Received:
        """Return the n-th letter, when it has come."""
        async with asyncio.timeout(within_s):
            while len(self.received) < number:
                await asyncio.sleep(0.02)
        return self.received[number - 1]

    def wait(self, number: int = 1, *, within_s: float = 20) -> Received:
        """Return the n-th letter, when it has come, to a test without an event loop."""
        give_up = time.monotonic() + within_s
        while len(self.received) < number:
            if time.monotonic() > give_up:
                raise TimeoutError(f"{len(self.received)} letters have come")
            time.sleep(0.02)
        return self.received[number - 1]


@contextmanager
def mailbox_beside() -> Iterator[Mailbox]:
    """Open a mail server in a thread of its own, for tests without an event loop."""
    boxes: queue.SimpleQueue[Mailbox] = queue.SimpleQueue()
    loop = asyncio.new_event_loop()
    done = asyncio.Event()

    async def serve() -> None:
        async with a_mailbox() as box:
            boxes.put(box)
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        yield boxes.get(timeout=10)
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.close()


@asynccontextmanager
async def a_mailbox(tls: ssl.SSLContext | None = None, **options: Any) -> AsyncIterator[Mailbox]:
    """Open a mail server.

    Args:
        tls: Offered as STARTTLS.
        **options: Of `aiosmtpd.smtp.SMTP`.
    """
    box = Mailbox()
    loop = asyncio.get_running_loop()

    def connection() -> SMTP:
        return SMTP(box, hostname="mail.test", tls_context=tls, loop=loop, **options)

    server = await loop.create_server(connection, "127.0.0.1", 0)
    box.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield box
    finally:
        server.close()
