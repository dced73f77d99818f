"""Messages to phones by the operator's own receiver, against a real HTTP server on loopback."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import pytest

from gateword.delivery.phone_webhook import SIGNATURE, PhoneWebhook
from gateword.domain.secret import Secret
from gateword.ports.delivery import PhoneSender, Undeliverable
from gateword.ports.queues import Letter
from tests.support.stand_ins import START
from tests.support.webhook import Catcher, a_catcher

KEY: Final = "k" * 32
LETTER: Final = Letter(
    to="+441632960001",
    kind="mfa_voice",
    text="1, 2, 3, 4, 5, 6 is your code",
    channel="voice",
    expires_at=START + timedelta(minutes=5),
    facts={"code": "123456", "user_name": "ann@example.com"},
)
SENDER: Final = PhoneSender(tenant="shop", provider="phone-message-hook", at=START)


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    """A receiver."""
    with a_catcher() as caught:
        yield caught


async def test_receiver_gets_what_it_needs_and_no_more(catcher: Catcher) -> None:
    """Whom, how, what, until when; the code also by itself; nothing about the user."""
    await PhoneWebhook(f"{catcher.url}/in", Secret(KEY)).deliver(LETTER, SENDER)

    [body] = catcher.bodies
    assert {
        "tenant": "shop",
        "channel": "voice",
        "to": "+441632960001",
        "text": "1, 2, 3, 4, 5, 6 is your code",
        "code": "123456",
        "expires_at": "2026-01-05T12:05:00Z",
    } == json.loads(body)
    assert ["/in"] == catcher.paths


async def test_signature_is_that_of_time_and_body(catcher: Catcher) -> None:
    """A receiver with the key computes the same; with another body or time it would not."""
    await PhoneWebhook(catcher.url, Secret(KEY)).deliver(LETTER, SENDER)

    [headers], [body] = catcher.headers, catcher.bodies
    members = dict(one.split("=", 1) for one in headers[SIGNATURE].split(","))
    signed = members["t"].encode() + b"." + body
    assert str(int(START.timestamp())) == members["t"]
    assert hmac.new(KEY.encode(), signed, hashlib.sha256).hexdigest() == members["v1"]


async def test_url_may_hold_a_name_and_a_password(catcher: Catcher) -> None:
    """They become basic authentication, for receivers behind a proxy that asks for it."""
    url = catcher.url.replace("//", "//us:pw@")

    await PhoneWebhook(url, Secret(KEY)).deliver(LETTER, SENDER)

    assert "Basic dXM6cHc=" == catcher.headers[0]["authorization"]


@pytest.mark.parametrize(("status", "is_final"), [(422, True), (301, True), (503, False)])
async def test_refusal_names_the_webhook_and_not_its_url(
    catcher: Catcher,
    status: int,
    is_final: bool,  # noqa: FBT001
) -> None:
    """D10: a URL may hold a key; and a redirect is not followed, since a code is in the body."""
    catcher.answers = [status]
    courier = PhoneWebhook(f"{catcher.url}/hush", Secret(KEY))

    with pytest.raises(Undeliverable) as failed:
        await courier.deliver(LETTER, SENDER)

    assert (f"the phone webhook answered {status}", is_final) == (
        str(failed.value),
        failed.value.is_final,
    )
    assert (1, False) == (len(catcher.bodies), "hush" in f"{courier!r}")
