"""Messages to phones by a receiver of the operator's own: one signed POST a message."""

import hmac
from typing import Final

import msgspec

from gateword.delivery.posting import Post, posted
from gateword.domain.secret import Secret
from gateword.ports.delivery import PhoneSender
from gateword.ports.queues import Letter
from gateword.values import dataclass, field

SIGNATURE: Final = "x-gateword-signature"


@dataclass(frozen=True, slots=True)
class PhoneWebhook:
    """Posts messages as JSON (port `PhoneCourier`).

    The code is a member of its own beside the text that has it: services that send templates, or
    read out by themselves, take nothing else.

    Attributes:
        url: Of the receiver; name and password in it become basic authentication.
        key: Of the signatures.
    """

    url: str = field(repr=False)
    key: Secret

    async def deliver(self, letter: Letter, sender: PhoneSender) -> None:
        body = msgspec.json.encode(
            {
                "tenant": sender.tenant,
                "channel": letter.channel,
                "to": letter.to,
                "text": letter.text,
                "code": letter.facts.get("code", ""),
                "expires_at": letter.expires_at,
            }
        )
        sent_at_s = int(sender.at.timestamp())
        await posted(
            Post(
                receiver="the phone webhook",
                url=self.url,
                headers={
                    "content-type": "application/json",
                    SIGNATURE: f"t={sent_at_s},v1={signature(self.key, sent_at_s, body)}",
                },
                body=body,
            )
        )


def signature(key: Secret, sent_at_s: int, body: bytes) -> str:
    """Return the HMAC-SHA256 of time, a dot and body, in hex.

    The time is in it so that a message that somebody kept cannot be sent again later.
    """
    signed = f"{sent_at_s}.".encode() + body
    return hmac.digest(key.reveal().encode(), signed, "sha256").hex()
