"""Checks several bcrypt hashes side by side in one thread, where `gateword[lanes]` is installed.

PyPI `bcrypt` stays the referee: it answers alone until the extension has given the same answers to
a list of cases, and again from the first fault on.
"""

import logging
import re
import threading
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final, Protocol, cast

import bcrypt

from gateword.crypto import lanes_trial
from gateword.crypto.password_formats import BCRYPT_BYTES

Job = tuple[bytes, bytes]
"""A password of at most 72 bytes, and a bcrypt hash."""

_TAKEN: Final = re.compile(
    rb"\$2[aby]\$(0[4-9]|1[0-6])\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]"
)
"""Salt and digest as every bcrypt writes them: no bit is set behind their ends."""

_log = logging.getLogger("gateword")


class Kernel(Protocol):
    """What the compiled module offers."""

    WIDTH: int

    def verify(self, jobs: Sequence[Job], /) -> list[bool]:
        """Say of 1 to `WIDTH` jobs of one cost whether each password fits.

        Raises:
            ValueError: They are none.
        """
        ...


def cost_of(encoded: bytes) -> int | None:
    """Return the cost of a hash that lanes take; None when the referee must judge it alone."""
    match = _TAKEN.fullmatch(encoded)
    return int(match[1]) if match else None


def installed() -> Kernel | None:
    """Return the extension, or None where it is not installed.

    Raises:
        ImportError: It was built for another machine.
    """
    try:
        return cast("Kernel", import_module("gateword_lanes"))
    except ModuleNotFoundError:
        return None


def proven(load: Callable[[], Kernel | None] = installed) -> tuple[Kernel | None, str]:
    """Return the extension and "", or None and what is wrong with it ("" where it is absent)."""
    try:
        kernel = load()
        found = lanes_trial.difference(kernel.verify, kernel.WIDTH) if kernel else ""
    except Exception as error:  # noqa: BLE001  a damaged or foreign build ends no login
        return None, type(error).__name__
    return (None, found) if found else (kernel, "")


class Lanes:
    """Says whether passwords fit; for hash threads, any number of them at once.

    Nothing is loaded before the first `verify`: most installations have no bcrypt hash.

    Args:
        load: Brings the extension, if there is one.
    """

    def __init__(self, load: Callable[[], Kernel | None] = installed) -> None:
        self._load = load
        self._kernel: Kernel | None = None
        self._is_tried = False
        self._lock = threading.Lock()

    @property
    def width(self) -> int:
        """How many jobs are worth handing over together; 1 until the first `verify` has ended."""
        kernel = self._kernel
        return kernel.WIDTH if kernel else 1

    def verify(self, jobs: Sequence[Job]) -> list[bool]:
        """Say of each job whether its password fits.

        Args:
            jobs: At most `width` with one `cost_of`, or a single one of any kind.

        Raises:
            ValueError: The single one is no bcrypt hash, or a password is too long for bcrypt.
        """
        if not self._is_tried:
            self._try_out()
        kernel = self._kernel
        if kernel is None or not all(map(_is_taken, jobs)):
            return _refereed(jobs)
        try:
            return kernel.verify(jobs)
        except Exception as error:  # noqa: BLE001  whatever it is, the logins go on
            self._switch_off(type(error).__name__)
            return _refereed(jobs)

    def _try_out(self) -> None:
        with self._lock:
            if self._is_tried:
                return
            kernel, found = proven(self._load)
            if found:
                self._switch_off(found)
            elif kernel:
                self._kernel = kernel
                _log.info("bcrypt_lanes_on", extra={"width": kernel.WIDTH})
            self._is_tried = True

    def _switch_off(self, reason: str) -> None:
        self._kernel = None
        _log.warning("bcrypt_lanes_off", extra={"reason": reason})


def _is_taken(job: Job) -> bool:
    password, encoded = job
    return len(password) <= BCRYPT_BYTES and cost_of(encoded) is not None


def _refereed(jobs: Sequence[Job]) -> list[bool]:
    return [bcrypt.checkpw(password, encoded) for password, encoded in jobs]
