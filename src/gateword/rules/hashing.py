"""Hashes that scripts want made, in threads of their own: no login of anybody else waits for them.

Rule: only bcrypt at a bounded cost, and PBKDF2 of a bounded length; a tenant has its share.
"""

import asyncio
import base64
import binascii
import hashlib
import os
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final, TypeVar

import bcrypt

from gateword.domain.secret import Secret
from gateword.ports.scripts import OperationFailed

T = TypeVar("T")

MOST_AT_ONCE: Final = 8
"""Hashes of one tenant that wait or are made."""

MOST_OF_ALL: Final = 32
_LEAST_COST: Final = 4
_MOST_COST: Final = 14
_ENCODED: Final = re.compile(r"\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}")
_BCRYPT_BYTES: Final = 72
_MOST_ITERATIONS: Final = 2_000_000
_MOST_KEY_BYTES: Final = 1024
_NICE: Final = 19


class ScriptHashes:
    """Makes hashes for all tenants' scripts; starts no thread before the first one.

    Args:
        threads: How many at once.
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._pool: ThreadPoolExecutor | None = None
        self._waiting: Counter[str] = Counter()

    async def compared(self, tenant: str, asked: Mapping[str, Any]) -> bool:
        """Say whether a password fits a bcrypt hash.

        Raises:
            OperationFailed: No hash of that kind, or too many are being made.
        """
        password, encoded = _secret(asked, "password"), _secret(asked, "hash").reveal()
        match = _ENCODED.fullmatch(encoded)
        if match is None:
            return False
        _check_cost(int(match[1]))
        raw = password.reveal().encode("utf-8", "replace")[:_BCRYPT_BYTES]
        return await self._made(tenant, lambda: bcrypt.checkpw(raw, encoded.encode()))

    async def hashed(self, tenant: str, asked: Mapping[str, Any]) -> str:
        """Return the bcrypt hash of a password.

        Raises:
            OperationFailed: As above, or a cost that is out of bounds.
        """
        password, cost = _secret(asked, "password"), asked.get("cost")
        _check_cost(cost)
        raw = password.reveal().encode("utf-8", "replace")[:_BCRYPT_BYTES]
        salt = bcrypt.gensalt(int(str(cost)))
        return (await self._made(tenant, lambda: bcrypt.hashpw(raw, salt))).decode()

    async def derived(self, tenant: str, asked: Mapping[str, Any]) -> str:
        """Return a key by PBKDF2, in base64.

        Raises:
            OperationFailed: As above, or a size that is out of bounds.
        """
        password, salt = _bytes(asked.get("password")), _bytes(asked.get("salt"))
        iterations, length = asked.get("iterations"), asked.get("length")
        digest = asked.get("digest")
        if not (isinstance(iterations, int) and 1 <= iterations <= _MOST_ITERATIONS):
            raise OperationFailed(f"iterations must be 1 to {_MOST_ITERATIONS}", "EINVAL")
        if not (isinstance(length, int) and 1 <= length <= _MOST_KEY_BYTES):
            raise OperationFailed(f"the length must be 1 to {_MOST_KEY_BYTES}", "EINVAL")
        if not isinstance(digest, str) or digest not in hashlib.algorithms_guaranteed:
            raise OperationFailed("Invalid digest", "ERR_CRYPTO_INVALID_DIGEST")
        rounds, size = iterations, length
        raw = await self._made(
            tenant, lambda: hashlib.pbkdf2_hmac(digest, password, salt, rounds, size)
        )
        return base64.b64encode(raw).decode()

    def close(self) -> None:
        """Take no more; what is being made ends by itself."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    async def _made(self, tenant: str, work: Callable[[], T]) -> T:
        if self._waiting[tenant] >= MOST_AT_ONCE or self._waiting.total() >= MOST_OF_ALL:
            raise OperationFailed("too many hashes are being made", "EAGAIN")
        if self._pool is None:
            self._pool = ThreadPoolExecutor(
                self._threads, thread_name_prefix="script-hash", initializer=_last_in_line
            )
        self._waiting[tenant] += 1
        made = asyncio.get_running_loop().run_in_executor(self._pool, work)
        made.add_done_callback(lambda _: self._left(tenant))  # also when nobody waits any more
        try:
            return await made
        except ValueError:
            raise OperationFailed("the password cannot be hashed", "EINVAL") from None

    def _left(self, tenant: str) -> None:
        self._waiting[tenant] -= 1
        if not self._waiting[tenant]:
            del self._waiting[tenant]


def _last_in_line() -> None:
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


def _check_cost(cost: object) -> None:
    if not isinstance(cost, int) or not _LEAST_COST <= cost <= _MOST_COST:
        raise OperationFailed(f"the cost must be from {_LEAST_COST} to {_MOST_COST}", "EINVAL")


def _secret(asked: Mapping[str, Any], name: str) -> Secret:
    value = asked.get(name)
    if not isinstance(value, str):
        raise OperationFailed(f"{name} must be text", "EINVAL")
    return Secret(value)


def _bytes(value: object) -> bytes:
    try:
        return base64.b64decode(str(value), validate=True)
    except (binascii.Error, ValueError):
        raise OperationFailed("no base64", "EINVAL") from None
