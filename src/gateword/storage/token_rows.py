"""Rows of refresh families, refresh tokens and access tokens: how they are written and read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from gateword.domain.secret import Secret
from gateword.domain.token import RefreshGrant, RefreshToken
from gateword.ports.token_stores import NewAccess
from gateword.storage.columns import (
    digest,
    json_texts,
    ms,
    ms_or_none,
    time,
    time_or_none,
    to_json,
)
from gateword.storage.engine import Row
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantTx

FIND_TOKEN: Final = Statement("""
    SELECT
        token.key, token.family_key, token.counter, token.rotating, token.idle_expires_at,
        token.used_at, family.latest_counter, family.revoked_at, family.user_key, family.user_id,
        family.client_id, family.connection, family.audience, family.scopes, family.gty,
        family.auth_time, family.created_at, family.expires_at, family.mfa_at
    FROM refresh_families AS family
    JOIN refresh_tokens AS token ON token.family_key = family.key
    WHERE token.tenant = :tenant AND token.hash = :hash
""")
HOLD_TOKEN: Final = Statement(FIND_TOKEN.text, locking=True)
"""PostgreSQL locks in the order of the tables, the family first, and reads both anew when it had
to wait for either."""
END_FAMILIES_OF_USER: Final = Statement("""
    UPDATE refresh_families SET revoked_at = :at
    WHERE tenant = :tenant AND user_key = :user_key AND revoked_at IS NULL
""")
REVOKE_FAMILY: Final = Statement("""
    UPDATE refresh_families SET revoked_at = :at
    WHERE tenant = :tenant AND key = :key AND revoked_at IS NULL
""")
_ADD_FAMILY: Final = Statement("""
    INSERT INTO refresh_families (
        tenant, user_key, user_id, client_id, connection, audience, scopes, gty, auth_time,
        created_at, expires_at, mfa_at, latest_counter
    ) VALUES (
        :tenant, :user_key, :user_id, :client_id, :connection, :audience, :scopes, :gty,
        :auth_time, :created_at, :expires_at, :mfa_at, 1
    )
    RETURNING key
""")
_ADD_TOKEN: Final = Statement("""
    INSERT INTO refresh_tokens (tenant, family_key, hash, counter, rotating, idle_expires_at)
    VALUES (:tenant, :family_key, :hash, :counter, :rotating, :idle_expires_at)
""")
_ADD_ACCESS: Final = Statement("""
    INSERT INTO access_tokens (
        tenant, family_key, user_key, hash, opaque, user_id, client_id, scopes, issued_at,
        expires_at
    ) VALUES (
        :tenant, :family_key,
        (SELECT key FROM users WHERE tenant = :tenant AND user_id = :user_id),
        :hash, :opaque, :user_id, :client_id, :scopes, :issued_at, :expires_at
    )
    ON CONFLICT (hash) DO UPDATE SET family_key = excluded.family_key
        WHERE access_tokens.tenant = excluded.tenant
""")
"""JWTs of one login in one second may be the same text (times are in seconds); the row then
belongs to the family that was answered last."""


async def add_family(tx: TenantTx, grant: RefreshGrant) -> int:
    """Store a family without tokens; return its key."""
    row = await tx.one(
        _ADD_FAMILY,
        user_key=grant.user_key,
        user_id=grant.user_id,
        client_id=grant.client_id,
        connection=grant.connection,
        audience=grant.audience,
        scopes=to_json(grant.scopes),
        gty=grant.gty,
        auth_time=ms(grant.auth_time),
        created_at=ms(grant.created_at),
        expires_at=ms_or_none(grant.expires_at),
        mfa_at=ms_or_none(grant.mfa_at),
    )
    if row is None:
        raise LookupError("INSERT … RETURNING returned nothing")
    key: int = row[0]
    return key


async def add_token(
    tx: TenantTx,
    family_key: int,
    refresh: Secret,
    *,
    counter: int,
    rotating: bool,
    idle_expires_at: datetime | None,
) -> None:
    """Store a refresh token of a family."""
    await tx.run(
        _ADD_TOKEN,
        family_key=family_key,
        hash=digest(refresh),
        counter=counter,
        rotating=int(rotating),
        idle_expires_at=ms_or_none(idle_expires_at),
    )


async def add_access(tx: TenantTx, access: NewAccess, family_key: int | None) -> None:
    """Store an access token, with the family it was born with."""
    await tx.run(
        _ADD_ACCESS,
        family_key=family_key,
        hash=digest(access.token),
        opaque=int(access.opaque),
        user_id=access.user_id,
        client_id=access.client_id,
        scopes=to_json(access.scopes),
        issued_at=ms(access.issued_at),
        expires_at=ms(access.expires_at),
    )


def refresh_token(row: Row) -> RefreshToken:
    """Return the token of a row of `FIND_TOKEN`."""
    return RefreshToken(
        key=row[0],
        family_key=row[1],
        counter=row[2],
        rotating=bool(row[3]),
        idle_expires_at=time_or_none(row[4]),
        used_at=time_or_none(row[5]),
        latest_counter=row[6],
        revoked_at=time_or_none(row[7]),
        grant=refresh_grant(row[8:19]),
    )


def refresh_grant(cells: Sequence[Any]) -> RefreshGrant:
    """Return the grant of a family's eleven columns, from `user_key` to `mfa_at`."""
    user_key, user_id, client_id, connection, audience, scopes, gty, auth, created, *rest = cells
    ends, mfa_at = rest
    return RefreshGrant(
        user_key=user_key,
        user_id=user_id,
        client_id=client_id,
        connection=connection,
        audience=audience,
        scopes=tuple(json_texts(scopes)),
        gty=gty,
        auth_time=time(auth),
        created_at=time(created),
        expires_at=time_or_none(ends),
        mfa_at=time_or_none(mfa_at),
    )
