"""Published lists of breached passwords, as small as a test wants them."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from gateword.storage.breach_corpus import digest


def hashed(*passwords: str) -> list[str]:
    """Return the digests of passwords as such lists write them."""
    return [digest(password).hex().upper() for password in passwords]


def a_file(path: Path, digests: Iterable[str], *, count: int = 1) -> Path:
    """Write one file of digests, each with a count; in order, but for that of the caller."""
    path.write_text("".join(f"{one}:{count}\r\n" for one in digests), encoding="ascii", newline="")
    return path


def a_folder(path: Path, counts: Mapping[str, int], name: str = "{}.txt") -> Path:
    """Write a folder of range files with their digests' counts."""
    path.mkdir()
    ranges: dict[str, list[str]] = {}
    for one, count in counts.items():
        ranges.setdefault(one[:5], []).append(f"{one[5:]}:{count}")
    for begin, lines in ranges.items():
        # As they are published: the last line has no end.
        text = "\r\n".join(sorted(lines))
        (path / name.format(begin)).write_text(text, encoding="ascii", newline="")
    return path
