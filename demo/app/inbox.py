"""The post of the demo's people: letters and messages that the login server sent."""

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

_LIMIT: Final = 40
_CODE: Final = re.compile(r"(?<!\d)\d{6}(?!\d)")


@dataclass(frozen=True, slots=True)
class Letter:
    """Something that was sent.

    Attributes:
        at: Unix time in seconds.
        way: `E-mail`, `Text message` or `Phone call`.
        to: Address or number.
        subject: Empty for messages to phones.
        code: Six digits in it; empty when there are none.
    """

    at: float
    way: str
    to: str
    subject: str
    text: str = field(repr=False)
    code: str = field(default="", repr=False)


class Inbox:
    """Keeps the newest letters in memory.

    Args:
        now: Unix time in seconds.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._letters: deque[Letter] = deque(maxlen=_LIMIT)

    def mail(self, to: str, subject: str, text: str) -> None:
        """Take an e-mail."""
        found = _CODE.search(text)
        code = found[0] if found else ""
        self._letters.appendleft(Letter(self._now(), "E-mail", to, subject, text.strip(), code))

    def message(self, channel: str, to: str, text: str, code: str) -> None:
        """Take a message to a phone, to be read or to be heard."""
        way = "Phone call" if channel == "voice" else "Text message"
        self._letters.appendleft(Letter(self._now(), way, to, "", text.strip(), code))

    def letters(self) -> list[Letter]:
        """Return all that are kept, the newest first."""
        return list(self._letters)
