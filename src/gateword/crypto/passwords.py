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
from gateword.policy.hash_kind import HashKind
from gateword.ports.crypto import Lanes

MAX_BYTES: Final = 1024
"""Longer passwords never fit and are not hashed; no real one is longer."""

_BCRYPT: Final = ("$2a$", "$2b$", "$2y$")
_BCRYPT_FORM: Final = re.compile(r"\$2[aby]\$(0[4-9]|1[0-6])\$[./A-Za-z0-9]{53}")
"""Cost 4 to 16: the next ones hold a core for minutes at every login."""

_NOBODYS_BCRYPT: Final = "." * 53
_NOBODYS_ARGON2: Final = "A" * 22 + "$" + "A" * 43
_MOST_MEMORY_KIB: Final = 1024 * 1024
_MOST_PASSES: Final = 64
_MOST_LANES: Final = 16
"""Each lane is a thread of its own."""

_MOST_WORK_KIB: Final = 4 * 1024 * 1024
"""Memory times passes of one Argon2 hash: about four seconds of a core."""


class PooledHasher:
    """Hashes behind a pool; every path through `verify` costs exactly one job."""

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

    def check_queue(self) -> None:
        self._pool.check()

    async def hash(self, password: Secret) -> Secret:
        """Return the Argon2id hash of a password, in PHC form."""
        data = password.reveal().encode()
        return Secret(await self._pool.run(lambda: self._argon2.hash(data), self._own_kind))

    async def verify(
        self, password: Secret, encoded: Secret | None, kinds: Mapping[str, int] | None = None
    ) -> bool:
        """Say whether the password fits; all failures in a directory of such kinds cost the same.

        Kinds whose hashes cost half of ours and more keep a cost of their own.
        """
        data = password.reveal().encode()
        can_fit = len(data) <= MAX_BYTES and encoded is not None
        # An over-long password is not looked at; a stand-in keeps the work the same.
        tried = data if len(data) <= MAX_BYTES else b"-"
        against = encoded.reveal() if encoded is not None else self._nobody
        kind, raw = hash_kind.of(against), against.encode()
        if self._lanes is None or self._is_light(kind) or cost_of(raw) is None:
            return await self._pool.run(
                lambda: self._judged(tried, against, kinds or {}, can_fit=can_fit), kind
            )
        return await self._pool.fits(self._lanes, (tried[:BCRYPT_BYTES], raw), kind) and can_fit

    def decoy(self, name: str, kinds: Mapping[str, int]) -> Secret:
        """Return a hash that nothing fits, of a cost that is the name's own for good."""
        digest = hmac.digest(self._pepper, name.encode(), "sha256")
        counts: Counter[str] = Counter()
        for kind, count in kinds.items():
            counts[NEWEST if self._nobody.startswith(kind) else kind] += count
        return Secret(self._nobodys(kind_of(int.from_bytes(digest[:8]) / 2**64, counts)))

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

    def _judged(
        self, password: bytes, encoded: str, kinds: Mapping[str, int], *, can_fit: bool
    ) -> bool:
        kind = hash_kind.of(encoded)
        try:
            fits = self._fits(password, encoded)
        except ValueError:  # unreadable: its account must not stand out
            kind, fits = self._own_kind, self._fits(password, self._nobody)
        is_light = self._is_light(kind)
        if is_light:
            self._fits(password, self._nobody)
        if fits and can_fit:
            return True
        if is_light or kind == self._own_kind:
            self._make_up(password, kind, kinds)
        return False

    def _make_up(self, password: bytes, kind: HashKind, kinds: Mapping[str, int]) -> None:
        """Compute one of each light kind of the directory that was not computed yet (T2)."""
        for begin in hash_kind.light(kinds, self._own_kind):
            if hash_kind.of(begin) != kind:
                with contextlib.suppress(ValueError):  # of a kind that nobody can compute
                    self._fits(password, self._nobodys(begin))

    def _is_light(self, kind: HashKind) -> bool:
        return hash_kind.is_light(kind, self._own_kind)

    def _nobodys(self, begin: str) -> str:
        """Return a hash that begins so, and that nothing fits."""
        if imported_hash.is_imported(begin):
            return imported_hash.nobodys(begin) or self._nobody
        if not begin:
            return self._nobody
        return begin + (_NOBODYS_BCRYPT if begin.startswith(_BCRYPT) else _NOBODYS_ARGON2)

    def _fits(self, password: bytes, encoded: str) -> bool:
        """Say whether a password fits, after one hash of this kind alone.

        Raises:
            ValueError: The hash cannot be read.
        """
        if imported_hash.is_imported(encoded):
            imported = imported_hash.parse(encoded)
            if imported is None:
                raise ValueError("no imported hash that can be checked")
            return password_formats.fits(password, imported)
        if encoded.startswith(_BCRYPT):
            return bcrypt.checkpw(password[:BCRYPT_BYTES], encoded.encode())
        try:
            return self._argon2.verify(encoded, password)
        except VerifyMismatchError:
            return False
        except VerificationError as error:
            raise ValueError("no Argon2 hash that can be checked") from error
