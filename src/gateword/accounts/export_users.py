"""An export of users: pages of the database in, one compressed file out."""

import csv
import gzip
import io
from collections.abc import AsyncIterator, Sequence
from typing import Final

import msgspec

from gateword.domain.connection import Connection
from gateword.domain.user import User
from gateword.policy.user_document import rendered
from gateword.policy.user_export import (
    DEFAULT_COLUMNS,
    Field,
    cell,
    chosen,
    import_item,
)
from gateword.ports.parts import Parts
from gateword.values import dataclass

PAGE: Final = 100
"""Users of one look at the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What an export is to hold.

    Attributes:
        connection: Only users whose primary identity is there; None is every database.
        fields: None for everything.
        form: `json` (a line a user) or `csv`.
        limit: Most users; None is all of them.
    """

    connection: Connection | None = None
    fields: Sequence[Field] | None = None
    form: str = "json"
    limit: int | None = None


async def users(
    parts: Parts, connection: Connection | None, limit: int | None = None
) -> AsyncIterator[list[User]]:
    """Return users page by page, in the order in which they were added."""
    after, left = 0, limit
    key = None if connection is None else connection.key
    while left is None or left > 0:
        page = await parts.stores.users.page(connection_key=key, after=after, limit=PAGE)
        if not page:
            return
        after = page[-1].key
        mine = [user for user in page if _lives_in(user, connection)][:left]
        left = None if left is None else left - len(mine)
        yield mine


class Written:
    """An export on its way into a compressed file; only that is held."""

    def __init__(self, export: Export) -> None:
        self._raw = io.BytesIO()
        self._file = gzip.GzipFile(fileobj=self._raw, mode="wb", compresslevel=6, mtime=0)
        self._export = export
        columns = [Field(name, name) for name in DEFAULT_COLUMNS]
        self._columns = list(export.fields) if export.fields is not None else columns
        if export.form == "csv":
            self._row([field.export_as for field in self._columns])

    def add(self, user: User) -> None:
        """Write one user."""
        members = rendered(user)
        if self._export.form == "csv":
            found = chosen(members, self._columns)
            self._row([cell(found.get(field.export_as)) for field in self._columns])
            return
        if self._export.fields is not None:
            members = chosen(members, self._export.fields)
        self._file.write(msgspec.json.encode(members) + b"\n")

    def end(self) -> bytes:
        """Return the whole file."""
        self._file.close()
        return self._raw.getvalue()

    def _row(self, cells: Sequence[str]) -> None:
        line = io.StringIO()
        csv.writer(line, lineterminator="\r\n").writerow(cells)
        self._file.write(line.getvalue().encode())


def _lives_in(user: User, connection: Connection | None) -> bool:
    return connection is None or user.identities[0].connection == connection.name


async def import_items(
    parts: Parts, connection: Connection, *, with_secrets: bool
) -> AsyncIterator[list[dict[str, object]]]:
    """Return the users of a database page by page, as an import reads them.

    Args:
        parts: The tenant's.
        connection: The database.
        with_secrets: Also password hashes and second factors, as they are stored.
    """
    async for page in users(parts, connection):
        if not with_secrets:
            yield [import_item(user) for user in page]
            continue
        keys = [user.key for user in page]
        secrets = await parts.stores.user_imports.credentials(connection.key, keys)
        yield [import_item(user, secrets.get(user.key)) for user in page]
