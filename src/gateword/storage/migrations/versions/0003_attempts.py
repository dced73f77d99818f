"""What counts tries: failures, tries under way, buckets, known places, tallies."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ORDER: Final = ("failures", "leases", "buckets", "known_places", "tallies")


def upgrade() -> None:
    """Make the tables."""
    _failures()
    _leases()
    _velocity()
    _known_places()


def downgrade() -> None:
    """Drop them."""
    for table in reversed(_ORDER):
        op.drop_table(table)


def _tenant() -> sa.Column[int]:
    owner = sa.ForeignKey("tenants.key", ondelete="CASCADE")
    return sa.Column("tenant", sa.BigInteger(), owner, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _number_or_null(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger())


def _failures() -> None:
    op.create_table(
        "failures",
        _tenant(),
        _number("connection_key"),
        _text("subject"),
        _text("place"),
        # No foreign key: a user who is deleted while a try is under way must not make it a fault.
        _number_or_null("user_key"),
        _number("count"),
        _number("last_at"),
        _number_or_null("mailed_at"),
        sa.PrimaryKeyConstraint("tenant", "connection_key", "subject", "place"),
    )
    op.create_index("failures_of_place", "failures", ["tenant", "place"])
    op.create_index("failures_of_user", "failures", ["tenant", "user_key"])
    op.create_index("failures_by_end", "failures", ["tenant", "last_at"])


def _leases() -> None:
    op.create_table(
        "leases",
        _tenant(),
        _text("id"),
        _number("connection_key"),
        _text("subject"),
        _text("place"),
        _number_or_null("user_key"),
        _number("expires_at"),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_index("leases_of_subject", "leases", ["tenant", "connection_key", "subject"])
    op.create_index("leases_of_place", "leases", ["tenant", "place"])


def _velocity() -> None:
    op.create_table(
        "buckets",
        _tenant(),
        _text("name"),
        _number("full_at"),
        _number("told"),
        sa.PrimaryKeyConstraint("tenant", "name"),
    )
    op.create_index("buckets_by_end", "buckets", ["tenant", "full_at"])
    op.create_table(
        "tallies",
        _tenant(),
        _number("slot"),
        _number("logins"),
        _number("failures"),
        _number("strangers"),
        sa.PrimaryKeyConstraint("tenant", "slot"),
    )


def _known_places() -> None:
    op.create_table(
        "known_places",
        _tenant(),
        _number("user_key"),
        _text("place"),
        _number("seen_at"),
        sa.PrimaryKeyConstraint("tenant", "user_key", "place"),
    )
    op.create_index("known_places_by_end", "known_places", ["tenant", "seen_at"])
