"""SQLite files with our tables and nothing in them, which take longer to make than to copy."""

import tempfile
from functools import cache
from pathlib import Path

from gateword.storage import migrate


def put(path: Path) -> None:
    """Make a file as `migrate.upgrade` makes it; one that is there already stays as it is."""
    if not path.exists():
        path.touch(0o600)
        path.write_bytes(_content())


@cache
def _content() -> bytes:
    with tempfile.TemporaryDirectory(prefix="gateword-tables-") as folder:
        path = Path(folder) / "empty.sqlite3"
        migrate.upgrade(f"sqlite:///{path}", data_dir=path.parent)
        return path.read_bytes()
