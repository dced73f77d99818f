"""The statements of PostgreSQL that write for all who wait together (see `gathered`)."""

from typing import Final

from gateword.storage.statement import Statement

_LOGGED: Final = """
    logged AS MATERIALIZED (
        SELECT one.*, ROW_NUMBER() OVER (ORDER BY one.n) AS place
        FROM json_to_recordset(CAST(:rows AS json)) AS one (
            n bigint, exchange bigint, code text, at bigint, client_id text, user_id text,
            id text, document text
        )
        {condition}
    ), counted AS (
        UPDATE counters SET value = value + (SELECT COUNT(*) FROM logged)
        WHERE tenant = :tenant AND name = 'log'
        RETURNING value - (SELECT COUNT(*) FROM logged) AS before
    ), placed AS (
        SELECT logged.*, before + place AS position,
            logged.id || lpad(CAST(before + place AS text), 20, '0') AS log_id
        FROM logged CROSS JOIN counted
    ), written AS (
        INSERT INTO logs (tenant, position, log_id, code, at, client_id, user_id, document)
        SELECT :tenant, position, log_id, code, at, client_id, user_id,
            '{{"_id":"' || log_id || '","log_id":"' || log_id || '",' || document
        FROM placed ORDER BY position
    )
"""
WRITE_ROWS: Final = Statement(f"""
    WITH {_LOGGED.format(condition="")} SELECT -1 FROM counted
""")  # noqa: S608  # constants
# The rows are named by lists beside the joins: PostgreSQL takes any JSON for a hundred rows, and
# for that many it would rather read a small table from end to end, also once it is none any more.
# Before it has counted a table it takes any index for a good one: `+ 0` keeps the tenant's from it.
# Whose rows somebody else holds is left out, and waits for them alone: not all that wait with him.
EXCHANGE_ALL: Final = Statement(f"""
    WITH asked AS MATERIALIZED (
        SELECT * FROM json_to_recordset(CAST(:exchanges AS json)) AS one (
            n bigint, token bigint, family bigint, latest bigint, idle bigint, ends bigint,
            at bigint, idle_ends bigint, successor text, counter bigint, access text,
            opaque smallint, user_id text, client_id text, scopes text, issued_at bigint,
            expires_at bigint
        )
    ), held AS MATERIALIZED (
        SELECT asked.* FROM asked
        JOIN refresh_families AS family ON family.key = asked.family
        JOIN refresh_tokens AS token ON token.key = asked.token
        WHERE family.key = ANY (ARRAY(SELECT family FROM asked))
            AND token.key = ANY (ARRAY(SELECT token FROM asked))
            AND family.tenant + 0 = :tenant AND token.tenant + 0 = :tenant
            AND token.family_key = family.key AND family.revoked_at IS NULL
            AND family.latest_counter = asked.latest
            AND family.expires_at IS NOT DISTINCT FROM asked.ends
            AND token.idle_expires_at IS NOT DISTINCT FROM asked.idle AND token.used_at IS NULL
        ORDER BY family.key
        FOR UPDATE OF family, token SKIP LOCKED
    ), used AS (
        UPDATE refresh_tokens AS token SET
            used_at = CASE WHEN held.successor IS NULL THEN NULL ELSE held.at END,
            idle_expires_at =
                CASE WHEN held.successor IS NULL THEN held.idle_ends ELSE held.idle END
        FROM held WHERE token.key = held.token
            AND token.key = ANY (ARRAY(SELECT token FROM asked))
            AND (held.successor IS NOT NULL OR held.idle_ends IS DISTINCT FROM held.idle)
    ), grown AS (
        UPDATE refresh_families AS family SET latest_counter = held.counter
        FROM held WHERE family.key = held.family AND held.successor IS NOT NULL
            AND family.key = ANY (ARRAY(SELECT family FROM asked))
            AND family.latest_counter < held.counter
    ), followed AS (
        INSERT INTO refresh_tokens (tenant, family_key, hash, counter, rotating, idle_expires_at)
        SELECT :tenant, family, decode(successor, 'hex'), counter, 1, idle_ends
        FROM held WHERE successor IS NOT NULL
    ), opened AS (
        INSERT INTO access_tokens (
            tenant, family_key, user_key, hash, opaque, user_id, client_id, scopes, issued_at,
            expires_at
        )
        SELECT :tenant, held.family,
            (SELECT key FROM users WHERE tenant = :tenant AND user_id = held.user_id),
            decode(held.access, 'hex'), held.opaque, held.user_id, held.client_id, held.scopes,
            held.issued_at, held.expires_at
        FROM held
        ON CONFLICT (hash) DO UPDATE SET family_key = excluded.family_key
            WHERE access_tokens.tenant = excluded.tenant
    ), {_LOGGED.format(condition="WHERE exchange IS NULL OR exchange IN (SELECT n FROM held)")}
    SELECT n FROM held UNION ALL SELECT -1 FROM counted
""")  # noqa: S608  # constants
