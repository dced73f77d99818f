"""Second factors: authenticators, logins that wait for one, codes under way."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ORDER: Final = ("authenticators", "half_logins", "challenges")


def upgrade() -> None:
    """Make the tables and columns."""
    _authenticators()
    _half_logins()
    _challenges()
    # The kinds a user has confirmed, so that no login asks for them.
    op.add_column("users", sa.Column("factors", sa.Text(), nullable=False, server_default=""))
    # What was brought along is sealed: its kinds are known when somebody first asks.
    op.execute(
        "UPDATE users SET factors = 'imported' WHERE EXISTS"
        " (SELECT 1 FROM imported_factors WHERE imported_factors.user_key = users.key)"
    )
    # When a second factor was last shown; NULL is never.
    op.add_column("refresh_families", sa.Column("mfa_at", sa.BigInteger()))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("refresh_families", "mfa_at")
    op.drop_column("users", "factors")
    for table in reversed(_ORDER):
        op.drop_table(table)


def _tenant() -> sa.Column[int]:
    owner = sa.ForeignKey("tenants.key", ondelete="CASCADE")
    return sa.Column("tenant", sa.BigInteger(), owner, nullable=False)


def _user() -> sa.Column[int]:
    owner = sa.ForeignKey("users.key", ondelete="CASCADE")
    return sa.Column("user_key", sa.BigInteger(), owner, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _number_or_null(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger())


def _authenticators() -> None:
    op.create_table(
        "authenticators",
        _tenant(),
        _text("id"),
        _user(),
        _text("kind"),
        _text("name"),
        _text("target"),
        sa.Column("seed", sa.LargeBinary()),
        sa.Column("code_hash", sa.LargeBinary()),
        _text("pair"),
        _number("last_step"),
        _number("failures"),
        _number("created_at"),
        _number_or_null("confirmed_at"),
        _number_or_null("last_used_at"),
        _number_or_null("expires_at"),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_index("authenticators_of_user", "authenticators", ["user_key", "created_at"])
    op.create_index("authenticators_by_end", "authenticators", ["tenant", "expires_at"])


def _half_logins() -> None:
    op.create_table(
        "half_logins",
        _tenant(),
        _bytes("hash"),
        _user(),
        _bytes("sealed"),
        _number("failures"),
        _number("expires_at"),
        sa.PrimaryKeyConstraint("tenant", "hash"),
    )
    op.create_index("half_logins_of_user", "half_logins", ["user_key"])
    op.create_index("half_logins_by_end", "half_logins", ["tenant", "expires_at"])


def _challenges() -> None:
    op.create_table(
        "challenges",
        _tenant(),
        _bytes("hash"),
        _user(),
        _text("authenticator_id"),
        _bytes("session"),
        _text("code"),
        _text("verdict"),
        _text("details"),
        _number("created_at"),
        _number("expires_at"),
        sa.PrimaryKeyConstraint("tenant", "hash"),
    )
    op.create_index("challenges_of_authenticator", "challenges", ["tenant", "authenticator_id"])
    op.create_index("challenges_of_user", "challenges", ["user_key"])
    op.create_index("challenges_by_end", "challenges", ["tenant", "expires_at"])
