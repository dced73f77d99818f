"""Measures `gateword breached import` and look-ups: seconds, memory, bytes, false positives.

`python scripts/bench_breached.py --entries 20000000 [--form file] [--ranges 23310]`

The list is made here, of random digests, in Have I Been Pwned's format. A corpus errs too seldom
to be caught at it, so false positives are counted twice: as they are (none is expected), and with
only 44 bits of each entry compared, where the same rule (entries / 2^bits) expects some.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from gateword.domain.secret import Secret
from gateword.storage.breach_corpus import BUCKETS, Corpus
from gateword.storage.breaches import StoredBreaches

GATEWORD: Final = str(Path(sys.executable).with_name("gateword"))
HEADER_BYTES: Final = 256
SHORT_BYTES: Final = 3
SHORT_BITS: Final = 20 + 8 * SHORT_BYTES
WHOLE_LIST: Final = 900_000_000


def ranges(entries: int, files: int) -> Iterator[tuple[str, list[str]]]:
    """Yield beginnings of five digits with their sorted lines, without ends."""
    few, more = divmod(entries, files)
    for bucket in range(files):
        count = few + (bucket < more)
        digits = os.urandom(18 * count).hex().upper()
        suffixes = sorted(digits[at : at + 35] for at in range(0, 36 * count, 36))
        yield f"{bucket:05X}", [f"{one}:{1 + int(one[:2], 16)}" for one in suffixes]


def write_folder(path: Path, entries: int, files: int) -> list[bytes]:
    """Write a folder of range files; return some of its digests."""
    path.mkdir()
    known = []
    for begin, lines in ranges(entries, files):
        text = "\r\n".join(lines)
        (path / f"{begin}.txt").write_text(text, encoding="ascii", newline="")
        known += known_of(begin, lines)
    return known


def write_file(path: Path, entries: int, files: int) -> list[bytes]:
    """Write one sorted file; return some of its digests."""
    known = []
    with path.open("w", encoding="ascii") as file:
        for begin, lines in ranges(entries, files):
            file.writelines(f"{begin}{line}\n" for line in lines)
            known += known_of(begin, lines)
    return known


def known_of(begin: str, lines: list[str]) -> list[bytes]:
    """Return the last digest of every 64th beginning."""
    is_taken = int(begin, 16) % 64 == 0 and lines
    return [bytes.fromhex(begin + lines[-1][:35])] if is_taken else []


def imported(data: Path, path: Path) -> dict[str, Any]:
    """Import a list in a process of its own; print what it took, and return what it said."""
    command = [GATEWORD, "breached", "import", str(path), "--data", str(data), "--json"]
    began = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        printed = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
    if status:
        raise SystemExit(f"the import ended with {status}: {printed}")
    took_s, cpu_s = time.monotonic() - began, usage.ru_utime + usage.ru_stime
    answer: dict[str, Any] = json.loads(printed)
    rate, peak_mib = answer["entries"] / took_s, usage.ru_maxrss / 1024
    print(
        f"import: {took_s:.1f} s ({cpu_s:.1f} s of CPU), {rate:,.0f}/s, peak RSS {peak_mib:.0f} MiB"
    )
    return answer


def timed(name: str, asks: list[bytes], ask: Callable[[bytes], bool]) -> None:
    """Print how long look-ups take one by one, and how many were known."""
    took, known = [], 0
    for one in asks:
        began = time.perf_counter()
        known += ask(one)
        took.append(time.perf_counter() - began)
    print_times(name, took, known)


def print_times(name: str, took: list[float], known: int) -> None:
    """Print percentiles in microseconds."""
    took.sort()
    p50, p99 = (1e6 * took[len(took) * percent // 100] for percent in (50, 99))
    print(f"{name}: {len(took):,} asks, {known:,} known, p50 {p50:.1f} us, p99 {p99:.1f} us")


async def through_the_port(path: Path, count: int) -> None:
    """Print how long the port takes, its thread included."""
    breaches = StoredBreaches(path, time.monotonic, is_expected=True)
    took, known = [], 0
    for number in range(count):
        began = time.perf_counter()
        known += await breaches.holds(Secret(f"password {number}"))
        took.append(time.perf_counter() - began)
    print_times("through the port, warm", took, known)


def some_digests(count: int) -> list[bytes]:
    """Return random digests."""
    raw = os.urandom(20 * count)
    return [raw[at : at + 20] for at in range(0, len(raw), 20)]


def false_positives(corpus: Corpus, probes: int) -> int:
    """Return how many random digests the corpus takes for its own."""
    piece = 100_000
    return sum(
        corpus.holds(one)
        for done in range(0, probes, piece)
        for one in some_digests(min(piece, probes - done))
    )


def short_positives(path: Path, probes: int) -> int:
    """Return how many random digests begin like an entry, as far as 44 bits go."""
    each, found = probes // BUCKETS, 0
    with path.open("rb") as file:
        file.seek(HEADER_BYTES)
        table = array("I")
        table.fromfile(file, BUCKETS + 1)
        for bucket in range(BUCKETS):
            entries = file.read(6 * (table[bucket + 1] - table[bucket]))
            begins = {entries[at : at + SHORT_BYTES] for at in range(0, len(entries), 6)}
            asked = os.urandom(SHORT_BYTES * each)
            found += sum(
                asked[at : at + SHORT_BYTES] in begins for at in range(0, len(asked), SHORT_BYTES)
            )
    return found


def forgotten(path: Path) -> None:
    """Ask the system to drop what it keeps of a file in memory."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def measure_lookups(path: Path, known: list[bytes], probes: int) -> None:
    """Print times of look-ups and counts of false positives."""
    corpus = Corpus.of_file(path)
    missed = sum(not corpus.holds(one) for one in known)
    print(f"of the list: {len(known):,} asked, {missed} not found")
    forgotten(path)
    timed("from the disk", some_digests(2000), corpus.holds)
    corpus.verify()  # all of it is in memory now
    timed("warm", some_digests(200_000), corpus.holds)
    timed("warm, of the list", known, corpus.holds)
    asyncio.run(through_the_port(path, 20_000))
    entries = corpus.about.entries
    print(f"false positive rate: {corpus.about.false_positive_rate:.2e} computed here,")
    print(f"  {WHOLE_LIST / 2**68:.2e} computed for {WHOLE_LIST:,}")
    print(f"  {false_positives(corpus, probes):,} of {probes:,} random digests were known")
    probed = probes // BUCKETS * BUCKETS
    expected = probed * entries / 2**SHORT_BITS
    found = short_positives(path, probed)
    print(f"  at {SHORT_BITS} bits: {found:,} of {probed:,}, {expected:,.1f} expected")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=20_000_000)
    parser.add_argument("--probes", type=int, default=20_000_000)
    parser.add_argument("--form", choices=("folder", "file"), default="folder")
    parser.add_argument(
        "--ranges", type=int, default=BUCKETS, help="how many; a whole list has 860 digests in each"
    )
    asked = parser.parse_args()
    with TemporaryDirectory() as name:
        data, path = Path(name) / "data", Path(name) / "list"
        command = [GATEWORD, "init", "--data", str(data), "--domain", "localhost:8443"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        began = time.monotonic()
        write = write_folder if asked.form == "folder" else write_file
        known = write(path, asked.entries, asked.ranges)
        print(f"{asked.entries:,} digests made as a {asked.form}: {time.monotonic() - began:.0f} s")
        answer = imported(data, path)
        entries, size = answer["entries"], answer["bytes"]
        print(f"corpus: {entries:,} entries, {size:,} bytes, {size / entries:.2f} an entry")
        measure_lookups(Path(answer["path"]), known, asked.probes)


if __name__ == "__main__":
    main()
