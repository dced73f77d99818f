import io
import struct
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateword.storage.breach_corpus import BUCKETS, Corpus, Unusable, Writer, digest, placed

MADE_AT = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
LAST = BUCKETS - 1
TABLE_AT = 256


def image(buckets: Mapping[int, Sequence[int]]) -> bytes:
    """Return a corpus with these entries in these buckets."""
    file = io.BytesIO()
    writer = Writer(file)
    for bucket, entries in buckets.items():
        writer.add(bucket, b"".join(entry.to_bytes(6, "big") for entry in entries))
    writer.finish(MADE_AT, "file pwned.txt", 3)
    return file.getvalue()


def digest_of(bucket: int, entry: int, rest: int = 0) -> bytes:
    """Return a digest by its three parts."""
    return ((((bucket << 48) | entry) << 92) | rest).to_bytes(20, "big")


SMALL = image({0: [0, 5], 7: [1, 2, 3], LAST: [1 << 47, (1 << 48) - 1]})


@pytest.mark.parametrize(
    ("bucket", "entry"),
    [(0, 0), (0, 5), (7, 1), (7, 2), (7, 3), (LAST, 1 << 47), (LAST, (1 << 48) - 1)],
)
def test_every_entry_is_found(bucket: int, entry: int) -> None:
    """Also the first of the first bucket and the last of the last."""
    assert Corpus.of_bytes(SMALL).holds(digest_of(bucket, entry))


@pytest.mark.parametrize(
    ("bucket", "entry"),
    [
        (0, 1),  # between two
        (0, 6),  # behind the last of a bucket
        (1, 0),  # in an empty bucket, entries of its neighbours
        (1, 5),
        (6, 1),
        (7, 0),  # before the first
        (7, 5),
        (LAST, 0),
        (LAST, (1 << 48) - 2),
    ],
)
def test_nothing_else_is_found(bucket: int, entry: int) -> None:
    """An entry counts in its own bucket and nowhere else."""
    assert not Corpus.of_bytes(SMALL).holds(digest_of(bucket, entry))


def test_corpus_without_entries_holds_nothing() -> None:
    """Every bucket may be empty."""
    corpus = Corpus.of_bytes(image({}))

    assert not corpus.holds(digest_of(0, 0))
    assert not corpus.holds(digest_of(LAST, (1 << 48) - 1))


def test_digests_that_begin_alike_cannot_be_told_apart() -> None:
    """Of 160 bits 68 are kept: that is the whole of what may go wrong, and it is stated."""
    corpus = Corpus.of_bytes(SMALL)

    assert corpus.holds(digest_of(7, 2, rest=(1 << 92) - 1))
    assert 7 / 2**68 == corpus.about.false_positive_rate


def test_digest_is_cut_behind_its_fifth_and_seventeenth_digit() -> None:
    """The bucket is what published range files are named by."""
    whole = digest("password")
    bucket, entry = placed(whole)

    assert "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8" == whole.hex()
    assert ("5baa6", "1e4c9b93f3f0") == (f"{bucket:05x}", entry.hex())


def test_corpus_tells_when_and_of_what_it_was_made() -> None:
    """An operator sees how old it is."""
    about = Corpus.of_bytes(SMALL).about

    assert (7, MADE_AT, "file pwned.txt", 3) == (
        about.entries,
        about.made_at,
        about.source,
        about.min_count,
    )
    assert len(SMALL) == about.size


def test_entry_costs_six_bytes() -> None:
    """900 million passwords take 5.4 GB, and a table of 4 MiB."""
    more = image({0: list(range(1000))})

    assert 6 * 1000 == len(more) - len(image({}))
    assert 256 + 4 * (2**20 + 1) == len(image({}))


def changed(at: int) -> bytes:
    """Return a corpus with one bit of it turned."""
    raw = bytearray(SMALL)
    raw[at] ^= 1
    return bytes(raw)


def of_version(number: int) -> bytes:
    """Return a corpus that says it has another format, and is whole."""
    raw = bytearray(SMALL)
    struct.pack_into("<I", raw, 8, number)
    struct.pack_into("<I", raw, 252, zlib.crc32(raw[:252]))
    return bytes(raw)


@pytest.mark.parametrize(
    ("damaged", "said"),
    [
        (b"", "is no corpus"),
        (b"SQLite format 3\0" * 400, "is no corpus"),
        (SMALL[:100], "ends inside its header"),
        (SMALL[:256], "ends too early"),
        (SMALL[:5000], "ends too early"),
        (SMALL[:-1], "ends too early"),
        (SMALL + b"\0", "goes on behind its end"),
        (changed(0), "is no corpus"),
        (changed(20), "header is damaged"),
        (changed(45), "header is damaged"),
        (changed(TABLE_AT + 4), "table is damaged"),
        (changed(TABLE_AT + 4 * 2**20), "table is damaged"),
        (of_version(2), "has format 2, and this Gateword reads format 1"),
    ],
    ids=lambda value: f"{len(value)} bytes" if isinstance(value, bytes) else value,
)
def test_damaged_file_is_refused_when_it_is_opened(
    damaged: bytes, said: str, tmp_path: Path
) -> None:
    """And the refusal says what is wrong with it."""
    path = tmp_path / "corpus"
    path.write_bytes(damaged)

    with pytest.raises(Unusable, match=said):
        Corpus.of_file(path)


def test_unfinished_file_is_refused(tmp_path: Path) -> None:
    """What a killed import leaves behind is no corpus."""
    path = tmp_path / "corpus"
    with path.open("wb") as file:
        Writer(file).add(3, bytes(600))

    with pytest.raises(Unusable, match="is no corpus"):
        Corpus.of_file(path)


def test_damage_of_an_entry_is_found_by_reading_all(tmp_path: Path) -> None:
    """Opening must not take half a minute, so this is asked for."""
    path = tmp_path / "corpus"
    path.write_bytes(changed(len(SMALL) - 1))

    with pytest.raises(Unusable, match="entries are damaged"):
        Corpus.of_file(path).verify()
    Corpus.of_bytes(SMALL).verify()


def test_file_that_is_shortened_while_it_is_open_is_an_error(tmp_path: Path) -> None:
    """A copy over the file in its place neither kills the process nor counts as an answer."""
    path = tmp_path / "corpus"
    path.write_bytes(SMALL)
    corpus = Corpus.of_file(path)
    path.write_bytes(SMALL[:1000])

    with pytest.raises(Unusable, match="was shortened"):
        corpus.holds(digest_of(LAST, 0))
    with pytest.raises(Unusable, match="was shortened"):
        corpus.verify()


def test_file_that_is_replaced_still_answers(tmp_path: Path) -> None:
    """An import renames: whoever has the old file open finishes with it."""
    path = tmp_path / "corpus"
    path.write_bytes(SMALL)
    corpus = Corpus.of_file(path)
    (tmp_path / "new").write_bytes(image({}))
    (tmp_path / "new").replace(path)

    assert corpus.holds(digest_of(7, 3))
    assert not Corpus.of_file(path).holds(digest_of(7, 3))
