"""Reads Have I Been Pwned's published lists of SHA-1 digests, in either of their two forms.

A folder holds a file for each of the 2^20 beginnings of five hex digits, named by it, with lines of
the other 35 digits and a count. A file holds all digests of 40 digits, sorted, with their counts;
it may be compressed by gzip. Counts of zero pad an answer, and say nothing.

Lines are looked at many at a time, by one expression over all of them: a loop would take minutes
more for a whole list.
"""

import gzip
import os
import re
import zlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from operator import lt
from pathlib import Path
from typing import BinaryIO, Final, NoReturn, Protocol

from gateword.storage.breach_corpus import BUCKETS, ENTRY_BYTES

_DIGITS: Final = 40
_BUCKET_DIGITS: Final = 5
_ENTRY_DIGITS: Final = 2 * ENTRY_BYTES
_NTLM_DIGITS: Final = 32
BLOCK_BYTES: Final = 4 << 20
"""How much of a file is looked at at once."""

_RANGE_BYTES: Final = 1 << 17
"""More than there is in the file of a range."""

_BEHIND_DIGITS: Final = b"G"
_GZIP: Final = b"\x1f\x8b"
_RANGE: Final = re.compile(r"[0-9A-Fa-f]{5}(\.txt)?")
_NAMES: Final = ("", "{:05x}", "{:05x}.txt", "{:05X}", "{:05X}.txt")
_AGAIN: Final = "the corpus in force stays; get it anew and import it again"


class Garbled(Exception):
    """A list that cannot be read as one; the message says where, and what to do."""


class Dump(Protocol):
    """A published list that is being read.

    Attributes:
        total: How much there is to read.
        done: How much of it is read.
        missing: Files that a whole list would have and this one lacks.
        source: What it is, for people.
    """

    total: int
    done: int
    missing: int
    source: str

    def runs(self) -> Iterator[tuple[int, bytes]]:
        """Yield buckets in their order, each with entries of it: ascending, each once.

        A bucket may come several times in a row.

        Raises:
            Garbled: There is something else in the list.
            OSError: It cannot be read.
        """
        ...


def opened(path: Path, min_count: int) -> Dump:
    """Return the list in a folder or file; only what was seen so often is read.

    Raises:
        Garbled: The folder is none of a list.
        OSError: There is none.
    """
    return RangeFolder(path, min_count) if path.is_dir() else SortedFile(path, min_count)


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Lines:
    """Takes the digits that are kept out of lines of one kind."""

    def __init__(self, skipped: int, kept: int, min_count: int) -> None:
        """Choose how many of the 40 digits stand in another place, and how many are kept."""
        here = _DIGITS - skipped
        begin = b"^([0-9A-F]{%d})[0-9A-F]{%d}:" % (kept, here - kept)
        self._seen = re.compile(begin + rb"0*[1-9][0-9]{0,11}\r?$", re.MULTILINE)
        self._counted = re.compile(begin + rb"([0-9]{1,12})\r?$", re.MULTILINE)
        self._ntlm = re.compile(rb"[0-9A-F]{%d}:[0-9]+" % (_NTLM_DIGITS - skipped))
        self._here = here
        self._least = max(min_count, 1)

    def keys(self, block: bytes, place: Path | str, first: int) -> Sequence[bytes]:
        """Return the kept digits of every line that was seen often enough, as they stand.

        Args:
            block: Whole lines in upper case.
            place: Where they are from.
            first: Number of the first of them.

        Raises:
            Garbled: A line is of another kind.
        """
        if self._least == 1:
            seen: list[bytes] = self._seen.findall(block)
            if len(seen) == lines_in(block):
                return seen
        counted = self._counted.findall(block)
        if len(counted) != lines_in(block):
            self._check(block, place, first)
        return [key for key, count in counted if int(count) >= self._least]

    def _check(self, block: bytes, place: Path | str, first: int) -> None:
        """Find the line that is of another kind; empty ones do no harm."""
        for number, line in enumerate(block.split(b"\n"), first):
            if not line.strip() or self._counted.fullmatch(line):
                continue
            if self._ntlm.match(line):
                fault = "holds an NTLM digest; import the list of SHA-1 digests"
            else:
                fault = f"is not of {self._here} hex digits, a colon and a count; {_AGAIN}"
            raise Garbled(f"{place}, line {number}: {fault}")


class RangeFolder:
    """A folder of files that are named by the first five digits (port `Dump`).

    The lines of a file may stand in any order: all of them are in memory at once.

    Raises:
        Garbled: It has no such file.
        OSError: It cannot be read.
    """

    def __init__(self, path: Path, min_count: int) -> None:
        self._path = path
        # A list of a million names would take 100 MB, and trying every name half a minute.
        self._names = bytearray(BUCKETS)
        with os.scandir(path) as entries:
            for entry in entries:
                self._note(entry.name)
        self.missing = self._names.count(0)
        self.total = BUCKETS - self.missing
        self.done = 0
        self.source = f"folder {path.resolve().name}"
        self._lines = _Lines(_BUCKET_DIGITS, _ENTRY_DIGITS, min_count)
        if self.total == 0:
            raise Garbled(
                f"{path} holds no file of a range: they are named 00000 to FFFFF, "
                "with or without .txt"
            )

    def runs(self) -> Iterator[tuple[int, bytes]]:
        for bucket in range(BUCKETS):
            if name := self._names[bucket]:
                path = f"{self._path}/{_NAMES[name].format(bucket)}"
                yield bucket, bytes.fromhex(b"".join(self._keys(path)).decode())
                self.done += 1

    def _note(self, name: str) -> None:
        if _RANGE.fullmatch(name):
            bucket = int(name[:_BUCKET_DIGITS], 16)
            ways = [way for way, form in enumerate(_NAMES) if form.format(bucket) == name]
            self._names[bucket] = ways[-1] if ways else 0

    def _keys(self, path: str) -> Sequence[bytes]:
        keys = self._lines.keys(_content(path).upper(), path, 1)
        return keys if _ascending(keys) else sorted(set(keys))


def _content(path: str) -> bytes:
    """Return what is in the file of a range, a million of which have to be opened."""
    file = os.open(path, os.O_RDONLY)  # a third of the time of a `Path`
    try:
        content = b""
        while piece := os.read(file, _RANGE_BYTES):
            content += piece
            if len(content) > BLOCK_BYTES:
                raise Garbled(f"{path} is too large for the file of one range")
    finally:
        os.close(file)
    return content


class SortedFile:
    """One file of all digests (port `Dump`)."""

    def __init__(self, path: Path, min_count: int) -> None:
        self.total = path.stat().st_size
        self.done = 0
        self.missing = 0
        self.source = f"file {path.resolve().name}"
        self._path = path
        self._lines = _Lines(0, _BUCKET_DIGITS + _ENTRY_DIGITS, min_count)

    def runs(self) -> Iterator[tuple[int, bytes]]:
        last, number = b"", 1
        with self._path.open("rb") as raw, self._unpacked(raw) as file:
            for block in self._blocks(file):
                keys = self._lines.keys(block, self._path, number)
                if keys and not (last < keys[0] and _ascending(keys)):
                    keys = self._each_once(keys, last, block, number)
                yield from _by_bucket(keys)
                last = keys[-1] if keys else last
                number += lines_in(block)
                self.done = raw.tell()

    @contextmanager
    def _unpacked(self, raw: BinaryIO) -> Iterator[_Readable]:
        is_packed = raw.read(len(_GZIP)) == _GZIP
        raw.seek(0)
        if not is_packed:
            yield raw
            return
        try:
            with gzip.GzipFile(fileobj=raw) as file:
                yield file
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise Garbled(f"{self._path} cannot be unpacked: {error}; {_AGAIN}") from None

    def _blocks(self, file: _Readable) -> Iterator[bytes]:
        """Yield whole lines in upper case, many at once."""
        rest = b""
        while piece := file.read(BLOCK_BYTES):
            whole, newline, rest = (rest + piece).rpartition(b"\n")
            if newline:
                yield (whole + newline).upper()
            elif len(rest) > BLOCK_BYTES:
                raise Garbled(f"{self._path} holds no lines of a digest and a count")
        if rest:
            yield rest.upper()

    def _each_once(
        self, keys: Sequence[bytes], last: bytes, block: bytes, number: int
    ) -> Sequence[bytes]:
        """Return the keys without those that are the same as the one before."""
        if list(keys) != sorted(keys) or keys[0] < last:
            self._tell_where(last, block, number)
        return [key for key in dict.fromkeys(keys) if key != last]

    def _tell_where(self, last: bytes, block: bytes, first: int) -> NoReturn:
        number = first
        for number, line in enumerate(block.split(b"\n"), first):
            (key,) = self._lines.keys(line, self._path, number) or (last,)
            if key < last:
                break
            last = key
        raise Garbled(
            f"{self._path}, line {number}: the digest belongs before the one in the line above; "
            "import the list that is ordered by hash, or sort this one (LC_ALL=C sort)"
        )


def lines_in(block: bytes) -> int:
    """Return how many lines a text has; the last may lack its end."""
    return block.count(b"\n") + (block[-1:] not in (b"", b"\n"))


def _ascending(keys: Sequence[bytes]) -> bool:
    return all(map(lt, keys, islice(keys, 1, None)))


def _by_bucket(keys: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the entries of ascending keys, bucket by bucket."""
    # With a zero in front of each, digits pair up: three bytes of bucket, six of entry.
    raw = bytes.fromhex(b"".join([b"0" + key for key in keys]).decode())
    record = 3 + ENTRY_BYTES
    entries = bytearray(ENTRY_BYTES * len(keys))
    for place in range(ENTRY_BYTES):
        entries[place::ENTRY_BYTES] = raw[3 + place :: record]
    begin = 0
    while begin < len(keys):
        bucket = keys[begin][:_BUCKET_DIGITS]
        end = bisect_left(keys, bucket + _BEHIND_DIGITS, begin)
        yield int(bucket, 16), bytes(entries[ENTRY_BYTES * begin : ENTRY_BYTES * end])
        begin = end
