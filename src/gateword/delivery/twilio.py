"""Messages to phones by Twilio, or a service that speaks as it does.

Source: Twilio "Messages resource", "Calls resource", "TwiML for Programmable Voice: Say, Pause".
"""

import re
from typing import Final
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from gateword.delivery.posting import Post, posted
from gateword.ports.delivery import PhoneSender, Undeliverable
from gateword.ports.queues import Letter
from gateword.values import dataclass

_NAME: Final = "Twilio"
_VERSION: Final = "2010-04-01"
_SID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_FORM: Final = {"content-type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class TwilioCourier:
    """Has text messages sent and calls made (port `PhoneCourier`).

    Attributes:
        base: URL of the service, without a path of its API.
    """

    base: str

    async def deliver(self, letter: Letter, sender: PhoneSender) -> None:
        sid, token = sender.account.get("sid", ""), sender.auth_token
        # It becomes a part of the path, and must lead nowhere else.
        if token is None or not _SID.fullmatch(sid):
            raise Undeliverable(f"{_NAME} is selected without sid and auth_token", is_final=True)
        is_call = letter.channel == "voice"
        members = _call(letter, sender) if is_call else _message(letter, sender)
        resource = "Calls" if is_call else "Messages"
        await posted(
            Post(
                receiver=_NAME,
                url=f"{self.base.rstrip('/')}/{_VERSION}/Accounts/{sid}/{resource}.json",
                headers=_FORM,
                body=urlencode({"To": letter.to, **members}).encode(),
                user=(sid, token.reveal()),
            )
        )


def _message(letter: Letter, sender: PhoneSender) -> dict[str, str]:
    if service := sender.account.get("messaging_service_sid"):
        return {"MessagingServiceSid": service, "Body": letter.text}
    return {"From": _number(sender), "Body": letter.text}


def _call(letter: Letter, sender: PhoneSender) -> dict[str, str]:
    """Return a call in which the text is said twice: who picks up may not listen at once."""
    said = f"<Say>{escape(letter.text)}</Say>"
    twiml = f'<Response><Pause length="1"/>{said}<Pause length="1"/>{said}</Response>'
    return {"From": _number(sender), "Twiml": twiml}


def _number(sender: PhoneSender) -> str:
    if number := sender.account.get("from"):
        return number
    raise Undeliverable(f"{_NAME} is selected without a number to send from", is_final=True)
