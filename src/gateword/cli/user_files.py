"""`gateword users import` and `gateword users export`: people by the file."""

import csv
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final, TextIO

import typer
from rich.markup import escape

from gateword.accounts import export_users, import_file
from gateword.accounts.import_file import BeingImported, UserFile
from gateword.accounts.import_users import NO_SUMMARY
from gateword.cli.common import (
    BAD_USE,
    FAILED,
    AsJson,
    Data,
    DatabaseUrl,
    TenantName,
    err,
    existing,
    fail,
    out,
    run,
)
from gateword.cli.house import opened
from gateword.domain.connection import Connection
from gateword.policy.json_stream import Unreadable
from gateword.policy.user_document import rendered
from gateword.policy.user_export import DEFAULT_COLUMNS, Field, cell, chosen
from gateword.ports.opened import Opened
from gateword.ports.parts import Parts
from gateword.ports.queues import Job
from gateword.provision import people

INTERRUPTED: Final = 130
_FORMATS: Final = ("json", "csv")
_ERRORS_AT_ONCE: Final = 1000
_SHOWN_ERRORS: Final = 5
_PRIVATE: Final = 0o600
Told = Callable[[Job], None]


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
    read = _checked(file)

    async def task() -> tuple[Job, list[Mapping[str, object]]]:
        async with opened(settings, tenant) as house:
            place = await _database(house, connection)
            with _progress(read.total, "Importing", quiet=as_json) as told:
                job = await import_file.import_file(
                    house.parts, place, read, upsert=upsert, told=told
                )
            return job, await _failed_items(house.parts, job, errors)

    try:
        job, shown = run(task())
    except BeingImported:
        fail(f"another process is importing {escape(file.name)} right now", BAD_USE)
    except OSError as bad:
        fail(f"{escape(str(file))} cannot be read any more: {bad.strerror}", BAD_USE)
    except KeyboardInterrupt:
        fail("stopped; the same command goes on where it was", INTERRUPTED)
    _summarised(job, shown, errors, as_json=as_json)


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
    except OSError as bad:
        fail(f"{escape(str(file))} cannot be written: {bad.strerror}", BAD_USE)
    err.print(f"Exported {count} users of {escape(connection)}.")


def _checked(file: Path) -> UserFile:
    try:
        return import_file.checked(file)
    except Unreadable as bad:
        fail(f"{escape(str(file))} is no JSON array and no JSON lines: {escape(str(bad))}", BAD_USE)
    except OSError as bad:
        fail(f"{escape(str(file))} cannot be read: {bad.strerror}", BAD_USE)


async def _database(house: Opened, name: str) -> Connection:
    try:
        found = await people.connection_named(house.parts, name)
    except people.BadUser as bad:
        fail(escape(str(bad)), BAD_USE)
    if found.strategy != "auth0":
        fail(f"{escape(name)} is no database", BAD_USE)
    return found


@contextmanager
def _progress(total: int, text: str, *, quiet: bool) -> Iterator[Told]:
    """Show how far an import is, how fast, and how long it still takes; only on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    bars: Any = import_module("rich.progress")  # costs 30 ms, and only an import shows one
    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TextColumn("{task.fields[rate]}"),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=import_module("rich.console").Console(stderr=True)) as bar:
        task = bar.add_task(text, total=total, rate="")

        def told(job: Job) -> None:
            bar.update(task, completed=job.done)
            speed = bar.tasks[0].speed
            bar.update(task, rate=f"{speed:,.0f} users/s" if speed else "")

        yield told


async def _failed_items(parts: Parts, job: Job, path: Path | None) -> list[Mapping[str, object]]:
    """Write every failed item to a file; return the first few."""
    first = await parts.stores.jobs.errors(job.id, start=0, limit=_ERRORS_AT_ONCE)
    if path is not None:
        page, start = first, 0
        with _output(path) as stream:
            while page:
                for error in page:
                    stream.write(json.dumps(error, ensure_ascii=False) + "\n")
                start += len(page)
                page = await parts.stores.jobs.errors(job.id, start=start, limit=_ERRORS_AT_ONCE)
    return list(first[:_SHOWN_ERRORS])


def _summarised(
    job: Job, shown: Sequence[Mapping[str, Any]], errors: Path | None, *, as_json: bool
) -> None:
    found = job.document.get("summary")
    summary: Mapping[str, int] = found if isinstance(found, dict) else NO_SUMMARY
    if as_json:
        typer.echo(json.dumps({"id": job.id, "status": job.status, "summary": summary}, indent=2))
    else:
        out.print(
            f"{summary['total']} users: {summary['inserted']} inserted, "
            f"{summary['updated']} updated, {summary['failed']} failed."
        )
        for item in shown:
            who = item["user"].get("email") or item["user"].get("user_id") or "?"
            why = "; ".join(f"{one['path']} {one['message']}".strip() for one in item["errors"])
            err.print(f"  {escape(str(who))}: {escape(why)}")
        if summary["failed"] > len(shown) and errors is None:
            err.print("  … all of them: --errors FILE")
    if summary["failed"]:
        raise typer.Exit(FAILED)


def _fields(text: str) -> list[Field]:
    return [Field(name.strip(), name.strip()) for name in text.split(",") if name.strip()]


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
        return
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
        yield stream
