"""A hasher that takes note of every hash it computes."""

from collections import Counter
from typing import Final

from gateword.crypto.hash_pool import HashPool
from gateword.crypto.passwords import PooledHasher
from gateword.policy import hash_kind
from gateword.ports.crypto import Lanes

OURS: Final = "$argon2id$v=19$m=8,t=1,p=1$"
"""How the hashes of such a hasher begin."""


class NotedHasher(PooledHasher):
    """The real hasher at the least cost there is.

    Attributes:
        computed: Kinds of the hashes that passwords were checked against, by name.
    """

    def __init__(
        self, pool: HashPool, *, memory_kib: int = 8, passes: int = 1, lanes: Lanes | None = None
    ) -> None:
        """Note nothing yet."""
        super().__init__(pool, b"pepper", memory_kib=memory_kib, passes=passes, lanes=lanes)
        self.computed: Counter[str] = Counter()

    def taken(self) -> Counter[str]:
        """Return what was computed since the last call."""
        computed, self.computed = self.computed, Counter()
        return computed

    def _fits(self, password: bytes, encoded: str) -> bool:
        fits = super()._fits(password, encoded)
        self.computed[hash_kind.of(encoded).name] += 1  # not of what cannot be read
        return fits
