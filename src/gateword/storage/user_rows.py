"""How a user and the identities are read back from joined rows.

Rule: a user and the identities come in one statement, found or not, so that a look-up costs the
same number of queries for known and unknown names (promise T2).
"""

from collections.abc import Sequence
from typing import Final

from gateword.domain.user import Identity, User
from gateword.storage.columns import json_object, time, time_or_none
from gateword.storage.engine import Row
from gateword.storage.statement import Statement

_COLUMNS: Final = """
    users.key, users.user_id, users.email, users.email_verified, users.username,
    users.phone_number, users.phone_verified, users.blocked, users.profile, users.user_metadata,
    users.app_metadata, users.created_at, users.updated_at, users.last_login, users.last_ip,
    users.logins_count, users.last_password_reset, users.factors,
    connections.name, identities.provider, identities.local_id, identities.profile
"""
_JOINED: Final = """
    users
    JOIN identities ON identities.user_key = users.key
    JOIN connections ON connections.key = identities.connection_key
"""


def select(
    condition: str,
    *,
    also: str = "",
    join: str = "",
    order: str = "users.key",
    locking: bool = False,
) -> Statement:
    """Return a statement that reads users with their identities.

    Args:
        condition: Which users; the tables are `users`, `identities` and `connections`.
        also: Further columns, behind those of the user.
        join: Further tables.
        order: Of the users.
        locking: Hold the users until the transaction ends.
    """
    return Statement(
        f"SELECT {_COLUMNS} {also} FROM {_JOINED} {join} WHERE {condition}"  # noqa: S608  # no values
        f" ORDER BY {order}, identities.position",
        locking=locking,
    )


BY_KEY: Final = select("users.tenant = :tenant AND users.key = :key")
HOLD: Final = Statement(
    """
    SELECT blocked, last_password_reset, factors FROM users
    WHERE tenant = :tenant AND key = :user_key
    """,
    locking=True,
)
"""Holds a user until the transaction ends; whoever changes what is the user's begins with it."""


def users(rows: Sequence[Row]) -> list[User]:
    """Return the users of rows that come user by user, each by position of the identity."""
    grouped: dict[int, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row[0], []).append(row)
    return [_user(of_one) for of_one in grouped.values()]


def user(rows: Sequence[Row]) -> User | None:
    """Return the user of rows that are all of one user; None when there are no rows."""
    return _user(rows) if rows else None


def _user(rows: Sequence[Row]) -> User:
    first = rows[0]
    return User(
        key=first[0],
        user_id=first[1],
        email=first[2],
        email_verified=bool(first[3]),
        username=first[4],
        phone_number=first[5],
        phone_verified=bool(first[6]),
        blocked=bool(first[7]),
        profile=json_object(first[8]),
        user_metadata=json_object(first[9]),
        app_metadata=json_object(first[10]),
        created_at=time(first[11]),
        updated_at=time(first[12]),
        last_login=time_or_none(first[13]),
        last_ip=first[14],
        logins_count=first[15],
        last_password_reset=time_or_none(first[16]),
        factors=tuple(first[17].split()),
        identities=tuple(_identity(row) for row in rows),
    )


def _identity(row: Row) -> Identity:
    return Identity(
        connection=row[18], provider=row[19], local_id=row[20], profile=json_object(row[21])
    )
