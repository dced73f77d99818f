"""What the machine can do at best: bare password hashes and bare signatures a second."""

import os
import threading
import time
from collections.abc import Callable
from statistics import fmean
from typing import Final, NamedTuple

import bcrypt
from argon2 import low_level
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

MEMORY_KIB: Final = 19456
PASSES: Final = 2
_NICE: Final = 19
_PASSWORD: Final = b"a password of usual length"
_BCRYPT_SALT: Final = bcrypt.gensalt(10)
_KEY: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Bare(NamedTuple):
    """Bare hashes or signatures: how many a second, and the processor time of one in ms."""

    per_s: float
    cpu_ms: float


def argon2id() -> None:
    """Compute one hash with the server's own parameters."""
    low_level.hash_secret_raw(
        _PASSWORD,
        b"sixteen salt byte",
        time_cost=PASSES,
        memory_cost=MEMORY_KIB,
        parallelism=1,
        hash_len=32,
        type=low_level.Type.ID,
    )


def bcrypt_10() -> None:
    """Compute one bcrypt hash of cost 10, by the package `bcrypt`."""
    bcrypt.hashpw(_PASSWORD, _BCRYPT_SALT)


def hashing(seconds: float, compute: Callable[[], None] = argon2id) -> Bare:
    """Measure a hash on all cores.

    One thread a core, at the priority of the server's own, so that whatever else runs on the
    machine takes as much from this figure as from the server's.

    Args:
        seconds: How long.
        compute: One hash.
    """
    found: list[Bare] = []

    def work() -> None:
        if os.uname().sysname == "Linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        compute()
        began, began_cpu, done = time.perf_counter(), time.thread_time(), 0
        while time.perf_counter() - began < seconds:
            compute()
            done += 1
        cpu_ms = 1000 * (time.thread_time() - began_cpu) / done
        found.append(Bare(done / (time.perf_counter() - began), cpu_ms))

    threads = [threading.Thread(target=work) for _ in range(cores())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Bare(sum(one.per_s for one in found), fmean(one.cpu_ms for one in found))


def signing(seconds: float) -> Bare:
    """Measure RS256 signatures on one core (2048 bits, the size of an access token)."""
    message, pad, algorithm = b"x" * 600, padding.PKCS1v15(), hashes.SHA256()
    began, began_cpu, done = time.perf_counter(), time.thread_time(), 0
    while time.perf_counter() - began < seconds:
        _KEY.sign(message, pad, algorithm)
        done += 1
    cpu_ms = 1000 * (time.thread_time() - began_cpu) / done
    return Bare(done / (time.perf_counter() - began), cpu_ms)


def signatures_per_s(seconds: float) -> float:
    """Return RS256 signatures a second of one core."""
    return signing(seconds).per_s
