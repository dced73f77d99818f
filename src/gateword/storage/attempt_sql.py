"""What is said to the database about tries: one look at everything that decides, and the writes."""

from typing import Final

from gateword.storage import purging
from gateword.storage.statement import Statement

MOST_BUCKETS: Final = 5
"""Buckets of one try."""

BUCKET_NAMES: Final = tuple(f"bucket{number}" for number in range(MOST_BUCKETS))

FAILED, UNDER_WAY, AT_PLACE, BUCKET, KNOWN, NAMES = range(6)
"""What a row of STATE is about: its first column."""

MOST_CROWDS: Final = 2
CROWDS: Final = " UNION ALL ".join(
    f"""
    SELECT {NAMES}, '{number}', COUNT(*), 0, 0 FROM (
        SELECT 1 FROM failures
        WHERE tenant = :tenant AND place = :place AND last_at > :since{number}
        LIMIT :most{number}
    ) AS names{number}
    """  # noqa: S608  # constants
    for number in range(MOST_CROWDS)
)
STATE: Final = Statement(f"""
    SELECT {FAILED}, place, count, last_at, COALESCE(mailed_at, 0) FROM failures
    WHERE tenant = :tenant AND connection_key = :connection_key AND subject = :subject
        AND place IN ('', :place)
    UNION ALL
    SELECT {UNDER_WAY}, place, COUNT(*), MIN(expires_at), 0 FROM leases
    WHERE tenant = :tenant AND connection_key = :connection_key AND subject = :subject
    GROUP BY place
    UNION ALL
    SELECT {AT_PLACE}, '', COUNT(*), 0, 0 FROM leases
    WHERE tenant = :tenant AND place = :place AND expires_at > :at
    UNION ALL
    SELECT {BUCKET}, name, full_at, told, 0 FROM buckets
    WHERE tenant = :tenant AND name IN ({", ".join(f":{name}" for name in BUCKET_NAMES)})
    UNION ALL
    SELECT {KNOWN}, '', seen_at, 0, 0 FROM known_places
    WHERE tenant = :tenant AND user_key = :user_key AND place = :place
    UNION ALL
    {CROWDS}
""")  # noqa: S608  # constants
"""Who is refused is decided on one moment's rows."""

LOCK: Final = Statement("""
    SELECT pg_advisory_xact_lock(hashtextextended(:name, key)) FROM tenants WHERE key = :tenant
""")
"""PostgreSQL: one reservation after another; SQLite has locked the whole database by then."""

ADD_LEASE: Final = Statement("""
    INSERT INTO leases (tenant, id, connection_key, subject, place, user_key, expires_at)
    VALUES (:tenant, :id, :connection_key, :subject, :place, :user_key, :expires_at)
""")
DROP_LEASE: Final = Statement("""
    DELETE FROM leases
    WHERE tenant = :tenant AND connection_key = :connection_key AND subject = :subject
        AND id = :id AND expires_at > :since
""")
_LEFT: Final = f"""
    EXISTS (
        SELECT 1 FROM failures
        WHERE tenant = :tenant AND connection_key = :connection_key AND subject = :subject
    ),
    EXISTS (
        SELECT 1 FROM buckets
        WHERE tenant = :tenant AND full_at > :at
            AND name IN ({", ".join(f":{name}" for name in BUCKET_NAMES)})
    ),
    (
        SELECT seen_at FROM known_places
        WHERE tenant = :tenant AND user_key = :user_key AND place = :place
    )
"""  # noqa: S608  # constants
LEFT: Final = Statement(f"SELECT {_LEFT}")
"""What a success has to change: failures, buckets that are not full, the place's last success."""

DROP_LEASE_OF_RIGHT: Final = Statement(f"{DROP_LEASE.text} RETURNING {_LEFT}")
"""Most have nothing to change, and that is known without another statement."""
EXPIRED: Final = Statement("""
    DELETE FROM leases
    WHERE tenant = :tenant AND connection_key = :connection_key AND subject = :subject
        AND expires_at <= :at
    RETURNING place, user_key, expires_at
""")
ABANDONED: Final = Statement("""
    SELECT DISTINCT connection_key, subject FROM leases
    WHERE tenant = :tenant AND expires_at <= :at LIMIT :limit
""")

FAIL: Final = Statement("""
    INSERT INTO failures (tenant, connection_key, subject, place, user_key, count, last_at)
    VALUES (:tenant, :connection_key, :subject, :place, :user_key, 1, :at)
    ON CONFLICT (tenant, connection_key, subject, place) DO UPDATE SET
        count = CASE WHEN failures.last_at <= :over THEN 1 ELSE failures.count + 1 END,
        mailed_at = CASE WHEN failures.last_at <= :over THEN NULL ELSE failures.mailed_at END,
        last_at = CASE WHEN failures.last_at > :at THEN failures.last_at ELSE :at END
    RETURNING count, mailed_at
""")
MAILED: Final = Statement("""
    UPDATE failures SET mailed_at = :at
    WHERE tenant = :tenant AND connection_key = :connection_key AND subject = :subject
        AND place = :place
""")
FORGET: Final = Statement("""
    DELETE FROM failures
    WHERE tenant = :tenant AND connection_key = :connection_key AND subject = :subject
        AND place = :place AND count < :limit
    RETURNING CASE WHEN last_at > :over THEN count ELSE 0 END
""")
FORGIVE: Final = Statement("""
    UPDATE failures SET count = CASE WHEN count > :count THEN count - :count ELSE 0 END
    WHERE tenant = :tenant AND connection_key = :connection_key AND subject = :subject
        AND place = ''
""")
SPEND: Final = Statement("""
    INSERT INTO buckets (tenant, name, full_at, told) VALUES (:tenant, :name, :at + :cost, 0)
    ON CONFLICT (tenant, name) DO UPDATE SET
        full_at = CASE
            WHEN buckets.full_at <= :at THEN :at + :cost
            WHEN buckets.full_at + :cost > :most THEN :most
            ELSE buckets.full_at + :cost
        END,
        told = CASE WHEN buckets.full_at + :cost > :most THEN buckets.told ELSE 0 END
""")
"""Who found no token was not admitted by it, so a refusal that was told of stays so."""
REFUND: Final = Statement("""
    UPDATE buckets SET full_at = full_at - :cost
    WHERE tenant = :tenant AND name = :name AND full_at > :at
""")
TELL: Final = Statement(
    "UPDATE buckets SET told = 1 WHERE tenant = :tenant AND name = :name AND told = 0"
)
SET_BACK: Final = Statement("""
    UPDATE buckets SET full_at = :most
    WHERE tenant = :tenant AND name = :name AND full_at > :most
""")
"""A clock that was ahead is right again: the bucket is empty, and refills from now on."""
BUCKETS: Final = Statement(f"""
    SELECT name, full_at FROM buckets
    WHERE tenant = :tenant AND name IN ({", ".join(f":{name}" for name in BUCKET_NAMES)})
""")  # noqa: S608  # constants
REFILL: Final = Statement("DELETE FROM buckets WHERE tenant = :tenant AND name = :name")

REMEMBER_PLACE: Final = Statement("""
    INSERT INTO known_places (tenant, user_key, place, seen_at)
    SELECT tenant, key, :place, :at FROM users WHERE tenant = :tenant AND key = :user_key
    ON CONFLICT (tenant, user_key, place) DO UPDATE SET seen_at = :at
    WHERE known_places.seen_at < :stale
""")
PLACES: Final = Statement(
    "SELECT place, seen_at FROM known_places WHERE tenant = :tenant AND user_key = :user_key"
)

OF_SUBJECT: Final = Statement("""
    SELECT connection_key, subject, place, count, last_at FROM failures
    WHERE tenant = :tenant AND connection_key = :connection_key AND subject = :subject
    ORDER BY place
""")
LIFT: Final = Statement("""
    DELETE FROM failures
    WHERE tenant = :tenant AND connection_key = :connection_key AND subject = :subject
""")
OF_USER: Final = Statement("""
    SELECT connection_key, subject, place, count, last_at FROM failures
    WHERE tenant = :tenant AND user_key = :user_key ORDER BY connection_key, place
""")
LIFT_USER: Final = Statement("DELETE FROM failures WHERE tenant = :tenant AND user_key = :user_key")
FORGET_PLACES: Final = Statement(
    "DELETE FROM known_places WHERE tenant = :tenant AND user_key = :user_key"
)
FORGET_DEVICES: Final = Statement(
    "DELETE FROM known_devices WHERE tenant = :tenant AND user_key = :user_key"
)
FORGET_USER: Final = (
    LIFT_USER,
    FORGET_PLACES,
    FORGET_DEVICES,
    Statement("DELETE FROM leases WHERE tenant = :tenant AND user_key = :user_key"),
)
"""What goes with a deleted user (promise D9)."""

FAILURES: Final = purging.ending("failures", "last_at")
BUCKETS_FULL: Final = purging.unindexed("buckets", "name", "full_at")
PLACES_LEFT: Final = purging.ending("known_places", "seen_at")
