"""Compares the lanes with PyPI `bcrypt` on cases drawn by chance.

    python scripts/lanes_trials.py [--seconds S] [--costs 4-8] [--seed N]

Beside the tests, which draw few cases of low cost: this one runs as long as it is let.
`scripts/lanes_sanitize` runs it against a build that watches every access to memory.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

import bcrypt
from gateword_lanes import WIDTH, verify

Job = tuple[bytes, bytes]

MOST_BYTES: Final = 72
HASH_CHARACTERS: Final = 60
PREFIXES: Final = (b"$2a$", b"$2b$", b"$2y$")
ALPHABET: Final = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
KINDS: Final[tuple[Callable[[random.Random, int], bytes], ...]] = (
    lambda dice, length: dice.randbytes(length),
    lambda dice, length: bytes(dice.choices(b"\0a", k=length)),
    lambda dice, length: bytes(dice.choices(range(128, 256), k=length)),
    lambda dice, length: bytes(dice.choices(range(32, 127), k=length)),
    lambda _, length: bytes(length),
)


def _password(dice: random.Random) -> bytes:
    return dice.choice(KINDS)(dice, dice.choice((dice.randint(0, 80), 71, 72)))


def _job(dice: random.Random, cost: int) -> Job:
    """Return a job that fits, one that does not, or one with a byte changed in its hash."""
    password = _password(dice)
    salt = bytes(dice.choices(ALPHABET, k=21)) + dice.choice((b".", b"O", b"e", b"u"))
    settings = dice.choice(PREFIXES) + b"%02d$" % cost + salt
    hashed = password if dice.random() < 1 / 2 else _password(dice)
    encoded = bcrypt.hashpw(hashed[:MOST_BYTES], settings)
    fault = dice.random()
    if fault < 1 / 20:
        place = dice.choice(
            [at for at in range(HASH_CHARACTERS) if at not in {4, 5}]
        )  # never another cost
        encoded = encoded[:place] + dice.randbytes(1) + encoded[place + 1 :]
    elif fault < 1 / 10:
        encoded = encoded[: dice.randrange(HASH_CHARACTERS)]
    return password, encoded


def _by_referee(jobs: list[Job]) -> list[bool] | None:
    """Return the verdicts, or None when the lanes must refuse a job."""
    if any(len(password) > MOST_BYTES or not _is_canonical(encoded) for password, encoded in jobs):
        return None
    return [bcrypt.checkpw(*job) for job in jobs]


def _is_canonical(encoded: bytes) -> bool:
    """Say whether a hash is one that bcrypt itself writes."""
    is_text = len(encoded) == HASH_CHARACTERS and set(encoded[7:]) <= set(ALPHABET)
    spare = (ALPHABET.find(encoded[28:29]) % 16, ALPHABET.find(encoded[-1:]) % 4)
    return is_text and encoded[:4] in PREFIXES and encoded[6:7] == b"$" and spare == (0, 0)


def _by_lanes(jobs: list[Job]) -> list[bool] | None:
    try:
        return verify(jobs)
    except ValueError:
        return None


def compare(seconds: float, costs: range, seed: int) -> int:
    """Print what was compared; the exit status says whether anything differed."""
    dice, seen, ends = random.Random(seed), Counter[str](), time.monotonic() + seconds  # noqa: S311
    while time.monotonic() < ends:
        # Each cost takes twice as long as the one before, so it comes half as often.
        cost = dice.choices(costs, [2.0**-cost for cost in costs])[0]
        jobs = [_job(dice, cost) for _ in range(dice.randint(1, WIDTH))]
        expected = _by_referee(jobs)
        if _by_lanes(jobs) != expected:
            sys.stdout.write(f"DIFFERENCE, seed {seed}, batch {seen.total()}: {jobs!r}\n")
            return 1
        seen[f"cost {cost:2}" if expected is not None else "refused"] += 1
    told = ", ".join(f"{name}: {count}" for name, count in sorted(seen.items()))
    sys.stdout.write(f"{seen.total()} batches judged alike (seed {seed}; {told})\n")
    return 0


def _range(text: str) -> range:
    least, _, most = text.partition("-")
    return range(int(least), int(most or least) + 1)


def main() -> int:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--costs", type=_range, default=range(4, 9))
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    asked = parser.parse_args()
    return compare(asked.seconds, asked.costs, asked.seed)


if __name__ == "__main__":
    sys.exit(main())
