"""The first tables.

Growing tables have integer keys; hashes of handles are secondary unique indexes, because keys that
grow are cheapest to insert. Users and tenants never reuse a key (`AUTOINCREMENT`, identity).
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_KEY: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ORDER: Final = (
    "tenants",
    "counters",
    "clients",
    "client_assertions",
    "connections",
    "connection_realms",
    "resource_servers",
    "client_grants",
    "signing_keys",
    "users",
    "identities",
    "roles",
    "role_permissions",
    "user_roles",
    "user_permissions",
    "refresh_families",
    "refresh_tokens",
    "access_tokens",
    "logs",
)


def upgrade() -> None:
    """Make every table."""
    _tenants()
    _clients()
    _connections()
    _apis()
    _users()
    _roles()
    _tokens()
    _logs()


def downgrade() -> None:
    """Drop every table."""
    for table in reversed(_ORDER):
        op.drop_table(table)


def _key() -> sa.Column[int]:
    return sa.Column("key", _KEY, sa.Identity(), primary_key=True)


def _tenant(*, foreign: bool = True) -> sa.Column[int]:
    owner = [sa.ForeignKey("tenants.key", ondelete="CASCADE")] if foreign else []
    return sa.Column("tenant", sa.BigInteger(), *owner, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _text_or_null(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text())


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _number_or_null(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger())


def _flag(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger(), nullable=False)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _bytes_or_null(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary())


def _belongs_to(table: str, column: str, *, always: bool = True) -> sa.Column[int]:
    owner = sa.ForeignKey(f"{table}.key", ondelete="CASCADE")
    return sa.Column(column, sa.BigInteger(), owner, nullable=not always)


def _of_client() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant", "client_id"], ["clients.tenant", "clients.client_id"], ondelete="CASCADE"
    )


def _of_role() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant", "role_id"], ["roles.tenant", "roles.id"], ondelete="CASCADE"
    )


def _tenants() -> None:
    op.create_table(
        "tenants",
        _key(),
        _text("name"),
        _text("domain"),
        _text("document"),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("domain"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "counters",
        _tenant(),
        _text("name"),
        _number("value"),
        sa.PrimaryKeyConstraint("tenant", "name"),
    )
    op.create_table(
        "signing_keys",
        _tenant(),
        _text("kid"),
        _text("state"),
        _bytes("private_key"),
        _text("certificate"),
        _number("created_at"),
        _number_or_null("revoked_at"),
        sa.PrimaryKeyConstraint("tenant", "kid"),
    )


def _clients() -> None:
    op.create_table(
        "clients",
        _tenant(),
        _text("client_id"),
        _text("document"),
        _bytes_or_null("secret"),
        _number("created_at"),
        _number("updated_at"),
        sa.PrimaryKeyConstraint("tenant", "client_id"),
    )
    op.create_table(
        "client_assertions",
        _tenant(foreign=False),
        _text("client_id"),
        _bytes("jti_hash"),
        _number("expires_at"),
        sa.PrimaryKeyConstraint("tenant", "client_id", "jti_hash"),
        _of_client(),
    )
    op.create_index("client_assertions_by_end", "client_assertions", ["tenant", "expires_at"])


def _connections() -> None:
    op.create_table(
        "connections",
        _key(),
        _tenant(),
        _text("name"),
        _text("document"),
        _number("created_at"),
        _number("updated_at"),
        sa.UniqueConstraint("tenant", "name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "connection_realms",
        _tenant(foreign=False),
        _text("realm"),
        _belongs_to("connections", "connection_key"),
        sa.PrimaryKeyConstraint("tenant", "realm"),
    )
    op.create_index("realms_of_connection", "connection_realms", ["connection_key"])


def _apis() -> None:
    op.create_table(
        "resource_servers",
        _tenant(),
        _text("identifier"),
        _text("document"),
        _bytes_or_null("signing_secret"),
        _number("created_at"),
        _number("updated_at"),
        sa.PrimaryKeyConstraint("tenant", "identifier"),
    )
    op.create_table(
        "client_grants",
        _tenant(foreign=False),
        _text("client_id"),
        _text("audience"),
        _text("subject_type"),
        _text("document"),
        _number("created_at"),
        _number("updated_at"),
        sa.PrimaryKeyConstraint("tenant", "client_id", "audience", "subject_type"),
        _of_client(),
        sa.ForeignKeyConstraint(
            ["tenant", "audience"],
            ["resource_servers.tenant", "resource_servers.identifier"],
            ondelete="CASCADE",
        ),
    )
    op.create_index("client_grants_by_api", "client_grants", ["tenant", "audience"])


def _users() -> None:
    op.create_table(
        "users",
        _key(),
        _tenant(),
        _text("user_id"),
        _text_or_null("email"),
        _flag("email_verified"),
        _text_or_null("username"),
        _text_or_null("phone_number"),
        _flag("phone_verified"),
        _flag("blocked"),
        _text("profile"),
        _text("user_metadata"),
        _text("app_metadata"),
        _number("created_at"),
        _number("updated_at"),
        _number_or_null("last_login"),
        _text_or_null("last_ip"),
        _number("logins_count"),
        _number_or_null("last_password_reset"),
        sa.UniqueConstraint("tenant", "user_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "identities",
        _key(),
        _tenant(foreign=False),
        _belongs_to("users", "user_key"),
        _belongs_to("connections", "connection_key"),
        _number("position"),
        _text("provider"),
        _text("local_id"),
        _text_or_null("email"),
        _text_or_null("username"),
        _text_or_null("phone"),
        _text_or_null("password_hash"),
        _text("profile"),
        sa.UniqueConstraint("tenant", "provider", "local_id"),
        sa.UniqueConstraint("user_key", "position"),
        sa.UniqueConstraint("connection_key", "email"),
        sa.UniqueConstraint("connection_key", "username"),
        sa.UniqueConstraint("connection_key", "phone"),
    )


def _roles() -> None:
    op.create_table(
        "roles",
        _tenant(),
        _text("id"),
        _text("name"),
        _text_or_null("description"),
        sa.PrimaryKeyConstraint("tenant", "id"),
        sa.UniqueConstraint("tenant", "name"),
    )
    op.create_table(
        "role_permissions",
        _tenant(foreign=False),
        _text("role_id"),
        _text("audience"),
        _text("permission"),
        sa.PrimaryKeyConstraint("tenant", "role_id", "audience", "permission"),
        _of_role(),
    )
    op.create_table(
        "user_roles",
        _tenant(foreign=False),
        _belongs_to("users", "user_key"),
        _text("role_id"),
        sa.PrimaryKeyConstraint("user_key", "role_id"),
        _of_role(),
    )
    op.create_index("users_of_role", "user_roles", ["tenant", "role_id"])
    op.create_table(
        "user_permissions",
        _tenant(foreign=False),
        _belongs_to("users", "user_key"),
        _text("audience"),
        _text("permission"),
        sa.PrimaryKeyConstraint("user_key", "audience", "permission"),
    )


def _tokens() -> None:
    op.create_table(
        "refresh_families",
        _key(),
        _tenant(foreign=False),
        _number("user_key"),  # outlives the user: who presents a token learns that they are gone
        _text("user_id"),
        _text("client_id"),
        _text("connection"),
        _text_or_null("audience"),
        _text("scopes"),
        _text("gty"),
        _number("auth_time"),
        _number("created_at"),
        _number_or_null("expires_at"),
        _number("latest_counter"),
        _number_or_null("revoked_at"),
        _of_client(),
    )
    op.create_index("families_of_client", "refresh_families", ["tenant", "client_id"])
    op.create_index(
        "families_of_user", "refresh_families", ["user_key", "client_id", "revoked_at", "key"]
    )
    op.create_table(
        "refresh_tokens",
        _key(),
        _tenant(foreign=False),
        _belongs_to("refresh_families", "family_key"),
        _bytes("hash"),
        _number("counter"),
        _flag("rotating"),
        _number_or_null("idle_expires_at"),
        _number_or_null("used_at"),
        sa.UniqueConstraint("hash"),
    )
    op.create_index("tokens_of_family", "refresh_tokens", ["family_key"])
    op.create_table(
        "access_tokens",
        _key(),
        _tenant(foreign=False),
        _belongs_to("refresh_families", "family_key", always=False),
        _number_or_null("user_key"),  # a machine's token has none
        _bytes("hash"),
        _flag("opaque"),
        _text("user_id"),
        _text("client_id"),
        _text("scopes"),
        _number("issued_at"),
        _number("expires_at"),
        sa.UniqueConstraint("hash"),
    )
    for name, columns in {
        "access_of_family": ["family_key"],
        "access_of_user": ["user_key"],
        "access_by_end": ["tenant", "expires_at"],
    }.items():
        op.create_index(name, "access_tokens", columns)


def _logs() -> None:
    op.create_table(
        "logs",
        _tenant(),
        _number("position"),
        _text("log_id"),
        _text("code"),
        _number("at"),
        _text("client_id"),
        _text("user_id"),
        _text("document"),
        sa.PrimaryKeyConstraint("tenant", "position"),
    )
    op.create_index("logs_by_code", "logs", ["tenant", "code", "position"])
    op.create_index("logs_by_client", "logs", ["tenant", "client_id", "position"])
    op.create_index("logs_by_user", "logs", ["tenant", "user_id", "position"])
