"""Checks several bcrypt hashes side by side in one thread, where `gateword[lanes]` is installed.

PyPI `bcrypt` stays the referee: it answers alone until the extension has given the same answers to
a list of cases, and again from the first fault on.
"""

import logging
import re
import threading
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final, Protocol

import bcrypt

from gateword.crypto import lanes_trial

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


class Lanes:
    """Says whether passwords fit; for hash threads, any number of them at once.

    Nothing is loaded before the first `verify`: most installations have no bcrypt hash.
    """

    def __init__(self) -> None:
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
            ValueError: The single one has no bcrypt hash.
        """
        if not self._is_tried:
            self._try_out()
        kernel = self._kernel
        if kernel is None or len(jobs) == 1:
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
            try:
                self._kernel = _proven()
            except Exception as error:  # noqa: BLE001  a damaged or foreign build ends no login
                self._switch_off(type(error).__name__)
            self._is_tried = True

    def _switch_off(self, reason: str) -> None:
        self._kernel = None
        _log.warning("bcrypt_lanes_off", extra={"reason": reason})


def _proven() -> Kernel | None:
    """Load the extension and try it out; None where it is not installed, or differs."""
    try:
        module: Any = import_module("gateword_lanes")
    except ModuleNotFoundError:
        return None
    kernel: Kernel = module
    if found := lanes_trial.difference(kernel.verify, kernel.WIDTH):
        _log.warning("bcrypt_lanes_off", extra={"reason": f"differs from bcrypt in {found}"})
        return None
    _log.info("bcrypt_lanes_on", extra={"width": kernel.WIDTH})
    return kernel


def _refereed(jobs: Sequence[Job]) -> list[bool]:
    return [bcrypt.checkpw(password, encoded) for password, encoded in jobs]
