"""How the password hashes of a directory begin: a sample, kept for a minute."""

from collections.abc import Callable, Mapping
from typing import Final

from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase

SEEN_S: Final = 60.0
"""How old the sample may be."""

_SAMPLE: Final = Statement("""
    SELECT sample.kind, COUNT(*) FROM (
        SELECT SUBSTR(password_hash, 1, 7) AS kind FROM identities
        WHERE tenant = :tenant AND connection_key = :connection_key
            AND password_hash IS NOT NULL
        ORDER BY email LIMIT 1000
    ) AS sample
    GROUP BY sample.kind
""")


class HashKinds:
    """Answers `Users.hash_kinds`; the order by e-mail address makes the sample an index's range."""

    def __init__(self, database: TenantDatabase, monotonic_s: Callable[[], float]) -> None:
        self._database = database
        self._monotonic_s = monotonic_s
        self._seen: dict[int, tuple[float, Mapping[str, int]]] = {}

    async def of(self, connection_key: int) -> Mapping[str, int]:
        """Return the first seven characters of hashes, each with how many begin so."""
        now_s = self._monotonic_s()
        read_at_s, kinds = self._seen.get(connection_key, (float("-inf"), {}))
        if now_s - read_at_s >= SEEN_S:
            kinds = dict(await self._database.all(_SAMPLE, connection_key=connection_key))
            self._seen[connection_key] = (now_s, kinds)
        return kinds
