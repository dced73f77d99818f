r"""The items of a JSON array, or of JSON lines, one after the other: no more than one is held.

Rule 1: pure; the bytes come as blocks. Both forms are told apart by the first character.
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

MAX_ITEM_CHARS: Final = 1024 * 1024
_scan: Final = json.JSONDecoder().raw_decode
_WHITE: Final = re.compile(r"[ \t\r\n]*")


class Unreadable(Exception):
    """The text is no JSON, or no list; says where, and holds nothing of it."""


class _Text:
    """What has been read and not been used yet."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.text = ""
        self.place = 0
        self.is_whole = False

    def more(self) -> None:
        """Append the next block, and let go of what was used."""
        block = next(self._blocks, None)
        try:
            text = self._decoder.decode(block or b"", final=block is None)
        except UnicodeDecodeError:
            raise Unreadable("it is not UTF-8") from None
        self.is_whole = block is None
        self.text = self.text[self.place :] + text
        self.place = 0

    def next(self) -> str:
        """Return the next character that is not white space, without using it; empty at the end."""
        while True:
            match = _WHITE.match(self.text, self.place)
            self.place = match.end() if match else self.place
            if self.place < len(self.text) or self.is_whole:
                return self.text[self.place : self.place + 1]
            self.more()

    def item(self) -> str:
        """Return the next JSON value as it stands there, and use it."""
        self.next()
        while True:
            try:
                _, end = _scan(self.text, self.place)
            except (ValueError, RecursionError):
                end = -1
            # A number or a word might go on in the next block.
            if end >= 0 and (end < len(self.text) or self.is_whole):
                item = self.text[self.place : end]
                self.place = end
                return item
            if self.is_whole or len(self.text) - self.place > MAX_ITEM_CHARS:
                raise Unreadable("what follows is no JSON, or longer than 1 MiB")
            self.more()


def items(blocks: Iterable[bytes]) -> Iterator[str]:
    """Return the items of a file, each as its own JSON text.

    Args:
        blocks: The file's bytes in pieces.

    Raises:
        Unreadable: While they are read; says behind which item.
    """
    text, count = _Text(blocks), 0
    try:
        for item in _array(text) if text.next() == "[" else _lines(text):
            yield item
            count += 1
    except Unreadable as bad:
        raise Unreadable(f"behind item {count}: {bad}") from None


def _lines(text: _Text) -> Iterator[str]:
    while text.next():
        yield text.item()


def _array(text: _Text) -> Iterator[str]:
    text.place += 1
    if text.next() == "]":
        text.place += 1
    else:
        yield text.item()
        while (found := text.next()) == ",":
            text.place += 1
            yield text.item()
        if found != "]":
            raise Unreadable("there is neither a comma nor the end of the list")
        text.place += 1
    if text.next():
        raise Unreadable("something stands behind the list")
