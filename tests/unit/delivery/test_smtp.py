"""The courier against a real mail server on loopback."""

import ssl
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from aiosmtpd.smtp import AuthResult, LoginPassword

from gateword.delivery.smtp import courier_at
from gateword.ports.delivery import Undeliverable
from gateword.ports.queues import Letter
from tests.support.mailbox import a_mailbox

LETTER = Letter(
    to="zoe@mail.example",
    kind="reset_email",
    subject="Wähle ein Passwort",
    text="Öffne https://tenant.example/u/reset-password?ticket=abc#\n",
    html="<p>Öffne <a href='https://tenant.example/'>dies</a></p>",
)
SENDER = "Häfen & Kiefern <inn@mail.example>"


async def test_letter_arrives_in_both_forms() -> None:
    """Plain text and HTML, in any script, from whom the settings say."""
    async with a_mailbox() as box:
        await courier_at(box.url, SENDER).deliver(LETTER)
        letter = await box.letter()

    assert ("zoe@mail.example",) == letter.recipients
    assert "inn@mail.example" == letter.sender
    assert "Häfen & Kiefern <inn@mail.example>" == str(letter.message["from"])
    assert "Wähle ein Passwort" == letter.message["subject"]
    assert "Öffne" in letter.text
    assert "Öffne" in letter.html
    assert "auto-generated" == letter.message["auto-submitted"]
    assert not letter.was_encrypted


async def test_plain_letter_has_no_empty_form_beside_it() -> None:
    """Mail programs show the HTML form where there is one, and an empty one would hide the text."""
    async with a_mailbox() as box:
        await courier_at(box.url, SENDER).deliver(replace(LETTER, html=""))
        letter = await box.letter()

    assert ("text/plain", "") == (letter.message.get_content_type(), letter.html)
    assert "Öffne" in letter.text


async def test_template_may_name_another_sender() -> None:
    """A letter that says whom it is from is from them."""
    async with a_mailbox() as box:
        await courier_at(box.url, SENDER).deliver(replace(LETTER, sender="me@mail.example"))
        letter = await box.letter()

    assert "me@mail.example" == letter.sender


async def test_sender_that_is_no_address_gives_way_to_our_own() -> None:
    """A faulty template costs its sender, not the letter."""
    async with a_mailbox() as box:
        await courier_at(box.url, SENDER).deliver(replace(LETTER, sender="nobody in particular"))
        letter = await box.letter()

    assert "inn@mail.example" == letter.sender


async def test_offered_encryption_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """STARTTLS is used wherever the server offers it, and its certificate is checked."""
    authority = trustme.CA()
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(own)
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    async with a_mailbox(own) as box:
        with pytest.raises(Undeliverable):
            await courier_at(box.url, SENDER).deliver(LETTER)

        monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
        await courier_at(box.url, SENDER).deliver(LETTER)

        assert [True] == [letter.was_encrypted for letter in box.received]


async def test_user_and_password_are_sent() -> None:
    """Name and password of the URL log in; percent-encoding is undone."""
    seen: list[LoginPassword] = []

    def logged_in(*arguments: object) -> AuthResult:
        data = arguments[-1]
        assert isinstance(data, LoginPassword)
        seen.append(data)
        return AuthResult(success=True)

    async with a_mailbox(authenticator=logged_in, auth_require_tls=False) as box:
        url = box.url.replace("//", "//me%40mail:p%3Ass@")
        await courier_at(url, SENDER).deliver(LETTER)

    assert [(b"me@mail", b"p:ss")] == [(one.login, one.password) for one in seen]


@pytest.mark.parametrize(("answer", "is_final"), [("550 no such box", True), ("451 later", False)])
async def test_refused_recipient_is_told_apart(answer: str, is_final: bool) -> None:  # noqa: FBT001
    """A permanent no ends the tries, a temporary one does not; the reason is the server's."""
    async with a_mailbox() as box:
        box.answers.append(answer)
        with pytest.raises(Undeliverable) as failed:
            await courier_at(box.url, SENDER).deliver(LETTER)

    assert (is_final, True) == (failed.value.is_final, answer[4:] in str(failed.value))


async def test_server_that_is_away_is_tried_again() -> None:
    """A connection that is refused is no final answer."""
    async with a_mailbox() as box:
        url = box.url
    with pytest.raises(Undeliverable) as failed:
        await courier_at(url, SENDER).deliver(LETTER)

    assert not failed.value.is_final


@pytest.mark.parametrize("to", ["", "zoe", "a@b\nBcc: c@d", "a@b, c@d", "<a@b>"])
async def test_address_that_cannot_stand_in_a_head_is_final(to: str) -> None:
    """No address can add a recipient or a line to the head of a letter."""
    async with a_mailbox() as box:
        with pytest.raises(Undeliverable) as failed:
            await courier_at(box.url, SENDER).deliver(replace(LETTER, to=to))

    assert (True, []) == (failed.value.is_final, box.received)


async def test_subject_cannot_add_a_line() -> None:
    """A line break in a subject is refused, not sent."""
    async with a_mailbox() as box:
        letter = replace(LETTER, subject="Hello\r\nBcc: eve@mail.example")
        with pytest.raises(Undeliverable):
            await courier_at(box.url, SENDER).deliver(letter)

    assert [] == box.received


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("http://mail", SENDER),
        ("smtp://", SENDER),
        ("smtp://mail", "nobody"),
        ("smtp://mail", "a@b, c@d"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(url: str, sender: str) -> None:
    """A URL or sender that means nothing is said at the start."""
    with pytest.raises(ValueError, match=r"smtp_url|address"):
        courier_at(url, sender)


@pytest.mark.parametrize(
    ("url", "port", "implicit"),
    [("smtp://mail", 587, False), ("smtps://mail", 465, True), ("smtp://mail:25", 25, False)],
)
def test_url_says_port_and_encryption(url: str, port: int, implicit: bool) -> None:  # noqa: FBT001
    """`smtps` is TLS from the first byte; the ports are those of the protocols."""
    courier = courier_at(url, SENDER)

    assert (port, implicit) == (courier.port, courier.implicit_tls)


async def test_password_never_goes_out_in_clear() -> None:
    """Away from this machine a password needs TLS; the courier gives up before it sends it."""
    async with a_mailbox() as box:
        courier = replace(
            courier_at(box.url.replace("//", "//me:secret@"), SENDER), loopback_is_private=False
        )
        with pytest.raises(Undeliverable, match="offers no TLS"):
            await courier.deliver(LETTER)
