"""Times bcrypt in lanes against PyPI `bcrypt`, all ways in turn: one hash, in milliseconds.

    python scripts/lanes_speed.py [--cost 10] [--rounds 9]

Processor time of one thread, then hashes a second of two threads by the clock.
"""

import argparse
import statistics
import sys
import threading
import time
from collections.abc import Callable, Mapping

import bcrypt
from gateword_lanes import WIDTH, verify

Way = Callable[[], int]


def ways(cost: int) -> Mapping[str, Way]:
    """Return what is timed; each returns how many hashes it checked."""
    encoded = bcrypt.hashpw(b"right", bcrypt.gensalt(cost))

    def alone() -> int:
        return int(bcrypt.checkpw(b"right", encoded))

    def in_lanes(width: int) -> Way:
        jobs = [(b"right", encoded)] * width
        return lambda: sum(verify(jobs))

    lanes = {f"{width} in lanes": in_lanes(width) for width in range(1, WIDTH + 1)}
    return {"PyPI bcrypt": alone, **lanes}


def work_ms(way: Way) -> float:
    """Return the processor time of one hash."""
    began = time.thread_time()
    done = way()
    return 1000 * (time.thread_time() - began) / done


def per_s(way: Way) -> float:
    """Return how many hashes two threads check a second."""
    done: list[int] = []
    threads = [threading.Thread(target=lambda: done.append(way())) for _ in range(2)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - began)


def main() -> int:
    """Print medians, their spread, and ratios to PyPI `bcrypt`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cost", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    timed = ways(asked.cost)
    one: dict[str, list[float]] = {name: [] for name in timed}
    two: dict[str, list[float]] = {name: [] for name in timed}
    for _ in range(asked.rounds):
        for name, way in timed.items():
            one[name].append(work_ms(way))
            two[name].append(per_s(way))
    for name in timed:
        ms, rate = statistics.median(one[name]), statistics.median(two[name])
        by_work = statistics.median(one["PyPI bcrypt"]) / ms
        by_rate = rate / statistics.median(two["PyPI bcrypt"])
        sys.stdout.write(
            f"{name:12} {ms:6.1f} ms ({min(one[name]):.1f} to {max(one[name]):.1f}), "
            f"{by_work:.2f} times; two threads {rate:6.1f}/s "
            f"({min(two[name]):.1f} to {max(two[name]):.1f}), {by_rate:.2f} times\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
