"""Refresh tokens in families, and the access tokens that must be found again; hashes only.

Rule 1: whoever changes a family locks its row first, so revocation and rotation take turns (O2).
Rule 2: a family that ends is marked, not deleted, while access tokens born with it may live:
they must be found to be called revoked. `purge_families` takes what nobody can ask for any more.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from gateword.domain.client import RefreshPolicy
from gateword.domain.log_event import LogEvent
from gateword.domain.secret import Secret
from gateword.domain.token import AccessRecord, RefreshGrant, RefreshToken
from gateword.policy.refresh import FAMILIES_PER_USER_AND_CLIENT, ends_at
from gateword.ports.token_stores import Exchange, Exchanged, NewAccess
from gateword.storage import ended_families, purging, refresh_plain, token_rows
from gateword.storage.columns import digest, json_texts, ms, time
from gateword.storage.engine import Value
from gateword.storage.logs import SqlLogs
from gateword.storage.refresh_exchange import Presented, exchange
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx

# A user has few families and a client many: `+ 0` keeps the index of the client from PostgreSQL,
# which takes it before it has counted the rows.
_NEWEST_TO_END: Final = Statement("""
    SELECT key FROM refresh_families
    WHERE tenant + 0 = :tenant AND user_key = :user_key AND client_id = :client_id
        AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :at)
    ORDER BY key DESC LIMIT 1 OFFSET :newer
""")
_END_OLDEST: Final = Statement("""
    UPDATE refresh_families SET revoked_at = :at
    WHERE tenant + 0 = :tenant AND user_key = :user_key AND client_id = :client_id
        AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :at) AND key <= :key
""")
_END_GRANT: Final = Statement("""
    UPDATE refresh_families SET revoked_at = :at
    WHERE tenant = :tenant AND user_key = :user_key AND client_id = :client_id
        AND COALESCE(audience, '') = :audience AND revoked_at IS NULL
""")
_FIND_ACCESS: Final = Statement("""
    SELECT
        access.opaque, access.user_id, access.client_id, access.scopes, access.issued_at,
        access.expires_at, family.revoked_at, access.user_key, users.key
    FROM access_tokens AS access
    LEFT JOIN refresh_families AS family ON family.key = access.family_key
    LEFT JOIN users ON users.key = access.user_key
    WHERE access.tenant = :tenant AND access.hash = :hash
""")
_ASSERTIONS: Final = purging.ending("client_assertions", "expires_at")
_ACCESS: Final = purging.ending("access_tokens", "expires_at")


class SqlTokens:
    """The tokens of one tenant (port `Tokens`)."""

    def __init__(self, database: TenantDatabase, logs: SqlLogs) -> None:
        self._database = database
        self._logs = logs

    async def begin_family(
        self,
        grant: RefreshGrant,
        refresh: Secret,
        policy: RefreshPolicy,
        access: NewAccess,
        rows: Sequence[LogEvent] = (),
    ) -> int:
        async def work(tx: TenantTx) -> int:
            key = await token_rows.add_family(tx, grant)
            await token_rows.add_token(
                tx,
                key,
                refresh,
                counter=1,
                rotating=policy.rotating,
                idle_expires_at=ends_at(grant.created_at, policy.idle_s),
            )
            await token_rows.add_access(tx, access, key)
            return await _end_surplus(tx, grant)

        return await self._logs.with_rows(work, rows)

    async def add_access(self, access: NewAccess, rows: Sequence[LogEvent] = ()) -> None:
        async def work(tx: TenantTx) -> None:
            await token_rows.add_access(tx, access, None)

        await self._logs.with_rows(work, rows)

    async def find_refresh(self, refresh: Secret) -> RefreshToken | None:
        row = await self._database.one(token_rows.FIND_TOKEN, hash=digest(refresh))
        return None if row is None else token_rows.refresh_token(row)

    async def exchange(
        self,
        refresh: Secret,
        client_id: str,
        successor: Secret,
        policy: RefreshPolicy,
        access: NewAccess,
        at: datetime,
        *,
        known: RefreshToken | None = None,
        rows: Sequence[LogEvent] = (),
    ) -> Exchange:
        presented = Presented(
            refresh=refresh,
            client_id=client_id,
            successor=successor,
            policy=policy,
            access=access,
            at=at,
        )

        async def work(tx: TenantTx) -> Exchange:
            came = await exchange(tx, presented)
            if rows and isinstance(came, Exchanged):
                await self._logs.add(tx, rows)
            return came

        if known is not None and self._logs.gathered is not None:
            plain = refresh_plain.asked(known, presented)
            if plain is not None and await self._logs.gathered.write(rows, plain):
                return Exchanged(rotated="successor" in plain)
        return await self._database.transact(work)

    async def revoke_refresh(
        self, refresh: Secret, client_id: str, at: datetime, *, whole_grant: bool
    ) -> RefreshGrant | None:
        hash_ = digest(refresh)

        async def work(tx: TenantTx) -> RefreshGrant | None:
            row = await tx.one(token_rows.HOLD_TOKEN, hash=hash_)
            token = None if row is None else token_rows.refresh_token(row)
            if token is None or token.grant.client_id != client_id or token.revoked_at is not None:
                return None
            await tx.run(token_rows.REVOKE_FAMILY, key=token.family_key, at=ms(at))
            if whole_grant:
                await tx.run(
                    _END_GRANT,
                    user_key=token.grant.user_key,
                    client_id=client_id,
                    audience=token.grant.audience or "",
                    at=ms(at),
                )
            return token.grant

        return await self._database.transact(work)

    async def revoke_user(self, user_key: int, at: datetime) -> int:
        async def work(tx: TenantTx) -> int:
            return await tx.run(token_rows.END_FAMILIES_OF_USER, user_key=user_key, at=ms(at))

        return await self._database.transact(work)

    async def find_access(self, token: Secret) -> AccessRecord | None:
        row = await self._database.one(_FIND_ACCESS, hash=digest(token))
        if row is None:
            return None
        opaque, user_id, client_id, scopes, issued_at, expires_at, revoked_at, owner, user = row
        return AccessRecord(
            opaque=bool(opaque),
            user_id=user_id,
            client_id=client_id,
            scopes=tuple(json_texts(scopes)),
            issued_at=time(issued_at),
            expires_at=time(expires_at),
            revoked=revoked_at is not None or owner != user,
        )

    async def purge(self, before: datetime) -> int:
        until = ms(before) - 1
        return await purging.purge(self._database, _ASSERTIONS, until) + await purging.purge(
            self._database, _ACCESS, until
        )

    async def purge_families(self, before: datetime) -> int:
        return await ended_families.purge(self._database, ms(before))


async def _end_surplus(tx: TenantTx, grant: RefreshGrant) -> int:
    """End the oldest families of user and client when there are too many; return how many."""
    who: dict[str, Value] = {
        "user_key": grant.user_key,
        "client_id": grant.client_id,
        "at": ms(grant.created_at),
    }
    surplus = await tx.one(_NEWEST_TO_END, newer=FAMILIES_PER_USER_AND_CLIENT, **who)
    return 0 if surplus is None else await tx.run(_END_OLDEST, key=surplus[0], **who)
