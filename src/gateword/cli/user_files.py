"""`gateword users import` and `gateword users export`: people by the file."""

import csv
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, TextIO

import typer
from rich.markup import escape

from gateword.accounts import export_users, import_file
from gateword.accounts.import_file import BeingImported, UserFile
from gateword.cli.common import (
    BAD_USE,
    AsJson,
    Data,
    DatabaseUrl,
    TenantName,
    err,
    existing,
    fail,
    out,
    run,
    with_json_faults,
)
from gateword.cli.house import opened
from gateword.cli.user_report import counted, failed_items, private_file, progress, summarised
from gateword.domain.connection import Connection
from gateword.policy.json_stream import Unreadable
from gateword.policy.user_document import rendered
from gateword.policy.user_export import DEFAULT_COLUMNS, EXPORTABLE, Field, cell, chosen
from gateword.ports.opened import Opened
from gateword.ports.parts import Parts
from gateword.ports.queues import Job
from gateword.provision import people

INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141
_FORMATS: Final = ("json", "csv")


@with_json_faults
def import_users(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="JSON array or JSON lines in Auth0's format.")
    ],
    connection: Annotated[str, typer.Option("--connection", help="Database to import into.")],
    upsert: Annotated[
        bool, typer.Option("--upsert", help="Change users who are there already.")
    ] = False,
    errors: Annotated[
        Path | None,
        typer.Option("--errors", metavar="FILE", help="Write items that failed, a line each."),
    ] = None,
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Import users of any number; begun again with the same file, it goes on where it was.

    Ends with 0 when every item was stored, with 1 when some failed, with 2 when the file or the
    database cannot be used.
    """
    settings = existing(data, database_url)
    if errors is not None:
        _check_writable(errors)
    read = _checked(file)

    async def task() -> tuple[Job, list[Mapping[str, object]]]:
        async with opened(settings, tenant) as house:
            place = await _database(house, connection)
            with progress(read.total, "Importing", quiet=as_json) as watch:
                job = await import_file.import_file(
                    house.parts, place, read, upsert=upsert, told=watch.told, waits=watch.waits
                )
            return job, await failed_items(house.parts, job, errors)

    try:
        job, shown = run(task())
    except BeingImported:
        fail(f"another process is importing {escape(file.name)} right now", BAD_USE)
    except OSError as bad:
        path = str(bad.filename or file)
        fail(f"{escape(path)} cannot be used any more: {bad.strerror}", BAD_USE)
    except KeyboardInterrupt:
        fail("stopped; the same command goes on where it was", INTERRUPTED)
    if not (read.total or as_json):
        out.print(f"0 users: {escape(str(file))} is empty; nothing was imported.")
        return
    summarised(job, shown, errors, is_upsert=upsert, as_json=as_json)


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; - is standard output.")],
    connection: Annotated[str, typer.Option("--connection", help="Database to export.")],
    format_: Annotated[str, typer.Option("--format", help="json or csv.")] = "json",
    fields: Annotated[
        str | None,
        typer.Option("--fields", help="Members to write: email,user_metadata.plan,…"),
    ] = None,
    with_hashes: Annotated[
        bool,
        typer.Option("--with-hashes", help="Also password hashes and second factors: secrets."),
    ] = False,
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
) -> None:
    """Export users; without --fields as JSON that `gateword users import` reads."""
    if format_ not in _FORMATS:
        fail(f"--format is {' or '.join(_FORMATS)}", BAD_USE)
    if with_hashes and (format_ == "csv" or fields):
        fail("--with-hashes goes with JSON and without --fields", BAD_USE)
    settings = existing(data, database_url)
    chosen_fields = None if fields is None else _fields(fields)
    write = _csv if format_ == "csv" else _json

    async def task() -> int:
        async with opened(settings, tenant) as house:
            place = await _database(house, connection)
            pages = _pages(house.parts, place, format_, chosen_fields, with_hashes=with_hashes)
            with _output(file) as stream:
                return await write(stream, pages, chosen_fields)

    try:
        count = run(task())
    except BrokenPipeError:
        # Whoever reads has had enough; what is still buffered must not complain at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(PIPE_CLOSED) from None
    except OSError as bad:
        fail(f"{escape(str(file))} cannot be written: {bad.strerror}", BAD_USE)
    err.print(f"Exported {counted(count, 'user')} of {escape(connection)}.")


def _checked(file: Path) -> UserFile:
    try:
        return import_file.checked(file)
    except Unreadable as bad:
        where = str(bad).replace("behind item 0", "at its beginning")
        fail(
            f"{escape(str(file))} must hold a JSON array of users, or one JSON object a line; "
            f"{escape(where)}",
            BAD_USE,
        )
    except OSError as bad:
        fail(f"{escape(str(file))} cannot be read: {bad.strerror}", BAD_USE)


def _check_writable(path: Path) -> None:
    """End the command before it has begun when its errors could not be written down."""
    if path.is_dir():
        fail(f"--errors {escape(str(path))} is a folder", BAD_USE)
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        fail(f"--errors {escape(str(path))} cannot be written", BAD_USE)


async def _database(house: Opened, name: str) -> Connection:
    try:
        found = await people.connection_named(house.parts, name)
    except people.BadUser as bad:
        fail(escape(str(bad)), BAD_USE)
    if found.strategy != "auth0":
        fail(f"{escape(name)} is no database", BAD_USE)
    return found


def _fields(text: str) -> list[Field]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if re.split(r"[.\[]", name)[0] not in EXPORTABLE]
    if unknown or not names:
        told = f"no user has {', '.join(unknown)}" if unknown else "--fields names none"
        fail(escape(f"{told}; there are {', '.join(EXPORTABLE)}"), BAD_USE)
    return [Field(name, name) for name in names]


async def _pages(
    parts: Parts,
    place: Connection,
    format_: str,
    fields: Sequence[Field] | None,
    *,
    with_hashes: bool,
) -> AsyncIterator[list[dict[str, object]]]:
    if format_ == "json" and fields is None:
        async for items in export_users.import_items(parts, place, with_secrets=with_hashes):
            yield items
        return
    async for page in export_users.users(parts, place):
        yield [chosen(rendered(user), _columns(fields)) for user in page]


def _columns(fields: Sequence[Field] | None) -> Sequence[Field]:
    return fields if fields is not None else [Field(name, name) for name in DEFAULT_COLUMNS]


async def _json(
    stream: TextIO,
    pages: AsyncIterator[list[dict[str, object]]],
    _fields: Sequence[Field] | None,
) -> int:
    count = 0
    async for page in pages:
        for item in page:
            stream.write(("[\n" if count == 0 else ",\n") + json.dumps(item, ensure_ascii=False))
            count += 1
    stream.write("\n]\n" if count else "[]\n")
    return count


async def _csv(
    stream: TextIO,
    pages: AsyncIterator[list[dict[str, object]]],
    fields: Sequence[Field] | None,
) -> int:
    names = [field.export_as for field in _columns(fields)]
    writer, count = csv.writer(stream, lineterminator="\r\n"), 0
    writer.writerow(names)
    async for page in pages:
        writer.writerows([cell(item.get(name)) for name in names] for item in page)
        count += len(page)
    return count


@contextmanager
def _output(path: Path) -> Iterator[TextIO]:
    """Open a file that only its owner may read; `-` is standard output."""
    if str(path) == "-":
        yield sys.stdout
        sys.stdout.flush()
        return
    with private_file(path) as stream:
        yield stream
