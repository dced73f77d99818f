"""Pages of users by indexes of their own; and statistics for SQLite's planner.

Those are written whenever tables were made or changed (`sqlite_statistics`).
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes."""
    op.create_index("users_of_tenant", "users", ["tenant", "key"])
    op.create_index("identities_of_connection", "identities", ["connection_key", "user_key"])


def downgrade() -> None:
    """Drop them; the statistics stay, and an older program plans by them as well."""
    op.drop_index("identities_of_connection", "identities")
    op.drop_index("users_of_tenant", "users")
