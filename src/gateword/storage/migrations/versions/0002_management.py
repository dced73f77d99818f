"""What running a tenant needs: documents, jobs, tickets, an outbox, cursors, old passwords."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEY: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ORDER: Final = (
    "documents",
    "jobs",
    "job_errors",
    "tickets",
    "outbox",
    "cursors",
    "password_history",
    "imported_factors",
)
_SINCE: Final = ("current_since", "current_until")
_INDEXES: Final = {
    "users_by_email": ("users", ["tenant", "email"]),
    "users_by_creation": ("users", ["tenant", "created_at"]),
    "users_by_login": ("users", ["tenant", "last_login"]),
    "logs_by_time": ("logs", ["tenant", "at"]),
}


def upgrade() -> None:
    """Make the tables."""
    _documents()
    _jobs()
    _tickets()
    _queues()
    _password_history()
    _imported_factors()
    for name in _SINCE:
        op.add_column("signing_keys", sa.Column(name, sa.BigInteger()))
    for name, (table, columns) in _INDEXES.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    """Drop them."""
    for name in _SINCE:
        op.drop_column("signing_keys", name)
    for name, (table, _) in _INDEXES.items():
        op.drop_index(name, table)
    for table in reversed(_ORDER):
        op.drop_table(table)


def _key() -> sa.Column[int]:
    return sa.Column("key", _KEY, sa.Identity(), primary_key=True)


def _tenant() -> sa.Column[int]:
    owner = sa.ForeignKey("tenants.key", ondelete="CASCADE")
    return sa.Column("tenant", sa.BigInteger(), owner, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _number_or_null(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger())


def _bytes_or_null(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary())


def _belongs_to(table: str, column: str) -> sa.Column[int]:
    owner = sa.ForeignKey(f"{table}.key", ondelete="CASCADE")
    return sa.Column(column, sa.BigInteger(), owner, nullable=False)


def _documents() -> None:
    op.create_table(
        "documents",
        _tenant(),
        _text("kind"),
        _text("id"),
        sa.Column("name", sa.Text()),
        _number_or_null("position"),
        _text("document"),
        _bytes_or_null("secret"),
        _number("created_at"),
        _number("updated_at"),
        sa.PrimaryKeyConstraint("tenant", "kind", "id"),
        sa.UniqueConstraint("tenant", "kind", "name"),
        sa.UniqueConstraint("tenant", "kind", "position"),
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        _key(),
        _tenant(),
        _text("id"),
        _text("type"),
        _text("status"),
        _text("document"),
        _number("done"),
        _bytes_or_null("input"),
        _bytes_or_null("output"),
        _number_or_null("claimed_until"),
        _number("created_at"),
        _number_or_null("ended_at"),
        sa.UniqueConstraint("tenant", "id"),
    )
    op.create_index("jobs_by_status", "jobs", ["tenant", "status", "key"])
    op.create_table(
        "job_errors",
        _key(),
        _tenant(),
        _belongs_to("jobs", "job_key"),
        _text("document"),
    )
    op.create_index("errors_of_job", "job_errors", ["job_key", "key"])


def _tickets() -> None:
    op.create_table(
        "tickets",
        _key(),
        _tenant(),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        _text("purpose"),
        _belongs_to("users", "user_key"),
        _text("document"),
        _number("created_at"),
        _number("expires_at"),
        _number_or_null("used_at"),
        sa.UniqueConstraint("hash"),
    )
    op.create_index("tickets_of_user", "tickets", ["user_key", "purpose"])
    op.create_index("tickets_by_end", "tickets", ["tenant", "expires_at"])


def _queues() -> None:
    op.create_table(
        "outbox",
        _key(),
        _tenant(),
        sa.Column("letter", sa.LargeBinary(), nullable=False),
        _number("tries"),
        _number("due_at"),
        _number("created_at"),
    )
    op.create_index("outbox_by_due", "outbox", ["tenant", "due_at"])
    op.create_table(
        "cursors",
        _tenant(),
        _text("name"),
        _text("document"),
        _number_or_null("claimed_until"),
        sa.PrimaryKeyConstraint("tenant", "name"),
    )


def _password_history() -> None:
    op.create_table(
        "password_history",
        _key(),
        _tenant(),
        _belongs_to("identities", "identity_key"),
        _text("hash"),
        _number("at"),
    )
    op.create_index("history_of_identity", "password_history", ["identity_key", "key"])


def _imported_factors() -> None:
    op.create_table(
        "imported_factors",
        _tenant(),
        sa.Column(
            "user_key",
            sa.BigInteger(),
            sa.ForeignKey("users.key", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
