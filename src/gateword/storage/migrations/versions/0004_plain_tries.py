"""Tries cost less: lighter tables, and functions of PostgreSQL for a plain one's begin and end.

A lease lives as long as a hash takes, so it is found by its subject alone, survives no crash of the
database (ADR 0012 asks no more of it), and locks no row of its tenant. On PostgreSQL a bucket is
updated in place, since no index follows the time at which it is full.
"""

from typing import Final

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BUCKETS: Final = range(5)
_CROWDS: Final = range(2)
_BUCKET: Final = {
    "bucket": "text",  # its name; NULL is none
    "bound": "bigint",  # the latest time to be full at that leaves a token
    "refill": "bigint",  # of a token, where tries under way from the place count as taken; else 0
    "cost": "bigint",  # what a try takes at once; 0 is nothing
}
_CROWD: Final = {"since": "bigint", "most": "bigint"}
_ARGUMENTS: Final = {
    "tenant": "bigint",
    "place_lock": "text",  # NULL locks no place
    "subject_lock": "text",
    "id": "text",
    "connection_key": "bigint",
    "subject": "text",
    "place": "text",
    "user_key": "bigint",
    "at": "bigint",
    "expires_at": "bigint",
    "tells": "boolean",  # what is left in the buckets
    **{f"{name}{n}": kind for n in _BUCKETS for name, kind in _BUCKET.items()},
    **{f"{name}{n}": kind for n in _CROWDS for name, kind in _CROWD.items()},
}


_LEASE_COLUMNS: Final = """
    tenant BIGINT NOT NULL, id TEXT NOT NULL, connection_key BIGINT NOT NULL,
    subject TEXT NOT NULL, place TEXT NOT NULL, user_key BIGINT, expires_at BIGINT NOT NULL
"""
_BUCKET_COLUMNS: Final = """
    tenant BIGINT NOT NULL, name TEXT NOT NULL, full_at BIGINT NOT NULL, told BIGINT NOT NULL
"""
_OWNED: Final = "FOREIGN KEY (tenant) REFERENCES tenants (key) ON DELETE CASCADE"
_OF_SUBJECT: Final = "CREATE INDEX leases_of_subject ON leases (tenant, connection_key, subject)"
_OF_PLACE: Final = "CREATE INDEX leases_of_place ON leases (tenant, place)"
_BY_END: Final = "CREATE INDEX buckets_by_end ON buckets (tenant, full_at)"
_LEASE_KEY: Final = "CONSTRAINT leases_key PRIMARY KEY (tenant, connection_key, subject, id)"
_OLD_LEASE_KEY: Final = "CONSTRAINT leases_key PRIMARY KEY (tenant, id)"
_LEASES_OWNED: Final = f"CONSTRAINT leases_tenant_owner {_OWNED}"
_BUCKET_KEY: Final = "CONSTRAINT buckets_key PRIMARY KEY (tenant, name)"
_BUCKETS_OWNED: Final = f"CONSTRAINT buckets_tenant_owner {_OWNED}"


def _rebuilt(table: str, columns: str, *more: str) -> tuple[str, ...]:
    """Return what makes a table of SQLite anew with its rows; it cannot alter a key."""
    return (
        f"CREATE TABLE {table}_anew ({columns}, {more[0]}) {' '.join(more[1:])}",
        f"INSERT INTO {table}_anew SELECT * FROM {table}",  # noqa: S608  # no values
        f"DROP TABLE {table}",
        f"ALTER TABLE {table}_anew RENAME TO {table}",
    )


# First of all, in the order in which reservations of the release before take them.
_LOCK: Final = "LOCK TABLE tenants, leases, buckets IN ACCESS EXCLUSIVE MODE"
_NO_ORPHANS: Final = tuple(
    f"DELETE FROM {table} WHERE tenant NOT IN (SELECT key FROM tenants)"  # noqa: S608  # no values
    for table in ("leases", "buckets")
)
_UP: Final = {
    "postgresql": (
        _LOCK,
        "ALTER TABLE leases DROP CONSTRAINT leases_tenant_owner",
        "ALTER TABLE leases DROP CONSTRAINT leases_key",
        f"ALTER TABLE leases ADD {_LEASE_KEY}",
        "DROP INDEX leases_of_subject",
        "ALTER TABLE leases SET UNLOGGED",
        "ALTER TABLE buckets DROP CONSTRAINT buckets_tenant_owner",
        "DROP INDEX buckets_by_end",
        "ALTER TABLE buckets SET (fillfactor = 70)",
        "ALTER TABLE buckets SET UNLOGGED",
    ),
    "sqlite": (
        *_rebuilt("leases", _LEASE_COLUMNS, _LEASE_KEY, "WITHOUT ROWID"),
        _OF_PLACE,
        *_rebuilt("buckets", _BUCKET_COLUMNS, _BUCKET_KEY, "WITHOUT ROWID"),
        _BY_END,
    ),
}
_DOWN: Final = {
    "postgresql": (
        _LOCK,
        *_NO_ORPHANS,
        "DROP FUNCTION gateword_right_plain_1",
        "DROP FUNCTION gateword_try_plain_1",
        "ALTER TABLE buckets SET LOGGED",
        "ALTER TABLE buckets RESET (fillfactor)",
        _BY_END,
        f"ALTER TABLE buckets ADD {_BUCKETS_OWNED}",
        "ALTER TABLE leases SET LOGGED",
        _OF_SUBJECT,
        "ALTER TABLE leases DROP CONSTRAINT leases_key",
        f"ALTER TABLE leases ADD {_OLD_LEASE_KEY}",
        f"ALTER TABLE leases ADD {_LEASES_OWNED}",
    ),
    "sqlite": (
        *_NO_ORPHANS,
        *_rebuilt("buckets", _BUCKET_COLUMNS, f"{_BUCKET_KEY}, {_BUCKETS_OWNED}"),
        _BY_END,
        *_rebuilt("leases", _LEASE_COLUMNS, f"{_OLD_LEASE_KEY}, {_LEASES_OWNED}"),
        _OF_SUBJECT,
        _OF_PLACE,
    ),
}


def upgrade() -> None:
    """Change the tables; the function is PostgreSQL's, where each statement is a journey."""
    dialect = op.get_context().dialect.name
    for statement in _UP[dialect]:
        op.execute(statement)
    if dialect == "postgresql":
        op.execute(_try_plain())
        op.execute(_RIGHT_PLAIN)


def downgrade() -> None:
    """Take it back."""
    for statement in _DOWN[op.get_context().dialect.name]:
        op.execute(statement)


_RIGHT_PLAIN: Final = """
CREATE FUNCTION gateword_right_plain_1(
    p_tenant bigint, p_id text, p_connection_key bigint, p_subject text, p_place text, p_at bigint,
    p_refund text, p_cost bigint, p_known bigint, p_stale bigint, p_user_key bigint, p_ip text
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM failures WHERE tenant = p_tenant AND connection_key = p_connection_key
            AND subject = p_subject
    ) THEN
        RETURN false;
    END IF;
    -- Whoever changes a user takes the user first, and so does this.
    PERFORM 1 FROM users WHERE tenant = p_tenant AND key = p_user_key FOR NO KEY UPDATE;
    IF p_id IS NOT NULL THEN
        DELETE FROM leases WHERE tenant = p_tenant AND connection_key = p_connection_key
            AND subject = p_subject AND id = p_id AND expires_at > p_at;
        IF NOT FOUND THEN
            RETURN false;
        END IF;
    END IF;
    IF p_known IS NOT NULL AND NOT EXISTS (
        SELECT FROM known_places WHERE tenant = p_tenant AND user_key = p_known
            AND place = p_place AND seen_at >= p_stale
    ) THEN
        INSERT INTO known_places (tenant, user_key, place, seen_at)
        SELECT tenant, key, p_place, p_at FROM users WHERE tenant = p_tenant AND key = p_known
        ON CONFLICT (tenant, user_key, place) DO UPDATE SET seen_at = p_at
        WHERE known_places.seen_at < p_stale;
    END IF;
    UPDATE users SET
        logins_count = logins_count + 1, last_login = p_at, last_ip = p_ip, updated_at = p_at
    WHERE tenant = p_tenant AND key = p_user_key;
    -- Last, since all users of a client share this row until the commit.
    IF p_refund IS NOT NULL THEN
        UPDATE buckets SET full_at = full_at - p_cost
        WHERE tenant = p_tenant AND name = p_refund AND full_at > p_at;
    END IF;
    RETURN true;
END
$$"""


def _try_plain() -> str:
    arguments = ", ".join(f"p_{name} {kind}" for name, kind in _ARGUMENTS.items())
    asked = ", ".join(f"({', '.join(f'p_{name}{n}' for name in _BUCKET)})" for n in _BUCKETS)
    named = ", ".join(f"p_bucket{n}" for n in _BUCKETS)
    crowds = " AND ".join(_has_room(n) for n in _CROWDS)
    # A statement in a function of its own moment: the second sees what the locks waited for.
    return f"""
CREATE FUNCTION gateword_try_plain_1({arguments})
RETURNS TABLE (o_kind integer, o_name text, o_number bigint, o_more bigint, o_mailed_at bigint)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    IF p_place_lock IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(p_place_lock, p_tenant));
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(p_subject_lock, p_tenant));
    INSERT INTO leases (tenant, id, connection_key, subject, place, user_key, expires_at)
    SELECT p_tenant, p_id, p_connection_key, p_subject, p_place, p_user_key, p_expires_at
    WHERE NOT EXISTS (
        SELECT FROM failures WHERE tenant = p_tenant AND connection_key = p_connection_key
            AND subject = p_subject AND place IN ('', p_place)
    ) AND NOT EXISTS (
        SELECT FROM leases WHERE tenant = p_tenant AND connection_key = p_connection_key
            AND subject = p_subject
    ) AND NOT EXISTS (
        SELECT FROM (VALUES {asked}) AS asked (bucket, bound, refill, cost)
        LEFT JOIN buckets ON buckets.tenant = p_tenant AND buckets.name = asked.bucket
        WHERE GREATEST(buckets.full_at, p_at) > asked.bound - asked.refill * (
            SELECT COUNT(*) FROM leases
            WHERE tenant = p_tenant AND place = p_place AND expires_at > p_at
        )
    ) AND {crowds};
    IF NOT FOUND THEN
        RETURN;
    END IF;
    o_kind := 6;
    RETURN NEXT;
    IF p_tells THEN
        RETURN QUERY
        SELECT 3, name, full_at, told, 0::bigint FROM buckets
        WHERE tenant = p_tenant AND name IN ({named})
        UNION ALL
        SELECT 4, '', seen_at, 0::bigint, 0::bigint FROM known_places
        WHERE tenant = p_tenant AND user_key = p_user_key AND place = p_place;
    END IF;
    INSERT INTO buckets (tenant, name, full_at, told)
    SELECT p_tenant, bucket, p_at + cost, 0
    FROM (VALUES {asked}) AS asked (bucket, bound, refill, cost)
    WHERE bucket IS NOT NULL AND cost > 0 ORDER BY bucket
    ON CONFLICT (tenant, name) DO UPDATE SET
        full_at = GREATEST(buckets.full_at, p_at) + (EXCLUDED.full_at - p_at), told = 0;
END
$$"""  # noqa: S608  # constants


def _has_room(number: int) -> str:
    return f"""(p_most{number} IS NULL OR p_most{number} > (
        SELECT COUNT(*) FROM (
            SELECT FROM failures
            WHERE tenant = p_tenant AND place = p_place AND last_at > p_since{number}
            LIMIT p_most{number}
        ) AS names
    ))"""  # noqa: S608  # constants
