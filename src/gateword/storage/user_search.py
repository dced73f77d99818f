"""Which fields of users can be searched and sorted, and the statements that do it."""

from typing import Final

from gateword.domain.query import Every, Query, QueryError, Word
from gateword.storage import user_rows
from gateword.storage.engine import Dialect
from gateword.storage.query_column import Column, Kind
from gateword.storage.query_json import Inside, member
from gateword.storage.query_sql import Condition, Field, Related, Searchable
from gateword.storage.statement import Statement

_PROFILE: Final = (
    "name",
    "nickname",
    "given_name",
    "family_name",
    "middle_name",
    "picture",
    "address",
)
_IDENTITIES: Final = """
    SELECT 1 FROM identities JOIN connections ON connections.key = identities.connection_key
    WHERE identities.user_key = users.key
"""
_OWN: Final = {
    "user_id": Column("users.user_id", Kind.TEXT),
    "email": Column("users.email", Kind.NORMAL),
    "email_verified": Column("users.email_verified", Kind.FLAG),
    "username": Column("users.username", Kind.NORMAL),
    "phone_number": Column("users.phone_number", Kind.NORMAL),
    "phone_verified": Column("users.phone_verified", Kind.FLAG),
    "blocked": Column("users.blocked", Kind.FLAG),
    "created_at": Column("users.created_at", Kind.TIME),
    "updated_at": Column("users.updated_at", Kind.TIME),
    "last_login": Column("users.last_login", Kind.TIME),
    "last_ip": Column("users.last_ip", Kind.TEXT),
    "logins_count": Column("users.logins_count", Kind.NUMBER),
    "last_password_reset": Column("users.last_password_reset", Kind.TIME),
} | {name: member("users.profile", name, Kind.FOLDED) for name in _PROFILE}
_RELATED: Final[dict[str, Field]] = {
    "identities.connection": Related(_IDENTITIES, Column("connections.name", Kind.TEXT)),
    "identities.provider": Related(_IDENTITIES, Column("identities.provider", Kind.TEXT)),
    "identities.user_id": Related(_IDENTITIES, Column("identities.local_id", Kind.TEXT)),
    "identities.isSocial": Related(_IDENTITIES, Column("0", Kind.FLAG)),
    "identities.profileData": Related(_IDENTITIES, Inside("identities.profile", folded=True)),
    "user_metadata": Inside("users.user_metadata"),
    "app_metadata": Inside("users.app_metadata"),
}
SEARCHABLE: Final = Searchable(
    fields={**_OWN, **_RELATED},
    usual=(
        "user_id",
        "email",
        "username",
        "phone_number",
        "name",
        "nickname",
        "given_name",
        "family_name",
    ),
)


def found(query: Query, condition: Condition, order: str, dialect: Dialect) -> Statement:
    """Return the statement that reads the users of one page, `:start` and `:limit`.

    Args:
        query: Which users.
        condition: The same, as SQL.
        order: `field:1` or `field:-1`.
        dialect: Of the engine.

    Raises:
        QueryError: Nothing can be sorted by that field.
    """
    by = _order(order, dialect)
    if dialect is Dialect.SQLITE and _names_an_address(query):
        by = f"+{by}"  # SQLite would rather walk through all users in order than sort two
    keys = (
        f"SELECT users.key FROM users WHERE users.tenant = :tenant AND {condition.sql}"  # noqa: S608  # no values
        f" ORDER BY {by} LIMIT :limit OFFSET :start"
    )
    return user_rows.select(f"users.key IN ({keys})", order=by)


def _names_an_address(query: Query) -> bool:
    """Say whether an address must fit, so that few users can."""
    match query:
        case Word("email", _):
            return True
        case Every(parts):
            return any(_names_an_address(part) for part in parts)
        case _:
            return False


def counted(condition: Condition) -> Statement:
    """Return the statement that counts users."""
    return Statement(
        f"SELECT COUNT(*) FROM users WHERE users.tenant = :tenant AND {condition.sql}"  # noqa: S608  # no values
    )


def _unsorted(name: str | None) -> str:
    what = "sort wants field:1 or field:-1"
    return what if name is None else f"{what}; nothing can be sorted by {name[:64] or 'no field'}"


def _order(order: str, dialect: Dialect) -> str:
    """Return what to sort by; who lacks the field comes last.

    Raises:
        QueryError: No such field, or no such direction.
    """
    name, _, direction = order.partition(":")
    column = _OWN.get(name)
    if column is None or direction not in _DIRECTIONS:
        raise QueryError(_unsorted(name if column is None else None))
    word = _DIRECTIONS[direction]
    last = "" if name in _NEVER_EMPTY else " NULLS LAST"  # an index is used without it
    return f"{column.read(dialect)} {word}{last}, users.key {word}"


_NEVER_EMPTY: Final = frozenset({"user_id", "created_at", "updated_at", "logins_count"})
_DIRECTIONS: Final = {"1": "ASC", "-1": "DESC"}
