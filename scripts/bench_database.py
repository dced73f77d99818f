"""Further databases beside the one that was named."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

_OWN: Final = "gateword_bench_"


@contextmanager
def beside(url: str, name: str) -> Iterator[str]:
    """Make an empty database on the same PostgreSQL server, and drop it afterwards.

    Args:
        url: Of a database on that server; empty for SQLite, where nothing is made.
        name: To tell it from others.
    """
    if not url:
        yield ""
        return
    import psycopg  # noqa: PLC0415  the driver is wanted for this engine only
    from psycopg import sql  # noqa: PLC0415

    named = sql.Identifier(f"{_OWN}{name}")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(named))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(named))
        try:
            yield urlsplit(url)._replace(path=f"/{_OWN}{name}").geturl()
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(named))
