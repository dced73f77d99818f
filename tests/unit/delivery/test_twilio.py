"""Messages to phones in Twilio's way, against a real HTTP server on loopback."""

import base64
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qs
from xml.etree import ElementTree as ET

import pytest

from gateword.delivery.twilio import TwilioCourier
from gateword.domain.secret import Secret
from gateword.ports.delivery import PhoneSender, Undeliverable
from gateword.ports.queues import Letter
from tests.support.stand_ins import START
from tests.support.webhook import HANG_UP, Catcher, a_catcher

TOKEN: Final = "the-auth-token"
NUMBER: Final = "+441632960001"
SMS: Final = Letter(
    to=NUMBER,
    kind="mfa_sms",
    text="123456 ist dein Code für Häfen & Kiefern",
    channel="sms",
    facts={"code": "123456"},
)
CALL: Final = replace(
    SMS, kind="mfa_voice", channel="voice", text="1, 2, 3, 4, 5, 6 for <Harbour> & Pine"
)
SENDER: Final = PhoneSender(
    tenant="shop",
    provider="twilio",
    at=START,
    account={"sid": "AC0123", "from": "+441632960000"},
    auth_token=Secret(TOKEN),
)


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    """A server that takes what it is sent."""
    with a_catcher() as caught:
        yield caught


def form(caught: Catcher) -> dict[str, str]:
    """Return the members of the only request."""
    [body] = caught.bodies
    return {name: value for name, [value] in parse_qs(body.decode()).items()}


async def test_text_message_is_a_form_to_messages(catcher: Catcher) -> None:
    """Number, sender and text, under the account, by basic authentication."""
    await TwilioCourier(catcher.url + "/").deliver(SMS, SENDER)

    assert {"To": NUMBER, "From": "+441632960000", "Body": SMS.text} == form(catcher)
    assert ["/2010-04-01/Accounts/AC0123/Messages.json"] == catcher.paths
    [headers] = catcher.headers
    expected = base64.b64encode(f"AC0123:{TOKEN}".encode()).decode()
    assert (f"Basic {expected}", "application/x-www-form-urlencoded") == (
        headers["authorization"],
        headers["content-type"],
    )


async def test_messaging_service_is_asked_where_there_is_one(catcher: Catcher) -> None:
    """It has numbers of its own, so it is told none."""
    account = {**SENDER.account, "messaging_service_sid": "MG1"}

    await TwilioCourier(catcher.url).deliver(SMS, replace(SENDER, account=account))

    assert {"To": NUMBER, "MessagingServiceSid": "MG1", "Body": SMS.text} == form(catcher)


async def test_call_says_its_text_twice(catcher: Catcher) -> None:
    """The TwiML is well-formed whatever the text holds; who picks up late hears it again."""
    await TwilioCourier(catcher.url).deliver(CALL, SENDER)

    sent = form(catcher)
    said = ET.fromstring(sent.pop("Twiml"))  # noqa: S314  it is our own
    assert {"To": NUMBER, "From": "+441632960000"} == sent
    assert ["/2010-04-01/Accounts/AC0123/Calls.json"] == catcher.paths
    assert "Response" == said.tag
    assert [CALL.text, CALL.text] == [one.text for one in said.iter("Say")]


@pytest.mark.parametrize(
    ("status", "is_final"),
    [
        (400, True), (401, True), (404, True), (302, True),
        (408, False), (409, False), (429, False), (500, False), (503, False), (HANG_UP, False),
    ],
)  # fmt: skip
async def test_answer_says_whether_another_try_may_help(
    catcher: Catcher,
    status: int,
    is_final: bool,  # noqa: FBT001
) -> None:
    """What will be answered the same again is final; what was busy or broken is not."""
    catcher.answers = [status]

    with pytest.raises(Undeliverable) as failed:
        await TwilioCourier(catcher.url).deliver(SMS, SENDER)

    assert (is_final, 1) == (failed.value.is_final, len(catcher.bodies))


async def test_reason_has_the_number_of_the_error_and_no_word_of_the_other_side(
    catcher: Catcher, caplog: pytest.LogCaptureFixture
) -> None:
    """D10: the service repeats number and text; neither they nor the token come into a reason."""
    caplog.set_level(logging.DEBUG)
    catcher.answers = [400]
    catcher.says = f'{{"code": 21211, "message": "{NUMBER} got {SMS.text}, {TOKEN}"}}'.encode()

    with pytest.raises(Undeliverable) as failed:
        await TwilioCourier(catcher.url).deliver(SMS, SENDER)

    assert "Twilio answered 400, error 21211" == str(failed.value)
    shown = f"{failed.value!r} {SENDER!r} {SMS!r} {caplog.text}"
    assert [] == [one for one in (TOKEN, "123456") if one in shown]


@pytest.mark.parametrize(
    "says", [b"", b"<html>", b"[]", b'{"code": "no"}', b"\xff", b"9" * 100_000]
)
async def test_answer_that_is_no_error_of_theirs_is_told_by_its_status(
    catcher: Catcher, says: bytes
) -> None:
    """A proxy between answers as it likes."""
    catcher.answers, catcher.says = [502], says

    with pytest.raises(Undeliverable, match=r"^Twilio answered 502$"):
        await TwilioCourier(catcher.url).deliver(SMS, SENDER)


async def test_service_that_is_away_is_tried_again() -> None:
    """A connection that is refused is no final answer."""
    with pytest.raises(Undeliverable, match="was not reached at 127") as failed:
        await TwilioCourier("http://127.0.0.1:1").deliver(SMS, SENDER)

    assert not failed.value.is_final


@pytest.mark.parametrize(
    ("letter", "account", "token"),
    [
        (SMS, {}, TOKEN),
        (SMS, {"sid": "AC1", "from": "+44"}, None),
        (SMS, {"sid": "AC1"}, TOKEN),
        (SMS, {"sid": "../AC1", "from": "+44"}, TOKEN),
        (SMS, {"sid": "AC1/x?y", "from": "+44"}, TOKEN),
        (CALL, {"sid": "AC1", "messaging_service_sid": "MG1"}, TOKEN),
    ],
)
async def test_account_that_cannot_work_asks_nobody(
    catcher: Catcher, letter: Letter, account: dict[str, str], token: str | None
) -> None:
    """Without an account, a number to call from, or with an id that leads elsewhere: final."""
    sender = replace(SENDER, account=account, auth_token=Secret(token) if token else None)

    with pytest.raises(Undeliverable, match="Twilio is selected without") as failed:
        await TwilioCourier(catcher.url).deliver(letter, sender)

    assert (True, []) == (failed.value.is_final, catcher.bodies)
