"""How the password hashes of a directory begin: a sample, kept for a minute."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase

SEEN_S: Final = 60.0
"""How old the sample may be."""

_KIND: Final = re.compile(
    r"\$2[aby]\$\d\d\$"
    r"|\$argon2[id]d?\$(v=\d+\$)?m=\d+,t=\d+,p=\d+\$"
    r"|\$import-(pbkdf2-[a-z0-9-]+|scrypt|bcrypt|argon2)\$[a-z0-9=,]+\$"
)
"""Of a hash all that decides what it costs; digests cost nothing beside what pads them."""

_SAMPLE: Final = Statement("""
    SELECT SUBSTR(password_hash, 1, 60) FROM identities
    WHERE tenant = :tenant AND connection_key = :connection_key AND password_hash IS NOT NULL
    ORDER BY email LIMIT 1000
""")


class HashKinds:
    """Answers `Users.hash_kinds`; the order by e-mail address makes the sample an index's range."""

    def __init__(self, database: TenantDatabase, monotonic_s: Callable[[], float]) -> None:
        self._database = database
        self._monotonic_s = monotonic_s
        self._seen: dict[int, tuple[float, Mapping[str, int]]] = {}

    async def of(self, connection_key: int) -> Mapping[str, int]:
        """Return how hashes begin, their cost included, each with how many begin so."""
        now_s = self._monotonic_s()
        read_at_s, kinds = self._seen.get(connection_key, (float("-inf"), {}))
        if now_s - read_at_s >= SEEN_S:
            sample = await self._database.all(_SAMPLE, connection_key=connection_key)
            begins = (_KIND.match(text) for (text,) in sample)
            kinds = Counter(begin.group() if begin else "" for begin in begins)
            self._seen[connection_key] = (now_s, kinds)
        return kinds
