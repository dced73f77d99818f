"""Prints letters on the server's terminal: how links are seen where no mail server is set."""

import sys
from dataclasses import dataclass, field
from typing import Final, TextIO

from gateword.ports.queues import Letter

_WIDTH: Final = 78


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
        lines = [
            _rule("letter (no smtp_url is set, so it is printed here)"),
            *(f"{name + ':':9}{text}" for name, text in head),
            "",
            *letter.text.strip().splitlines(),
            _rule("end of letter"),
        ]
        shown = (f"| {line}".rstrip() if line[:1] != "+" else line for line in lines)
        self.stream.write("\n" + "\n".join(map(_printable, shown)) + "\n\n")
        self.stream.flush()


def _rule(title: str) -> str:
    return f"+-- {title} ".ljust(_WIDTH, "-")


def _printable(line: str) -> str:
    """Return a line that cannot move the terminal's cursor."""
    return "".join(c if c.isprintable() else "?" for c in line)
