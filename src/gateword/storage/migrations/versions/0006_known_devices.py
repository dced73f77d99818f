"""Devices from which a user's logins were complete."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; its users have no foreign key, as those of `known_places`."""
    owner = sa.ForeignKey("tenants.key", ondelete="CASCADE")
    op.create_table(
        "known_devices",
        sa.Column("tenant", sa.BigInteger(), owner, nullable=False),
        sa.Column("user_key", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "user_key", "device"),
    )
    op.create_index("known_devices_by_end", "known_devices", ["tenant", "seen_at"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("known_devices")
