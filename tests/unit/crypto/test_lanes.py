"""Lanes are used when they judge as the referee does, and never in any other case."""

import logging
from collections.abc import Sequence

import bcrypt
import pytest

from gateword.crypto import lanes_trial
from gateword.crypto.lanes import Job, Kernel, Lanes, cost_of, installed

HASH = bcrypt.hashpw(b"right", b"$2b$04$" + b"." * 22)
BATCH = [(b"right", HASH), (b"wrong", HASH)]


class Compared:
    """A kernel that asks the referee, and counts how often it was asked."""

    WIDTH = 4

    def __init__(self) -> None:
        self.batches: list[int] = []

    def verify(self, jobs: Sequence[Job], /) -> list[bool]:
        self.batches.append(len(jobs))
        return [bcrypt.checkpw(password, encoded) for password, encoded in jobs]


class Wrong(Compared):
    """One that judges a single case otherwise than the referee."""

    def __init__(self, case: int) -> None:
        super().__init__()
        self._case = case
        self._seen = 0

    def verify(self, jobs: Sequence[Job], /) -> list[bool]:
        verdicts = super().verify(jobs)
        self._seen += len(jobs)
        if 0 <= self._seen - len(jobs) <= self._case < self._seen:
            at = self._case - (self._seen - len(jobs))
            verdicts[at] = not verdicts[at]
        return verdicts


class Broken(Compared):
    """One that breaks after its trial."""

    is_broken = False

    def verify(self, jobs: Sequence[Job], /) -> list[bool]:
        if self.is_broken:
            raise MemoryError(str(jobs))
        return super().verify(jobs)


@pytest.fixture(autouse=True)
def _seen(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "gateword")


def test_lanes_are_as_wide_as_the_extension_once_it_was_tried() -> None:
    """One at a time until the first hash was checked, which loads and tries the extension."""
    lanes = Lanes()
    assert 1 == lanes.width

    assert [True] == lanes.verify([(b"right", HASH)])

    kernel = installed()
    assert kernel
    assert kernel.WIDTH == lanes.width
    assert [True, False] == lanes.verify(BATCH)


def test_extension_is_tried_once() -> None:
    """The trial costs some ten milliseconds; it is not repeated for each login."""
    loaded = []

    def load() -> Kernel:
        loaded.append(Compared())
        return loaded[-1]

    lanes = Lanes(load)
    for _ in range(3):
        lanes.verify(BATCH)

    assert 1 == len(loaded)
    assert [2, 2, 2] == loaded[0].batches[-3:]


def test_without_the_extension_the_referee_answers_and_nothing_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The extra is optional."""
    lanes = Lanes(lambda: None)

    assert [True, False] == lanes.verify(BATCH)

    assert 1 == lanes.width
    assert [] == caplog.records


@pytest.mark.parametrize("case", [0, 1, 17, 29, 38])
def test_one_difference_in_the_trial_switches_lanes_off(
    case: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Who judges any case otherwise than `bcrypt` judges no login, and the log says so."""
    kernel = Wrong(case)
    lanes = Lanes(lambda: kernel)

    assert [True, False] == lanes.verify(BATCH)

    assert 1 == lanes.width
    assert ["bcrypt_lanes_off"] == [record.getMessage() for record in caplog.records]
    assert "otherwise than bcrypt" in vars(caplog.records[0])["reason"]


def test_extension_of_another_machine_switches_lanes_off(caplog: pytest.LogCaptureFixture) -> None:
    """A build that cannot be loaded ends no login."""

    def load() -> Kernel:
        raise ImportError("wrong ELF class")

    lanes = Lanes(load)

    assert [True, False] == lanes.verify(BATCH)
    assert ["ImportError"] == [vars(record)["reason"] for record in caplog.records]


def test_fault_after_the_trial_switches_lanes_off_and_tells_no_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The batch that met the fault is judged by the referee, as all later ones are."""
    kernel = Broken()
    lanes = Lanes(lambda: kernel)
    lanes.verify(BATCH)
    caplog.clear()
    kernel.is_broken = True

    assert [True, False] == lanes.verify(BATCH)

    kernel.is_broken = False
    asked = len(kernel.batches)
    assert [True, False] == lanes.verify(BATCH)
    assert (1, asked) == (lanes.width, len(kernel.batches))
    assert [("bcrypt_lanes_off", "MemoryError")] == [
        (record.getMessage(), vars(record)["reason"]) for record in caplog.records
    ]


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(HASH.replace(b"$2b$", b"$2x$"), id="2x"),
        pytest.param(HASH[:28] + b"/" + HASH[29:], id="bits behind the salt"),
        pytest.param(HASH[:-1] + b"/", id="bits behind the digest"),
        pytest.param(HASH[:-1], id="too short"),
        pytest.param(HASH + b"\n", id="a line"),
        pytest.param(HASH.replace(b"$04$", b"$17$"), id="dear"),
        pytest.param(HASH.replace(b"$04$", b"$03$"), id="cheap"),
    ],
)
def test_hash_that_no_bcrypt_writes_is_left_to_the_referee(encoded: bytes) -> None:
    """Where libraries might differ, the one that always judged goes on judging."""
    assert cost_of(encoded) is None


def test_referee_refuses_what_it_always_refused() -> None:
    """A damaged hash and an over-long password are errors, and leave the lanes on."""
    lanes = Lanes()
    lanes.verify(BATCH)
    for job in [(b"right", HASH[:28] + b"/" + HASH[29:]), (b"x" * 73, HASH)]:
        with pytest.raises(ValueError, match=r"Invalid salt|72 bytes"):
            lanes.verify([job])
    assert lanes.width > 1


def test_trial_tries_every_width() -> None:
    """One job alone runs through other code than four do."""
    kernel = Compared()

    assert not lanes_trial.difference(kernel.verify, 4)

    assert {1, 2, 3, 4} == set(kernel.batches)
