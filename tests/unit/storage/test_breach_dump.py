import gzip
from pathlib import Path

import pytest

from gateword.storage import breach_dump
from gateword.storage.breach_corpus import BUCKETS, digest, placed
from gateword.storage.breach_dump import Garbled
from tests.support.breach_lists import a_file, a_folder, hashed

WORDS = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot")
DIGESTS = sorted(hashed(*WORDS))
ENTRIES = sorted(placed(digest(word)) for word in WORDS)


def read(path: Path, min_count: int = 1) -> list[tuple[int, bytes]]:
    """Return every bucket and entry of a list, in the order in which they come."""
    found = []
    for bucket, entries in breach_dump.opened(path, min_count).runs():
        found += [(bucket, entries[at : at + 6]) for at in range(0, len(entries), 6)]
    return found


def refusal(path: Path) -> str:
    """Return why a list is refused."""
    with pytest.raises(Garbled) as refused:
        read(path)
    return str(refused.value)


@pytest.mark.parametrize("name", ["{}.txt", "{}"])
@pytest.mark.parametrize("lower", [False, True])
def test_folder_of_range_files_is_read(tmp_path: Path, name: str, *, lower: bool) -> None:
    """With or without an ending, in capitals or not."""
    digests = [one.lower() if lower else one for one in DIGESTS]
    folder = a_folder(tmp_path / "list", dict.fromkeys(digests, 2), name)

    assert ENTRIES == read(folder)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("is_last_ended", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_sorted_file_is_read(
    tmp_path: Path, end: str, *, is_last_ended: bool, packed: bool
) -> None:
    """With either end of line, with the last line cut, and compressed."""
    text = end.join(f"{one}:{number + 1}" for number, one in enumerate(DIGESTS))
    raw = (text + end * is_last_ended).encode()
    path = tmp_path / "list"
    path.write_bytes(gzip.compress(raw) if packed else raw)

    assert ENTRIES == read(path)


def test_sorted_file_is_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A piece may end inside a digest, a count or an end of line."""
    path = a_file(tmp_path / "list", DIGESTS)
    for size in range(45, 60):
        monkeypatch.setattr(breach_dump, "BLOCK_BYTES", size)

        assert ENTRIES == read(path)


def test_same_digest_again_counts_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the second stands in the next piece of the file."""
    twice = [one for one in DIGESTS for _ in range(2)]
    path = a_file(tmp_path / "list", twice)
    folder = a_folder(tmp_path / "folder", dict.fromkeys(DIGESTS, 1))
    first = next(folder.iterdir())
    first.write_text(first.read_text() + "\n" + first.read_text())

    assert ENTRIES == read(path)
    assert ENTRIES == read(folder)
    monkeypatch.setattr(breach_dump, "BLOCK_BYTES", 44)
    assert ENTRIES == read(path)


def test_lines_that_pad_an_answer_are_ignored(tmp_path: Path) -> None:
    """A count of zero is no password."""
    zeros = dict.fromkeys(hashed("nobody", "had", "these"), 0)
    folder = a_folder(tmp_path / "folder", dict.fromkeys(DIGESTS, 9) | zeros)
    path = tmp_path / "list"
    both = sorted([f"{one}:9" for one in DIGESTS] + [f"{one}:0" for one in zeros])
    path.write_text("\n".join(both))

    assert ENTRIES == read(folder)
    assert ENTRIES == read(path)


def test_empty_lines_do_no_harm(tmp_path: Path) -> None:
    """Some tools end a file with one."""
    path = a_file(tmp_path / "list", DIGESTS)
    path.write_text(path.read_text() + "\n\n")

    assert ENTRIES == read(path)


def test_seldom_seen_passwords_can_be_left_out(tmp_path: Path) -> None:
    """The bound itself is taken."""
    folder = a_folder(tmp_path / "folder", dict(zip(DIGESTS, (1, 2, 3, 4, 10, 100), strict=True)))
    wanted = sorted(placed(bytes.fromhex(one)) for one in DIGESTS[2:])

    assert wanted == read(folder, min_count=3)


def test_range_file_may_stand_in_any_order(tmp_path: Path) -> None:
    """It is small enough to be sorted here."""
    folder = tmp_path / "folder"
    folder.mkdir()
    begin = "0" * 5
    lines = [f"{digit}{'0' * 34}:1" for digit in "9A01"]
    (folder / begin).write_text("\n".join(lines))

    assert [0x0, 0x1, 0x9, 0xA] == [entry[0] >> 4 for _, entry in read(folder)]


def test_missing_range_files_are_counted(tmp_path: Path) -> None:
    """A folder that was loaded half is no whole list, and nobody should think so."""
    folder = a_folder(tmp_path / "folder", dict.fromkeys(DIGESTS, 1))
    (folder / "README.txt").touch()
    (folder / "0000").touch()

    assert BUCKETS - len(DIGESTS) == breach_dump.opened(folder, 1).missing


def test_progress_ends_at_the_end(tmp_path: Path) -> None:
    """In whatever unit it is counted."""
    for path in (
        a_file(tmp_path / "list", DIGESTS),
        a_folder(tmp_path / "folder", dict.fromkeys(DIGESTS, 1)),
    ):
        dump = breach_dump.opened(path, 1)
        assert 0 == dump.done
        list(dump.runs())
        assert dump.total == dump.done > 0


@pytest.mark.parametrize(
    "line",
    [
        "hello",
        "A" * 39 + ":1",
        "A" * 41 + ":1",
        "G" * 40 + ":1",
        "A" * 40,
        "A" * 40 + ":",
        "A" * 40 + ":x",
        "A" * 40 + ":-1",
        "A" * 40 + ":1 ",
        "A" * 40 + ":1\r\r",
        " " + "A" * 40 + ":1",
        "A" * 40 + ":" + "1" * 13,
    ],
)
def test_line_of_another_kind_is_named(tmp_path: Path, line: str) -> None:
    """By its file and number, also behind many good ones; nothing is guessed."""
    path = a_file(tmp_path / "list", DIGESTS[:3])
    path.write_text(path.read_text() + line + "\n" + "F" * 40 + ":1\n")

    said = refusal(path)
    assert said.startswith(f"{path}, line 4: is not of 40 hex digits, a colon and a count")
    assert "get it anew" in said


def test_line_of_another_kind_is_named_in_a_range_file(tmp_path: Path) -> None:
    """A web page of an error is no range."""
    folder = a_folder(tmp_path / "folder", {DIGESTS[0]: 1})
    bad = folder / "FFFFF.txt"
    bad.write_text(f"{'0' * 35}:1\n<html>\n")

    assert refusal(folder).startswith(f"{bad}, line 2: is not of 35 hex digits")


def test_list_of_ntlm_digests_is_told_apart(tmp_path: Path) -> None:
    """It is published beside the other, and would never match."""
    path = tmp_path / "list"
    path.write_text("A" * 32 + ":1\n")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "00000.txt").write_text("A" * 27 + ":1\n")

    assert "NTLM" in refusal(path)
    assert "NTLM" in refusal(folder)


@pytest.mark.parametrize("block", [45, 4 << 20])
def test_unsorted_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    """With the line that stands wrong, and what to do: a look-up would not find what it holds."""
    monkeypatch.setattr(breach_dump, "BLOCK_BYTES", block)
    path = a_file(tmp_path / "list", [*DIGESTS[:3], DIGESTS[4], DIGESTS[3], DIGESTS[5]])

    said = refusal(path)
    assert said.startswith(f"{path}, line 5: the digest belongs before")
    assert "ordered by hash" in said


def test_file_that_was_cut_while_it_was_packed_is_refused(tmp_path: Path) -> None:
    """A download that stopped half-way is not half a corpus."""
    path = tmp_path / "list.gz"
    packed = gzip.compress(a_file(tmp_path / "list", DIGESTS).read_bytes())
    for cut in (packed[:-20], packed[:40] + b"\0\0\0\0" + packed[44:]):
        path.write_bytes(cut)

        assert "cannot be unpacked" in refusal(path)


def test_other_files_are_refused(tmp_path: Path) -> None:
    """A program, a folder of something else, a range file of a whole list."""
    program = tmp_path / "program"
    program.write_bytes(bytes(9 << 20))
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "notes.txt").touch()

    assert "holds no lines" in refusal(program)
    assert "named 00000 to FFFFF" in refusal(folder)
    (folder / "ABCDE").write_bytes(bytes(5 << 20))
    assert "too large" in refusal(folder)
