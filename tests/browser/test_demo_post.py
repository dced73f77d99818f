"""How letters reach the demo's inbox, and how its own authenticator app counts."""

import hmac
import json
import time
from dataclasses import replace
from email.message import EmailMessage

import aiosmtplib
import httpx
import pytest

from demo.app.assembly import create
from demo.app.inbox import Inbox
from demo.app.pocket import Pocket
from demo.app.post_office import HOOK, mail_server
from tests.browser.test_demo_problems import SETTINGS
from tests.support.served import free_port

KEY = "a-key-that-only-the-login-server-has"
SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
MESSAGE = {"channel": "sms", "to": "+447700900123", "text": "<b>314159</b>", "code": "314159"}


def visiting() -> httpx.AsyncClient:
    """Return a browser at an application that knows the key of the signatures."""
    app = create(replace(SETTINGS, phone_secret=KEY))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:3000")


def signed(body: bytes, at_s: float, key: str = KEY) -> dict[str, str]:
    """Return the header with which the login server sends a message."""
    digest = hmac.digest(key.encode(), f"{int(at_s)}.".encode() + body, "sha256").hex()
    return {"x-gateword-signature": f"t={int(at_s)},v1={digest}"}


async def test_message_when_signed_is_in_the_inbox() -> None:
    """Its text is only text there."""
    body = json.dumps(MESSAGE).encode()
    async with visiting() as http:
        answer = await http.post(HOOK, content=body, headers=signed(body, time.time()))
        page = await http.get("/inbox")

    assert 204 == answer.status_code
    assert "&lt;b&gt;314159" in page.text
    assert "+447700900123" in page.text


@pytest.mark.parametrize(
    ("key", "age_s"),
    [("another key", 0), (KEY, 301), (KEY, -301)],
    ids=["foreign", "old", "early"],
)
async def test_message_when_signature_is_not_good_is_refused(key: str, age_s: int) -> None:
    """Nobody but the login server fills the inbox, and no message of it comes twice later."""
    body = json.dumps(MESSAGE).encode()
    async with visiting() as http:
        answer = await http.post(HOOK, content=body, headers=signed(body, time.time() - age_s, key))
        page = await http.get("/inbox")

    assert 403 == answer.status_code
    assert "314159" not in page.text


async def test_message_without_a_key_is_refused() -> None:
    """An application that was told no key takes no message at all."""
    body = json.dumps(MESSAGE).encode()
    app = httpx.ASGITransport(create(SETTINGS))
    async with httpx.AsyncClient(transport=app, base_url="http://localhost:3000") as http:
        answer = await http.post(HOOK, content=body, headers=signed(body, time.time(), ""))

    assert 403 == answer.status_code


async def test_letter_by_smtp_is_in_the_inbox_with_its_code() -> None:
    """The mail server of the demo is a real one, and the code is found in the letter."""
    inbox, port = Inbox(lambda: 0.0), free_port()
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "a@x.example", "b@x.example", "Your code"
    letter.set_content("It is\n\n  271828\n\nfor 5 minutes. Order 12345678.")
    async with mail_server(inbox, "127.0.0.1", port):
        await aiosmtplib.send(letter, hostname="127.0.0.1", port=port, start_tls=False)

    [came] = inbox.letters()
    assert ("E-mail", "b@x.example", "Your code") == (came.way, came.to, came.subject)
    assert "271828" == came.code


def test_inbox_when_full_forgets_the_oldest() -> None:
    """It never grows past its limit."""
    inbox = Inbox(lambda: 0.0)
    for number in range(50):
        inbox.mail("b@x.example", str(number), "")

    assert [str(number) for number in range(49, 9, -1)] == [one.subject for one in inbox.letters()]


def test_app_shows_the_code_of_the_moment() -> None:
    """The demo's own app counts as RFC 6238 does (its appendix B, six digits of the eight)."""
    pocket = Pocket(lambda: 59.0)
    pocket.put("ann", SEED)

    [shown] = pocket.shown()
    assert ("287082", 1) == (shown.code, shown.left_s)


def test_app_when_full_forgets_the_oldest() -> None:
    """It never grows past its limit, and an account that is set up anew stands first."""
    pocket = Pocket(lambda: 0.0)
    for number in [*range(20), 3, 20]:
        pocket.put(str(number), SEED)

    labels = [one.label for one in pocket.shown()]
    assert 20 == len(labels)
    assert ["20", "3"] == labels[:2]
    assert not pocket.has("0")
