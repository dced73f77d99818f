"""Settings and what a tenant selected, together: which way a code leaves the house."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest

from gateword.accounts.post import Post
from gateword.registry import CHORES
from tests.support.house import House, cheap_settings
from tests.support.mailbox import a_mailbox
from tests.support.webhook import Catcher, a_catcher
from tests.wire.codes import ADDRESS, CODE, NUMBER, ordered, set_guardian

KEY = "k" * 32


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    """A service for messages to phones."""
    with a_catcher() as caught:
        yield caught


async def posted(house: House, channel: str = "sms", **settings: Any) -> None:
    """Order a code, and have the post of a server with these settings bring it."""
    await ordered(house, channel)
    told = cheap_settings(house.engines.settings.data_dir, **settings)
    [post] = [chore for chore in (make(told) for make in CHORES) if isinstance(chore, Post)]
    await post.run(house.parts)


@pytest.mark.parametrize("channel", ["sms", "voice", "email"])
async def test_code_is_printed_where_nothing_is_set(
    house: House, channel: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The embedded default needs no account anywhere."""
    await posted(house, channel)

    shown = capsys.readouterr().out
    assert ("4, 8, 2, 9, 1, 5" if channel == "voice" else CODE) in shown
    assert (ADDRESS if channel == "email" else NUMBER) in shown


async def test_code_goes_to_the_service_that_the_tenant_selected(
    house: House, catcher: Catcher
) -> None:
    """Account and number are the tenant's, the host is the operator's."""
    await set_guardian(house, "phone/selected-provider", provider="twilio")
    account = {"sid": "AC1", "from": "+441632960000"}
    await set_guardian(house, "phone/providers/twilio", auth_token="hush", **account)

    await posted(house, twilio_url=catcher.url)
    await posted(house, "voice", twilio_url=catcher.url)

    assert [f"/2010-04-01/Accounts/AC1/{one}.json" for one in ("Messages", "Calls")] == (
        catcher.paths
    )
    message, call = (parse_qs(body.decode()) for body in catcher.bodies)
    assert ([NUMBER], True) == (message["To"], CODE in message["Body"][0])
    assert "4, 8, 2, 9, 1, 5" in call["Twiml"][0]


@pytest.mark.parametrize("provider", ["auth0", "phone-message-hook"])
async def test_code_goes_to_the_operators_receiver(
    house: House, catcher: Catcher, provider: str
) -> None:
    """Selected by name, or as the server's own way, which an untouched tenant has."""
    if provider != "auth0":
        await set_guardian(house, "phone/selected-provider", provider=provider)

    await posted(house, phone_webhook_url=catcher.url, phone_webhook_secret=KEY)

    [body] = map(json.loads, catcher.bodies)
    assert ("default", "sms", NUMBER, CODE) == (
        body["tenant"],
        body["channel"],
        body["to"],
        body["code"],
    )


async def test_code_goes_to_the_mail_server(house: House) -> None:
    """The same way as every letter."""
    async with a_mailbox() as box:
        await posted(house, "email", smtp_url=box.url)
        letter = await box.letter()

    assert ((ADDRESS,), True) == (letter.recipients, CODE in letter.text)
