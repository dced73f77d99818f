"""Statements about what users have enrolled."""

from typing import Final

from gateword.storage import purging
from gateword.storage.statement import Statement

_COLUMNS: Final = """
    id, user_key, kind, created_at, name, target, seed, pair, last_step, failures, confirmed_at,
    last_used_at, expires_at
"""
_LIVE: Final = "(expires_at IS NULL OR expires_at > :at)"
OF_USER: Final = Statement(f"""
    SELECT {_COLUMNS} FROM authenticators
    WHERE tenant = :tenant AND user_key = :user_key AND {_LIVE} ORDER BY created_at, id
""")  # noqa: S608  # constants
OF_USERS: Final = f"""
    SELECT {_COLUMNS} FROM authenticators
    WHERE tenant = :tenant AND confirmed_at IS NOT NULL AND user_key
"""  # noqa: S608  # constants
GET: Final = Statement(
    f"SELECT {_COLUMNS} FROM authenticators WHERE tenant = :tenant AND id = :id"  # noqa: S608
)
HOLD_OWNER: Final = Statement(
    """
    SELECT key FROM users WHERE tenant = :tenant
    AND key = (SELECT user_key FROM authenticators WHERE tenant = :tenant AND id = :id)
    """,
    locking=True,
)
COUNT: Final = Statement(f"""
    SELECT COUNT(*) FROM authenticators
    WHERE tenant = :tenant AND user_key = :user_key AND {_LIVE}
""")  # noqa: S608  # constants
ADD: Final = Statement("""
    INSERT INTO authenticators (
        tenant, id, user_key, kind, name, target, seed, code_hash, pair, last_step, failures,
        created_at, confirmed_at, last_used_at, expires_at
    ) VALUES (
        :tenant, :id, :user_key, :kind, :name, :target, :seed, :code_hash, :pair, :last_step, 0,
        :created_at, :confirmed_at, NULL, :expires_at
    )
""")
DESCRIBE: Final = Statement("""
    UPDATE authenticators SET name = :name, pair = :pair
    WHERE tenant = :tenant AND id = :id AND user_key = :user_key
""")
PAIR: Final = Statement("""
    SELECT pair FROM authenticators WHERE tenant = :tenant AND user_key = :user_key AND id = :id
""")
REMOVE: Final = Statement("""
    DELETE FROM authenticators WHERE tenant = :tenant AND user_key = :user_key
    AND (id = :id OR (pair = :pair AND pair <> ''))
""")
REMOVE_CHALLENGES: Final = Statement("""
    DELETE FROM challenges WHERE tenant = :tenant AND authenticator_id IN (
        SELECT id FROM authenticators WHERE tenant = :tenant AND user_key = :user_key
        AND (id = :id OR (pair = :pair AND pair <> ''))
    )
""")
REMOVE_ALL: Final = Statement(
    "DELETE FROM authenticators WHERE tenant = :tenant AND user_key = :user_key"
)
REMOVE_ALL_CHALLENGES: Final = Statement(
    "DELETE FROM challenges WHERE tenant = :tenant AND user_key = :user_key"
)
REMOVE_CODES: Final = Statement("""
    DELETE FROM authenticators
    WHERE tenant = :tenant AND user_key = :user_key AND kind = 'recovery-code'
""")
FAIL: Final = Statement("""
    UPDATE authenticators SET failures = failures + 1 WHERE tenant = :tenant AND id = :id
""")
ADMIT: Final = Statement("""
    UPDATE authenticators SET seed = :seed, name = :name
    WHERE tenant = :tenant AND id = :id AND kind = 'push' AND seed IS NULL
    AND confirmed_at IS NULL AND expires_at > :at
""")
ADVANCE: Final = Statement("""
    UPDATE authenticators SET last_step = :counter
    WHERE tenant = :tenant AND id = :id AND kind = 'push' AND last_step < :counter
""")
CONFIRM_PAIR: Final = Statement("""
    UPDATE authenticators SET confirmed_at = :at, expires_at = NULL
    WHERE tenant = :tenant AND user_key = :user_key AND confirmed_at IS NULL AND expires_at > :at
    AND pair = :pair AND pair <> ''
""")
CONFIRM_CODE: Final = Statement("""
    UPDATE authenticators SET confirmed_at = :at, expires_at = NULL
    WHERE tenant = :tenant AND user_key = :user_key AND confirmed_at IS NULL AND expires_at > :at
    AND kind = 'recovery-code' AND pair IN (
        SELECT id FROM authenticators WHERE tenant = :tenant AND user_key = :user_key
        AND (id = :id OR (pair = :pair AND pair <> ''))
    )
""")
REMOVE_OTHER_CODES: Final = Statement("""
    DELETE FROM authenticators
    WHERE tenant = :tenant AND user_key = :user_key AND kind = 'recovery-code'
    AND confirmed_at IS NULL
""")
KINDS: Final = Statement("""
    SELECT DISTINCT kind FROM authenticators
    WHERE tenant = :tenant AND user_key = :user_key AND confirmed_at IS NOT NULL ORDER BY kind
""")
NOTE_KINDS: Final = Statement(
    "UPDATE users SET factors = :factors WHERE tenant = :tenant AND key = :user_key"
)
ENDING: Final = purging.ending("authenticators", "expires_at")
