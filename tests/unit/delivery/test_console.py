import io

from gateword.delivery.console import ConsoleCourier
from gateword.ports.queues import Letter


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
