"""Times as Auth0 writes them in answers."""

from datetime import UTC, datetime


def written(at: datetime) -> str:
    """Return a time as ISO 8601 text in UTC with milliseconds: `2026-01-05T12:00:00.000Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
