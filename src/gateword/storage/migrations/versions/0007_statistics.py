"""Statistics for SQLite's planner, which are written whenever tables were made or changed."""

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change no table: whoever comes by here gets the statistics (`sqlite_statistics`)."""


def downgrade() -> None:
    """Leave them: an older program plans by them as well."""
