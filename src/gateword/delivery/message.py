"""A letter as Internet mail (RFC 5322; multipart/alternative where it has an HTML form)."""

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Final

from gateword.ports.delivery import Undeliverable
from gateword.ports.queues import Letter

_LOCAL: Final = "localhost"


def sender_of(text: str) -> Address:
    """Return the one address in `name@host` or `Name <name@host>`.

    Raises:
        ValueError: There is none, or more than one.
    """
    probe = EmailMessage()
    try:
        probe["From"] = text
        [found] = probe["From"].addresses
    except (ValueError, MessageError, IndexError):
        found = None
    if found is None or not found.username or not found.domain:
        raise ValueError(f"{text!r} is no address such as name@host or Name <name@host>")
    return Address(found.display_name, found.username, found.domain)


def message_of(letter: Letter, sender: str) -> EmailMessage:
    """Return the message.

    Args:
        letter: What to send.
        sender: Whom it comes from when the letter does not say, or says what is no address.

    Raises:
        Undeliverable: An address cannot stand in a letter's head; trying again will not help.
    """
    message = EmailMessage()
    try:
        author = _author(letter.sender, sender)
        message["From"] = author
        message["To"] = Address(addr_spec=letter.to)
        message["Subject"] = letter.subject
        message["Date"] = formatdate(usegmt=True)
        message["Message-ID"] = make_msgid(domain=author.domain or _LOCAL)
    except (ValueError, MessageError, IndexError) as error:
        raise Undeliverable(
            f"an address is unusable: {type(error).__name__}", is_final=True
        ) from None
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    return message


def _author(wished: str, otherwise: str) -> Address:
    try:
        return sender_of(wished)
    except ValueError:
        return sender_of(otherwise)
