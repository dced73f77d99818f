"""What a database URL says."""

from pathlib import Path
from typing import Final

_SQLITE: Final = "sqlite:///"
_POSTGRES: Final = ("postgresql://", "postgres://")


def is_postgres(url: str) -> bool:
    """Say whether the URL is one of PostgreSQL; it is handed to libpq as it stands."""
    return url.startswith(_POSTGRES)


def sqlite_path(url: str, data_dir: Path) -> Path:
    """Return the file a `sqlite:///` URL names; a relative one lies in the data directory.

    Raises:
        ValueError: The URL is of no kind we know.
    """
    if not url.startswith(_SQLITE) or url == _SQLITE:
        # The URL itself is not shown: it may hold a password.
        raise ValueError("a database URL begins with sqlite:/// or postgresql://")
    return data_dir / url.removeprefix(_SQLITE)
