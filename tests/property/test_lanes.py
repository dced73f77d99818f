"""The lanes judge as PyPI `bcrypt` judges, whatever they are handed."""

import threading
import time
from typing import Any

import bcrypt
import pytest
from gateword_lanes import WIDTH, verify
from hypothesis import given, settings
from hypothesis import strategies as st

from gateword.crypto.lanes import Job, cost_of

ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
HASH = bcrypt.hashpw(b"canary-password", b"$2b$04$" + b"9" * 21 + b"u")
COST_AT = (4, 5)

BYTES = st.one_of(st.binary(max_size=80), st.text("a\x00\x7f\xff", max_size=40).map(str.encode))
PASSWORDS = BYTES.map(lambda password: password[:72])
SALTS = st.tuples(st.text(ALPHABET, min_size=21, max_size=21), st.sampled_from(".Oeu")).map("".join)
SETTINGS = st.tuples(st.sampled_from(["$2a$", "$2b$", "$2y$"]), SALTS)


@st.composite
def batches(draw: st.DrawFn) -> list[Job]:
    """Return jobs of one cost, about half of which fit."""
    cost = draw(st.sampled_from(["04", "04", "04", "05", "06"]))
    jobs = []
    for _ in range(draw(st.integers(1, WIDTH))):
        prefix, salt = draw(SETTINGS)
        password = draw(PASSWORDS)
        hashed = draw(st.one_of(st.just(password), PASSWORDS))
        jobs.append((password, bcrypt.hashpw(hashed, f"{prefix}{cost}${salt}".encode())))
    return jobs


@settings(max_examples=40, deadline=None)
@given(batches())
def test_batch_is_judged_as_bcrypt_judges_each(jobs: list[Job]) -> None:
    """Any passwords, any prefixes, any width: the verdicts are the referee's."""
    assert [bcrypt.checkpw(*job) for job in jobs] == verify(jobs)


@pytest.mark.parametrize("length", range(81))
def test_password_of_any_length_is_judged_as_bcrypt_judges_it(length: int) -> None:
    """72 bytes are judged to the last one; more are refused, as `bcrypt` refuses them."""
    password = bytes((7 * place + length) % 255 + 1 for place in range(length))
    if length > 72:
        with pytest.raises(ValueError, match="72 bytes"):
            verify([(password, HASH)])
        return
    shorter = password[:-1]
    jobs = [(one, bcrypt.hashpw(password, HASH)) for one in (password, shorter, password + b"\0")]
    jobs = [job for job in jobs if len(job[0]) <= 72]
    assert [bcrypt.checkpw(*job) for job in jobs] == verify(jobs)


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 59).filter(lambda place: place not in COST_AT), st.integers(0, 255))
def test_hash_with_one_byte_changed_is_judged_or_refused_as_announced(
    place: int, byte: int
) -> None:
    """What `cost_of` takes is judged as `bcrypt` judges it; everything else is a ValueError."""
    changed = HASH[:place] + bytes([byte]) + HASH[place + 1 :]
    if cost_of(changed) is None:
        with pytest.raises(ValueError, match="bcrypt"):
            verify([(b"canary-password", changed)])
    else:
        assert [bcrypt.checkpw(b"canary-password", changed)] == verify(
            [(b"canary-password", changed)]
        )


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.binary(max_size=80), st.integers(0, 59).map(lambda length: HASH[:length])))
def test_what_is_no_hash_is_refused(encoded: bytes) -> None:
    """Bytes of any kind and length are read no further than they go."""
    with pytest.raises(ValueError, match="bcrypt"):
        verify([(b"canary-password", encoded)])


@pytest.mark.parametrize("cost", ["00", "03", "32", "99", "4$", " 4", "+4", "0x"])
def test_cost_that_bcrypt_does_not_have_is_refused(cost: str) -> None:
    """4 to 31, in two digits."""
    with pytest.raises(ValueError, match="bcrypt"):
        verify([(b"canary-password", HASH.replace(b"$04$", f"${cost}$".encode()))])


class Vanishing(list[Any]):
    """A sequence that says it has an item, and has none."""

    def __len__(self) -> int:
        return 1


DEARER = HASH.replace(b"$04$", b"$05$")
NO_JOBS: list[Any] = [
    *([], None, 7, b"canary-password", {}, Vanishing(), [None], [()], iter([])),
    [(b"canary-password", HASH)] * (WIDTH + 1),
    [(b"canary-password", HASH), (b"canary-password", DEARER)],
    [[b"canary-password", HASH]],
    [(b"canary-password", HASH, b"")],
    [("canary-password", HASH)],
    [(b"canary-password", HASH.decode())],
    [(bytearray(b"canary-password"), HASH)],
]


@pytest.mark.parametrize("jobs", NO_JOBS, ids=range(len(NO_JOBS)))
def test_what_are_no_jobs_are_refused_and_not_repeated(jobs: Any) -> None:
    """Every fault is a ValueError, and nothing that was handed over stands in its text."""
    with pytest.raises(ValueError, match=r"job|costs") as refused:
        verify(jobs)
    assert "canary" not in str(refused.value)


def test_jobs_may_be_any_sequence() -> None:
    """A tuple as well as a list."""
    assert [True, False] == verify(((b"canary-password", HASH), (b"", HASH)))


def test_other_threads_run_while_lanes_compute() -> None:
    """The interpreter's lock is free meanwhile: the event loop goes on."""
    dear = b"$2b$12$" + HASH[7:]
    has_ended = threading.Event()

    def compute() -> None:
        verify([(b"", dear)])
        has_ended.set()
        may_end.wait()

    may_end = threading.Event()
    thread = threading.Thread(target=compute)
    thread.start()
    clock = time.pthread_getcpuclockid(thread.ident or 0)
    seen_s = []
    while not has_ended.is_set():
        seen_s.append(time.clock_gettime(clock))
        time.sleep(0.001)
    whole_s = time.clock_gettime(clock)
    may_end.set()
    thread.join()

    assert [] != [at_s for at_s in seen_s if 0.1 * whole_s < at_s < 0.9 * whole_s]
