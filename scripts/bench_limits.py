"""What the machine can do at best: bare password hashes and bare signatures a second."""

import os
import threading
import time
from statistics import fmean
from typing import Final, NamedTuple

from argon2 import low_level
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

MEMORY_KIB: Final = 19456
PASSES: Final = 2
_NICE: Final = 19
_KEY: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Hashing(NamedTuple):
    """Bare hashes: how many a second, and the processor time of one in ms."""

    per_s: float
    cpu_ms: float


def hashing(seconds: float) -> Hashing:
    """Measure Argon2id on all cores, with the server's parameters.

    One thread a core, at the priority of the server's own, so that whatever else runs on the
    machine takes as much from this figure as from the server's.
    """
    found: list[Hashing] = []

    def work() -> None:
        if os.uname().sysname == "Linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        _hash()
        began, began_cpu, done = time.perf_counter(), time.thread_time(), 0
        while time.perf_counter() - began < seconds:
            _hash()
            done += 1
        cpu_ms = 1000 * (time.thread_time() - began_cpu) / done
        found.append(Hashing(done / (time.perf_counter() - began), cpu_ms))

    threads = [threading.Thread(target=work) for _ in range(cores())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Hashing(sum(one.per_s for one in found), fmean(one.cpu_ms for one in found))


def signatures_per_s(seconds: float) -> float:
    """Return RS256 signatures a second of one core (2048 bits, the size of an access token)."""
    message, pad, algorithm = b"x" * 600, padding.PKCS1v15(), hashes.SHA256()
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        _KEY.sign(message, pad, algorithm)
        done += 1
    return done / (time.perf_counter() - began)


def _hash() -> None:
    low_level.hash_secret_raw(
        b"a password of usual length",
        b"sixteen salt byte",
        time_cost=PASSES,
        memory_cost=MEMORY_KIB,
        parallelism=1,
        hash_len=32,
        type=low_level.Type.ID,
    )
