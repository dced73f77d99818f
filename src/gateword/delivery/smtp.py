"""Hands letters to a mail server (RFC 5321; STARTTLS, RFC 3207; AUTH, RFC 4954)."""

from importlib import import_module
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from gateword.delivery.message import message_of, sender_of
from gateword.domain.secret import Secret
from gateword.ports.delivery import Undeliverable
from gateword.ports.queues import Letter
from gateword.values import dataclass

TIMEOUT_S: Final = 20.0
"""For connecting and for each answer of the server."""

_PORTS: Final = {"smtp": 587, "smtps": 465}
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_REASON_CHARS: Final = 200
_PERMANENT: Final = range(500, 600)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpCourier:
    """Delivers over SMTP, one connection a letter (port `Courier`).

    Attributes:
        sender: Whom letters come from when they do not say.
        implicit_tls: `smtps://`: TLS from the first byte. Otherwise STARTTLS is used wherever the
            server offers it.
        loopback_is_private: A password may go to this machine itself without TLS; to no other.
    """

    host: str
    port: int
    sender: str
    implicit_tls: bool = False
    username: str | None = None
    password: Secret | None = None
    loopback_is_private: bool = True

    async def deliver(self, letter: Letter) -> None:
        message = message_of(letter, self.sender)  # first: what cannot be sent needs no server
        library: Any = import_module("aiosmtplib")  # 60 ms that a server without letters saves
        client = library.SMTP(
            hostname=self.host,
            port=self.port,
            use_tls=self.implicit_tls,
            start_tls=False,
            timeout=TIMEOUT_S,
        )
        try:
            async with client:
                await self._greet(client)
                await client.send_message(message, recipients=[letter.to])
        except library.SMTPException as error:
            raise _undeliverable(error) from None
        except (OSError, ValueError) as error:
            raise Undeliverable(f"{self.host}: {type(error).__name__}") from None

    async def _greet(self, client: Any) -> None:
        await client.ehlo()
        is_private = self.implicit_tls
        if not is_private and client.supports_extension("starttls"):
            await client.starttls()
            is_private = True
        if self.username is None or self.password is None:
            return
        is_near = self.loopback_is_private and self.host in _LOOPBACK
        if not (is_private or is_near):
            raise Undeliverable(f"{self.host} offers no TLS, and there is a password to send")
        await client.login(self.username, self.password.reveal())


def courier_at(url: str, sender: str) -> SmtpCourier:
    """Return the courier that `smtp://USER:PASSWORD@HOST:PORT` or `smtps://…` means.

    Raises:
        ValueError: The URL or the sender cannot be used.
    """
    sender_of(sender)
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("smtp_url is smtp://USER:PASSWORD@HOST:PORT or smtps://…")
    return SmtpCourier(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        sender=sender,
        implicit_tls=parts.scheme == "smtps",
        username=unquote(parts.username) if parts.username else None,
        password=Secret(unquote(parts.password)) if parts.password else None,
    )


def _undeliverable(error: Any) -> Undeliverable:
    refused = getattr(error, "recipients", None)
    answer = refused[0] if isinstance(refused, list) and refused else error
    code, text = getattr(answer, "code", None), getattr(answer, "message", "")
    name = type(answer).__name__
    is_final = name in ("SMTPRecipientRefused", "SMTPDataError") and code in _PERMANENT
    said = "".join(c if c.isprintable() else " " for c in str(text))[:_REASON_CHARS]
    return Undeliverable(f"{name} {code or ''} {said}".strip(), is_final=is_final)
