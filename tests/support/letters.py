"""Letters that a test reads instead of a mail server, and the forms behind their links."""

import re
from dataclasses import dataclass, field
from typing import Final

import httpx

from gateword.accounts.post import Post
from gateword.policy import phone_messages
from gateword.ports.delivery import PhoneSender, Undeliverable
from gateword.ports.queues import Letter
from tests.support.house import House

_LINK: Final = re.compile(r"https://[^\s<>\"]+")
_HIDDEN: Final = re.compile(r'name="(ticket|seal)" value="([^"]+)"')


@dataclass(slots=True)
class Drawer:
    """A courier that keeps what it is given (ports `Courier` and `PhoneCourier`).

    Attributes:
        senders: Of the messages to phones among the letters.
        refuses: What it says instead of taking a letter.
    """

    letters: list[Letter] = field(default_factory=list)
    senders: list[PhoneSender] = field(default_factory=list)
    refuses: Undeliverable | None = None

    async def deliver(self, letter: Letter, sender: PhoneSender | None = None) -> None:
        """Keep a letter, or a message to a phone."""
        if self.refuses is not None:
            raise self.refuses
        self.letters.append(letter)
        if sender is not None:
            self.senders.append(sender)

    async def emptied(self, house: House) -> list[Letter]:
        """Return every letter so far, after a round of the post."""
        providers = (phone_messages.OWN, phone_messages.TWILIO, phone_messages.HOOK)
        await Post(self, dict.fromkeys(providers, self)).run(house.parts)
        return self.letters


def link_of(letter: Letter) -> str:
    """Return the link in a letter, as a browser asks for it."""
    found: list[str] = _LINK.findall(letter.text)
    return found[0].removesuffix("#")


async def form_behind(http: httpx.AsyncClient, link: str) -> dict[str, str]:
    """Return the hidden members of the form behind a link."""
    answer = await http.get(link)
    assert 200 == answer.status_code, answer.text
    return dict(_HIDDEN.findall(answer.text))
