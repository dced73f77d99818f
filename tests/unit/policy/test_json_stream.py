import json

import pytest

from gateword.policy.json_stream import MAX_ITEM_CHARS, Unreadable, items


def read(text: str, size: int = 1) -> list[str]:
    """Return the items of a text that comes in blocks of that many bytes."""
    raw = text.encode()
    return list(items(raw[start : start + size] for start in range(0, len(raw), size)))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  \n ", []),
        ("[]", []),
        (" [ ] \n", []),
        ('[{"a":1}]', ['{"a":1}']),
        ('[{"a":"]},["},\n{"b":[{"c":"\\""}]}\n]\n', ['{"a":"]},["}', '{"b":[{"c":"\\""}]}']),
        ('{"a":1}\n{"b":2}', ['{"a":1}', '{"b":2}']),
        ('{"a":1}\r\n\r\n{"b":2}\r\n', ['{"a":1}', '{"b":2}']),
        ('[12,345,true,null,"x"]', ["12", "345", "true", "null", '"x"']),
        ("12\n345\n", ["12", "345"]),
        ('\ufeff[{"a":"é😀"}]', ['{"a":"é😀"}']),
    ],
)
def test_items_are_those_of_the_whole_text(text: str, expected: list[str], size: int) -> None:
    """However the bytes are cut, an item is never cut with them."""
    assert expected == read(text, size)


@pytest.mark.parametrize("size", [1, 4, 1000])
@pytest.mark.parametrize(
    ("text", "behind"),
    [
        ("[", 0),
        ('[{"a":1}', 1),
        ('[{"a":1},', 1),
        ('[{"a":1},]', 1),
        ('[{"a":1} {"b":2}]', 1),
        ('[{"a":1}] x', 1),
        ('[{"a":1}][', 1),
        ('{"a":1}\n{"b"', 1),
        ("email;name\na;b", 0),
        ("[" * 100_000, 0),
        ('{"a":1}\n' + "{'b': 2}", 1),
    ],
)
def test_text_that_is_no_list_says_behind_which_item(text: str, behind: int, size: int) -> None:
    """The place helps to find what is wrong; the text itself may be a secret."""
    if size < 1000 < len(text):
        return
    with pytest.raises(Unreadable, match=f"behind item {behind}:"):
        read(text, size)


def test_bytes_that_are_not_utf8_are_refused() -> None:
    """RFC 8259 §8.1."""
    with pytest.raises(Unreadable, match="UTF-8"):
        list(items([b'[{"a":"\xff"}]']))


def test_item_without_end_is_not_held() -> None:
    """Memory is bounded by one item, not by the file."""
    block = b"x" * 64 * 1024
    taken = 0

    def endless() -> object:
        nonlocal taken
        yield b'[{"a":"'
        while True:
            taken += len(block)
            yield block

    with pytest.raises(Unreadable, match="1 MiB"):
        list(items(endless()))  # type: ignore[arg-type]  # a generator of bytes
    assert taken <= MAX_ITEM_CHARS + 2 * len(block)


def test_many_items_come_one_after_the_other() -> None:
    """The first is there before the last has been read."""
    read_blocks = 0

    def blocks() -> object:
        nonlocal read_blocks
        for number in range(1000):
            read_blocks += 1
            yield json.dumps({"n": number}).encode() + b"\n"

    found = items(blocks())  # type: ignore[arg-type]  # a generator of bytes
    assert '{"n": 0}' == next(found)
    assert read_blocks < 5
