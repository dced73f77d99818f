"""A corpus of breached passwords: SHA-1 digests, 6 bytes each, in one file that is only read.

    header     256 bytes
    table      2^20 + 1 numbers of 4 bytes: where the entries of each bucket begin, and their end
    entries    6 bytes each, ascending inside their bucket

The first 20 bits of a digest are its bucket, the next 48 its entry; the rest is dropped, so that
a password which is not in a corpus of n is taken for one with a probability of n / 2^68. All
numbers are little-endian.

A look-up reads the file twice with `pread`. A mapped file would do without the two calls, but a
page that is not in memory would hold the whole interpreter while the disk is asked, and a file
that somebody shortens in its place would kill the process.
"""

import hashlib
import os
import struct
import sys
import weakref
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO, Final

from gateword.values import dataclass

BUCKETS: Final = 1 << 20
ENTRY_BYTES: Final = 6
MAX_ENTRIES: Final = (1 << 32) - 1

_MAGIC: Final = b"GWBREACH"
_VERSION: Final = 1
_HEADER: Final = struct.Struct("<8s I Q q I I I 212s")
"""Magic, version, entries, when it was made (Unix seconds), least count, checksums (CRC-32) of the
table and of the entries, and what it was made from; a checksum of the header follows it."""

_CHECKSUM: Final = struct.Struct("<I")
_HEADER_BYTES: Final = 256
_TABLE_BYTES: Final = 4 * (BUCKETS + 1)
_BEGIN_AND_END: Final = struct.Struct("<II")
_SOURCE_BYTES: Final = 212
_ENTRIES_AT: Final = _HEADER_BYTES + _TABLE_BYTES
_PIECE_BYTES: Final = 1 << 20

_DIGEST_BITS: Final = 68
_ENTRY_MASK: Final = (1 << 8 * ENTRY_BYTES) - 1

Read = Callable[[int, int], bytes]
"""Returns so many bytes, from this place on; fewer where the file ends."""


class Unusable(Exception):
    """A file that is no corpus, or a damaged one; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a corpus says of itself.

    Attributes:
        made_at: None for what was never imported.
        source: What it was made from.
        min_count: How often a password had to be in the breaches.
    """

    entries: int
    made_at: datetime | None
    source: str
    min_count: int = 1

    @property
    def size(self) -> int:
        """Bytes of the corpus."""
        return _ENTRIES_AT + ENTRY_BYTES * self.entries

    @property
    def false_positive_rate(self) -> float:
        """How likely a password that is not in the corpus is taken for one that is."""
        return float(self.entries / (1 << _DIGEST_BITS))


def digest(password: str) -> bytes:
    """Return the digest under which a password is known; it protects nothing."""
    raw = password.encode("utf-8", "surrogatepass")
    return hashlib.sha1(raw, usedforsecurity=False).digest()


def placed(digest_: bytes) -> tuple[int, bytes]:
    """Return the bucket of a digest, and its entry there."""
    bits = int.from_bytes(digest_[:9], "big") >> (9 * 8 - _DIGEST_BITS)
    return bits >> 8 * ENTRY_BYTES, (bits & _ENTRY_MASK).to_bytes(ENTRY_BYTES, "big")


class Writer:
    """Writes a corpus; what was there before is unreadable until `finish`.

    Args:
        file: Empty, and seekable.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._counts = array("I", bytes(4 * BUCKETS))
        self._checksum = 0
        self.entries = 0
        file.write(bytes(_ENTRIES_AT))

    def add(self, bucket: int, entries: bytes) -> None:
        """Add entries, ascending and each once; buckets come in their order.

        Raises:
            Unusable: There are more than the table can count.
        """
        count = len(entries) // ENTRY_BYTES
        self.entries += count
        if self.entries > MAX_ENTRIES:
            raise Unusable(f"a corpus holds {MAX_ENTRIES:,} passwords at most")
        self._counts[bucket] += count
        self._checksum = zlib.crc32(entries, self._checksum)
        self._file.write(entries)

    def finish(self, made_at: datetime | None, source: str, min_count: int) -> About:
        """Write what comes before the entries; the file is a corpus from then on."""
        table = array("I", accumulate(self._counts, initial=0))
        if sys.byteorder == "big":
            table.byteswap()
        at_s = int(made_at.timestamp()) if made_at else 0
        header = _HEADER.pack(
            _MAGIC, _VERSION, self.entries, at_s, min_count, zlib.crc32(table), self._checksum,
            source.encode()[:_SOURCE_BYTES],
        )  # fmt: skip
        self._file.seek(0)
        self._file.write((header + _CHECKSUM.pack(zlib.crc32(header))).ljust(_HEADER_BYTES, b"\0"))
        self._file.write(table)
        return _about(header)


class Corpus:
    """A corpus that can be asked.

    Args:
        read: Reads the corpus.
        size: How long it is.

    Raises:
        Unusable: It is not whole, or no corpus.
    """

    def __init__(self, read: Read, size: int) -> None:
        self._read = read
        header = read(0, _HEADER_BYTES)
        _check_header(header)
        self.about = _about(header)
        *_, table_checksum, self._checksum, _ = _HEADER.unpack_from(header)
        if size != self.about.size:
            state = "ends too early" if size < self.about.size else "goes on behind its end"
            raise Unusable(f"it {state}: {size:,} bytes instead of {self.about.size:,}")
        if zlib.crc32(read(_HEADER_BYTES, _TABLE_BYTES)) != table_checksum:
            raise Unusable("its table is damaged")

    @classmethod
    def of_file(cls, path: Path) -> "Corpus":
        """Open a file; it is closed when nobody asks the corpus any more.

        Raises:
            Unusable: It is not whole, or no corpus.
            OSError: It cannot be read.
        """
        file = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        read = partial(_pread, file)
        try:
            corpus = cls(read, os.fstat(file).st_size)
        except BaseException:
            os.close(file)
            raise
        weakref.finalize(corpus, os.close, file)
        return corpus

    @classmethod
    def of_bytes(cls, image: bytes) -> "Corpus":
        """Return a corpus that is kept in memory."""
        return cls(lambda at, length: image[at : at + length], len(image))

    def holds(self, digest_: bytes) -> bool:
        """Say whether a digest is in the corpus.

        Raises:
            Unusable: The file was shortened since it was opened.
            OSError: It cannot be read.
        """
        bucket, entry = placed(digest_)
        begin, end = _BEGIN_AND_END.unpack(self._whole(_HEADER_BYTES + 4 * bucket, 8))
        length = ENTRY_BYTES * (end - begin)
        entries = self._whole(_ENTRIES_AT + ENTRY_BYTES * begin, length)

        def at(number: int) -> bytes:
            return entries[ENTRY_BYTES * number : ENTRY_BYTES * (number + 1)]

        return at(bisect_left(range(end - begin), entry, key=at)) == entry

    def verify(self) -> None:
        """Read every entry.

        Raises:
            Unusable: The entries are not those that were written.
            OSError: They cannot be read.
        """
        checksum = 0
        for at in range(_ENTRIES_AT, self.about.size, _PIECE_BYTES):
            piece = self._whole(at, min(_PIECE_BYTES, self.about.size - at))
            checksum = zlib.crc32(piece, checksum)
        if checksum != self._checksum:
            raise Unusable("its entries are damaged")

    def _whole(self, at: int, length: int) -> bytes:
        found = self._read(at, length)
        if len(found) != length:
            raise Unusable("it was shortened while it was open")
        return found


def _pread(file: int, at: int, length: int) -> bytes:
    return os.pread(file, length, at)


def _check_header(header: bytes) -> None:
    if header[: len(_MAGIC)] != _MAGIC:
        raise Unusable("it is no corpus of breached passwords")
    if len(header) < _HEADER_BYTES:
        raise Unusable("it ends inside its header")
    (version,) = _CHECKSUM.unpack_from(header, len(_MAGIC))
    if version != _VERSION:
        raise Unusable(f"it has format {version}, and this Gateword reads format {_VERSION}")
    if _CHECKSUM.unpack_from(header, _HEADER.size) != (zlib.crc32(header[: _HEADER.size]),):
        raise Unusable("its header is damaged")


def _about(header: bytes) -> About:
    _, _, entries, at_s, min_count, _, _, source = _HEADER.unpack_from(header)
    return About(
        entries=entries,
        made_at=datetime.fromtimestamp(at_s, UTC) if at_s else None,
        source=source.rstrip(b"\0").decode("utf-8", "replace"),
        min_count=min_count,
    )
