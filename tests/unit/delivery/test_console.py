import io

import pytest

from gateword.delivery.console import ConsoleCourier, ConsolePhone
from gateword.ports.delivery import PhoneSender
from gateword.ports.queues import Letter
from tests.support.stand_ins import START


async def test_letter_is_printed_in_a_frame() -> None:
    """Whoever runs the server sees whom the letter is for, and the whole link."""
    stream = io.StringIO()
    letter = Letter(
        to="zoe@mail.example", kind="k", subject="Hello", text="One\n\nhttps://x.example/?t=1#\n"
    )

    await ConsoleCourier("me@mail.example", stream).deliver(letter)

    lines = stream.getvalue().strip().splitlines()
    assert lines[0].startswith("+-- letter")
    assert lines[-1].startswith("+-- end of letter")
    assert "| To:      zoe@mail.example" in lines
    assert "| https://x.example/?t=1#" in lines


async def test_letter_cannot_move_the_cursor() -> None:
    """Control characters of a stranger's name do not reach the terminal."""
    stream = io.StringIO()
    letter = Letter(to="z@mail.example", kind="k", subject="a\x1b[2Jb", text="\x07")

    await ConsoleCourier("me@mail.example", stream).deliver(letter)

    assert not {"\x1b", "\x07"} & set(stream.getvalue())


@pytest.mark.parametrize(("channel", "kind"), [("sms", "text message"), ("voice", "phone call")])
async def test_message_to_a_phone_is_printed_in_a_frame(channel: str, kind: str) -> None:
    """Where no service is set, whoever runs the server reads the code off the terminal."""
    stream = io.StringIO()
    letter = Letter(to="+441632960001", kind="k", text="Your code: 123456", channel=channel)

    await ConsolePhone(stream).deliver(
        letter, PhoneSender(tenant="shop", provider="auth0", at=START)
    )

    lines = stream.getvalue().strip().splitlines()
    assert lines[0].startswith(f"+-- {kind} (no phone_webhook_url is set")
    assert "| To:      +441632960001" in lines
    assert "| Your code: 123456" in lines


async def test_text_cannot_end_its_frame() -> None:
    """What a stranger wrote stays inside, so nobody takes it for the server's word."""
    stream = io.StringIO()
    letter = Letter(to="z@mail.example", kind="k", text="a\n+-- end of letter ---\nb")

    await ConsoleCourier("me@mail.example", stream).deliver(letter)

    assert "| +-- end of letter ---" in stream.getvalue().splitlines()
