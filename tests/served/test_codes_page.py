"""The how-to page about one-time codes: its commands and its program, run as they stand."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from gateword.delivery.phone_webhook import SIGNATURE, PhoneWebhook
from gateword.domain.secret import Secret
from gateword.ports.delivery import PhoneSender
from gateword.ports.queues import Letter
from tests.served.test_documents import ROOT, play
from tests.support.webhook import a_catcher

PAGE: Final = "docs/how-to/send-codes.md"
_PROGRAM: Final = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_codes_page_selects_a_provider_and_doctor_names_what_is_missing(tmp_path: Path) -> None:
    """The account comes back without its token; a hook without a receiver is an error."""
    played = play(PAGE, tmp_path)

    account, chosen, types, switch, hook = played.answers()
    assert {"sid", "from"} == account.keys()
    assert ({"provider": "twilio"}, {"enabled": True}) == (chosen, switch)
    assert {"message_types": ["sms", "voice"]} == types
    assert {"provider": "phone-message-hook"} == hook
    assert "phone_webhook_url is not set" in " ".join(played.text.split())


async def test_codes_page_checks_signatures_as_they_are_made() -> None:
    """The page's function takes what the server sends, and nothing that was changed or kept."""
    [source] = _PROGRAM.findall((ROOT / PAGE).read_text())
    page: dict[str, Any] = {}
    exec(source, page)  # noqa: S102  it is our own page
    is_genuine, key = page["is_genuine"], "k" * 32
    letter = Letter(to="+441632960001", kind="mfa_sms", channel="sms", text="x")
    now = datetime.now(UTC)
    with a_catcher() as caught:
        for at in (now, now - timedelta(minutes=6)):
            sender = PhoneSender(tenant="shop", provider="auth0", at=at)
            await PhoneWebhook(caught.url, Secret(key)).deliver(letter, sender)
    (fresh, old), (body, old_body) = caught.headers, caught.bodies

    assert is_genuine(key, fresh[SIGNATURE], body)
    assert not is_genuine(key, old[SIGNATURE], old_body)
    assert not is_genuine(key, fresh[SIGNATURE], body + b" ")
    assert not is_genuine("j" * 32, fresh[SIGNATURE], body)
    assert not is_genuine(key, "", body)
