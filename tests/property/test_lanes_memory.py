"""What the lanes do with memory: they stay in their own, and leave nothing of a password there."""

import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gateword_lanes import WIDTH, verify

ROOT: Final = Path(__file__).parents[2]
HASH: Final = b"$2b$04$" + b"." * 53
DEEP: Final = 30


def test_sanitizers_find_nothing() -> None:
    """No access outside an object and no undefined arithmetic, over batches drawn by chance."""
    command = [ROOT / "scripts" / "lanes_sanitize", "--seconds", "1", "--costs", "4-5"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)

    assert "batches judged alike" in ran.stdout, ran.stdout + ran.stderr


def test_no_key_is_left_in_memory() -> None:
    """The words that the cipher is keyed with are wiped; they look unlike the password itself.

    The thread computes deep in its stack and then waits near the top, so that nothing but the
    lanes themselves overwrites what they left.
    """
    password = bytes(range(33, 33 + 64))
    has_computed, may_end = threading.Event(), threading.Event()

    def compute(depth: int) -> list[bool]:
        if depth:
            return [fits for [fits, *_] in map(compute, [depth - 1])]
        return verify([(password, HASH)] * WIDTH)

    def work() -> None:
        compute(DEEP)
        has_computed.set()
        may_end.wait()

    thread = threading.Thread(target=work)
    thread.start()
    has_computed.wait()
    found = list(_keys_in_memory(password))
    may_end.set()
    thread.join()

    assert [] == found


def _keys_in_memory(password: bytes) -> Iterator[str]:
    """Return the parts of this process's memory that hold the password as little-endian words.

    What is looked for is never in one piece itself, or it would find itself.
    """
    words = [password[at : at + 4][::-1] for at in range(0, len(password), 4)]
    begins = re.compile(re.escape(b"".join(words[:2])))
    for name, memory in _writable():
        for begin in begins.finditer(memory):
            at = begin.start()
            if all(memory[at + 4 * i : at + 4 * i + 4] == word for i, word in enumerate(words)):
                yield name


def _writable() -> Iterator[tuple[str, bytes]]:
    with Path("/proc/self/mem").open("rb", 0) as memory:
        for line in Path("/proc/self/maps").read_text().splitlines():
            addresses, rights, *_ = line.split()
            begin, end = (int(address, 16) for address in addresses.split("-"))
            if rights.startswith("rw"):
                memory.seek(begin)
                yield line, memory.read(end - begin)
