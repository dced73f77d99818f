"""Users by the hundred (port `UserImports`)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from gateword.domain.connection import Connection
from gateword.domain.mfa import Authenticator
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.user_import import Arrival, Credentials
from gateword.policy import brought_factors
from gateword.ports.clock import Dice
from gateword.ports.crypto import Vault
from gateword.ports.queues import Job
from gateword.ports.user_import import Judge
from gateword.storage import imported_factors
from gateword.storage.authenticators import SqlAuthenticators
from gateword.storage.columns import time
from gateword.storage.jobs import is_as_it_was, save_in
from gateword.storage.many_rows import among, values
from gateword.storage.tenant_database import TenantDatabase, TenantTx
from gateword.storage.user_chunk import Chunk, RacedError, batches

_TRIES: Final = 3
_CREDENTIALS: Final = """
    SELECT identities.user_key, identities.local_id, identities.password_hash,
        imported_factors.sealed
    FROM identities
    LEFT JOIN imported_factors ON imported_factors.user_key = identities.user_key
    WHERE identities.tenant = :tenant AND identities.connection_key = :connection_key
        AND identities.position = 0 AND identities.user_key
"""


class SqlUserImports:
    """Bulk imports of one tenant."""

    def __init__(
        self,
        database: TenantDatabase,
        vault: Vault,
        dice: Dice,
        authenticators: SqlAuthenticators,
    ) -> None:
        self._authenticators = authenticators
        self._database = database
        self._vault = vault
        self._dice = dice

    async def land(
        self,
        connection: Connection,
        arrivals: Sequence[Arrival],
        judge: Judge,
        *,
        job: Job,
        at: datetime,
        until: datetime | None,
        may_replace: Callable[[Secret], bool] | None,
    ) -> Job | None:
        async def work(tx: TenantTx) -> Job | None:
            if not await is_as_it_was(tx, job):
                return None
            chunk = Chunk(tx, self._vault, self._dice, connection, at, may_replace)
            step = judge(await chunk.land(arrivals))
            await save_in(tx, step.job, at, until, step.errors)
            return step.job

        for _ in range(_TRIES):
            try:
                return await self._database.transact(work)
            except RacedError:
                continue
        raise Refused(Refusal.STORE_UNREACHABLE, "others keep storing the same users")

    async def credentials(
        self, connection_key: int, user_keys: Sequence[int]
    ) -> Mapping[int, Credentials]:
        found: dict[int, Credentials] = {}
        for keys in batches(list(user_keys)):
            rows = await self._database.all(
                among(_CREDENTIALS, len(keys)), connection_key=connection_key, **values(keys)
            )
            owned = await self._authenticators.of_users(keys)
            for key, local_id, hash_, sealed in rows:
                theirs = [*owned.get(key, ()), *self._waiting(key, local_id, sealed)]
                hash_secret = Secret(hash_) if hash_ else None
                found[key] = Credentials(hash_secret, imported_factors.written(theirs))
        return found

    def _waiting(self, key: int, local_id: str, sealed: bytes | None) -> Sequence[Authenticator]:
        """Return what a user brought along and nobody has asked for since."""
        if sealed is None:
            return ()
        brought = imported_factors.read(
            self._vault.open(sealed, imported_factors.context(local_id))
        )
        return brought_factors.authenticators(brought, key, time(0), lambda: "")
