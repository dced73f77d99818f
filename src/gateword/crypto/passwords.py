"""Passwords: Argon2id for new ones, many others for those brought along."""

import contextlib
import hmac
import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

import bcrypt
from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import VerificationError, VerifyMismatchError

from gateword.crypto import password_formats
from gateword.crypto.hash_pool import HashPool
from gateword.crypto.lanes import cost_of
from gateword.crypto.password_formats import BCRYPT_BYTES
from gateword.domain.secret import Secret
from gateword.policy import hash_kind, imported_hash
from gateword.policy.decoy import NEWEST, kind_of
from gateword.ports.crypto import Lanes

MAX_BYTES: Final = 1024
"""Longer passwords never fit and are not hashed; no real one is longer."""

_BCRYPT: Final = ("$2a$", "$2b$", "$2y$")
_BCRYPT_FORM: Final = re.compile(r"\$2[aby]\$(0[4-9]|1[0-6])\$[./A-Za-z0-9]{53}")
"""Cost 4 to 16: the next ones hold a core for minutes at every login."""

_SLOW_BCRYPT: Final = 8
"""Cost from which bcrypt takes about as long as our own Argon2id; cheaper ones are padded (T2)."""

_NOBODYS_BCRYPT: Final = "." * 53
_NOBODYS_ARGON2: Final = "A" * 22 + "$" + "A" * 43
_MOST_MEMORY_KIB: Final = 1024 * 1024
_MOST_PASSES: Final = 64
_MOST_LANES: Final = 16
"""Each lane is a thread of its own."""

_MOST_WORK_KIB: Final = 4 * 1024 * 1024
"""Memory times passes of one Argon2 hash: about four seconds of a core."""


class PooledHasher:
    """Hashes behind a pool; every path through `verify` costs exactly one hash."""

    def __init__(
        self,
        pool: HashPool,
        pepper: bytes = b"",
        *,
        memory_kib: int = 19456,
        passes: int = 2,
        upgrades: bool = True,
        lanes: Lanes | None = None,
    ) -> None:
        """Set Argon2id's cost; one lane, as OWASP's password storage advice has it.

        Args:
            pool: Where the hashes run.
            pepper: Secret that decides which unknown name gets which decoy.
            memory_kib: Memory of one hash, in KiB.
            passes: How often it goes over the memory.
            upgrades: Hashes weaker than these are outdated; else none is.
            lanes: Compute bcrypt hashes of one cost side by side, when several wait.
        """
        self._pool = pool
        self._upgrades = upgrades
        self._lanes = lanes
        self._pepper = pepper
        self._argon2 = PasswordHasher(
            time_cost=passes, memory_cost=memory_kib, parallelism=1, hash_len=32, salt_len=16
        )
        # Well-formed, and nobody's: its digest was not made from any password.
        self._own = f"$argon2id$v=19$m={memory_kib},t={passes},p=1$"
        self._nobody = f"{self._own}{_NOBODYS_ARGON2}"
        self._own_kind = hash_kind.of(self._nobody)
        self._work_kib = memory_kib * passes

    def check_queue(self) -> None:
        self._pool.check()

    async def hash(self, password: Secret) -> Secret:
        """Return the Argon2id hash of a password, in PHC form."""
        data = password.reveal().encode()
        return Secret(await self._pool.run(lambda: self._argon2.hash(data), self._own_kind))

    async def verify(self, password: Secret, encoded: Secret | None) -> bool:
        """Say whether the password fits, at the cost of one hash in every case."""
        data = password.reveal().encode()
        fits = len(data) <= MAX_BYTES and encoded is not None
        # An over-long password is not looked at; a stand-in keeps the work the same.
        tried = data if len(data) <= MAX_BYTES else b"-"
        against = encoded.reveal() if encoded is not None else self._nobody
        return await self._checked(tried, against) and fits

    async def _checked(self, password: bytes, encoded: str) -> bool:
        kind, raw = hash_kind.of(encoded), encoded.encode()
        cost = cost_of(raw) or 0
        if self._lanes is None or cost < _SLOW_BCRYPT:
            return await self._pool.run(lambda: self._fits(password, encoded), kind)
        return await self._pool.fits(self._lanes, (password[:BCRYPT_BYTES], raw), kind)

    def decoy(self, name: str, kinds: Mapping[str, int]) -> Secret:
        """Return a hash that nothing fits, of a cost that is the name's own for good."""
        digest = hmac.digest(self._pepper, name.encode(), "sha256")
        counts: Counter[str] = Counter()
        for kind, count in kinds.items():
            counts[NEWEST if self._nobody.startswith(kind) else kind] += count
        drawn = kind_of(int.from_bytes(digest[:8]) / 2**64, counts)
        if imported_hash.is_imported(drawn):
            return Secret(imported_hash.nobodys(drawn) or self._nobody)
        nobodys = _NOBODYS_BCRYPT if drawn.startswith(_BCRYPT) else _NOBODYS_ARGON2
        return Secret(drawn + nobodys if drawn else self._nobody)

    def is_outdated(self, encoded: Secret) -> bool:
        """Say whether the hash is weaker than Argon2id at today's cost; stronger ones stay."""
        if not self._upgrades:
            return False
        text = encoded.reveal()
        if text.startswith((*_BCRYPT, imported_hash.MARK)):
            return True
        cost = extract_parameters(text)
        return (
            cost.type is not Type.ID
            or cost.memory_cost < self._argon2.memory_cost
            or cost.time_cost < self._argon2.time_cost
        )

    def recognises(self, encoded: Secret) -> bool:
        """Say whether a hash is Argon2 in PHC form, bcrypt, or one of the imported forms.

        One whose cost would hold a core for minutes, or take gigabytes, is none.
        """
        text = encoded.reveal()
        if imported_hash.is_imported(text):
            return self._recognises_imported(text)
        if _BCRYPT_FORM.fullmatch(text):
            return True
        try:
            cost = extract_parameters(text)
        except ValueError:
            return False
        bounded = (
            cost.memory_cost <= _MOST_MEMORY_KIB
            and cost.time_cost <= _MOST_PASSES
            and cost.parallelism <= _MOST_LANES
        )
        return bounded and cost.memory_cost * cost.time_cost <= _MOST_WORK_KIB and text.isascii()

    def _recognises_imported(self, text: str) -> bool:
        found = imported_hash.parse(text)
        if found is None or found.algorithm not in {"bcrypt", "argon2"}:
            return found is not None
        return found.value.isascii() and self.recognises(Secret(found.value.decode()))

    def _fits(self, password: bytes, encoded: str) -> bool:
        if imported_hash.is_imported(encoded):
            return self._fits_imported(password, encoded)
        if encoded.startswith(_BCRYPT):
            return self._fits_bcrypt(password, encoded)
        self._pad(password, encoded)
        try:
            return self._argon2.verify(encoded, password)
        except VerifyMismatchError:
            return False
        except (VerificationError, ValueError):  # unreadable
            return self._fits_nobody(password)

    def _fits_bcrypt(self, password: bytes, encoded: str) -> bool:
        try:
            fits = bcrypt.checkpw(password[:BCRYPT_BYTES], encoded.encode())
        except ValueError:  # not a bcrypt hash after all
            return self._fits_nobody(password)
        if int(encoded[4:6]) < _SLOW_BCRYPT:
            self._fits_nobody(password)  # padded, as fast digests are
        return fits

    def _pad(self, password: bytes, encoded: str) -> None:
        """Add a hash of today's cost to an Argon2 hash that costs less than half of one."""
        if encoded.startswith(self._own):
            return
        try:
            cost = extract_parameters(encoded)
        except ValueError:
            return
        if 2 * cost.memory_cost * cost.time_cost < self._work_kib:
            self._fits_nobody(password)

    def _fits_imported(self, password: bytes, encoded: str) -> bool:
        imported = imported_hash.parse(encoded)
        if imported is None:
            return self._fits_nobody(password)
        try:
            fits = password_formats.fits(password, imported)
        except ValueError:  # damaged
            return self._fits_nobody(password)
        if imported.algorithm in password_formats.FAST:
            self._fits_nobody(password)  # padded to what an unknown user costs (promise T2)
        return fits

    def _fits_nobody(self, password: bytes) -> bool:
        """Return False after one hash: an account whose hash is unreadable must not stand out."""
        with contextlib.suppress(VerifyMismatchError):
            self._argon2.verify(self._nobody, password)
        return False
