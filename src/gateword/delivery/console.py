"""Prints on the server's terminal what nobody is set to deliver: how links and codes are seen."""

import sys
from collections.abc import Sequence
from typing import Final, TextIO

from gateword.ports.delivery import PhoneSender
from gateword.ports.queues import Letter
from gateword.values import dataclass, field

_WIDTH: Final = 78
_KINDS: Final = {"sms": "text message", "voice": "phone call"}


@dataclass(frozen=True, slots=True)
class ConsoleCourier:
    """Writes the plain text of a letter in a frame (port `Courier`)."""

    sender: str
    stream: TextIO = field(default_factory=lambda: sys.stdout)

    async def deliver(self, letter: Letter) -> None:
        head = (
            ("From", letter.sender or self.sender),
            ("To", letter.to),
            ("Subject", letter.subject),
        )
        _show(self.stream, "letter", "no smtp_url is set, so it is printed here", head, letter.text)


@dataclass(frozen=True, slots=True)
class ConsolePhone:
    """Writes a message to a phone in a frame (port `PhoneCourier`)."""

    stream: TextIO = field(default_factory=lambda: sys.stdout)

    async def deliver(self, letter: Letter, sender: PhoneSender) -> None:
        head = (("From", sender.tenant), ("To", letter.to))
        why = "no phone_webhook_url is set, so it is printed here"
        _show(self.stream, _KINDS[letter.channel], why, head, letter.text)


def _show(stream: TextIO, kind: str, why: str, head: Sequence[tuple[str, str]], text: str) -> None:
    heads = (f"{name + ':':9}{value}" for name, value in head)
    inside = (f"| {line}".rstrip() for line in (*heads, "", *text.strip().splitlines()))
    lines = (_rule(f"{kind} ({why})"), *inside, _rule(f"end of {kind}"))
    stream.write("\n" + "\n".join(map(_printable, lines)) + "\n\n")
    stream.flush()


def _rule(title: str) -> str:
    return f"+-- {title} ".ljust(_WIDTH, "-")


def _printable(line: str) -> str:
    """Return a line that cannot move the terminal's cursor."""
    return "".join(c if c.isprintable() else "?" for c in line)
