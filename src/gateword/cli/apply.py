"""`gateword apply`: config as code."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer
from rich.markup import escape

from gateword.app import opened
from gateword.cli import diff, remote
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
from gateword.cli.remote import CaFile, ClientId, ClientSecret, ServerUrl
from gateword.provision.apply import Applied, Overtaken
from gateword.provision.apply import apply as apply_document
from gateword.provision.files import MAX_FILE_BYTES, load, load_text
from gateword.provision.plan import Faulty
from gateword.provision.source import Source
from gateword.provision.variables import BadFile
from gateword.settings import Settings

_STDIN: Final = "-"

File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE|DIR",
        help="YAML or a folder in the format of Auth0's Deploy CLI; `-` reads standard input.",
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would change, member by member; write nothing.")
]
ExitCode = Annotated[
    bool, typer.Option("--exit-code", help="End with status 3 when anything changed or would.")
]
LeaveOut = Annotated[
    bool,
    typer.Option("--leave-out", help="Pass over sections that are not supported, and name them."),
]
CHANGED: Final = 3


@with_json_faults
def apply(
    file: File,
    dry_run: DryRun = False,
    exit_code: ExitCode = False,
    leave_out: LeaveOut = False,
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    url: ServerUrl = None,
    client_id: ClientId = None,
    client_secret: ClientSecret = None,
    ca: CaFile = None,
    as_json: AsJson = False,
) -> None:
    """Make a tenant what a file or folder says; a second run changes nothing.

    The environment fills in ##NAME## (text) and @@NAME@@ (JSON). Nothing is deleted, and a file
    with a fault changes nothing. The server may run meanwhile; it sees the change within a second.
    With --url a server that runs elsewhere is asked to do it.
    """
    server = remote.server(url, client_id, client_secret, ca, data)
    place = server or existing(data, database_url)
    source = _source(file)
    try:
        if isinstance(place, Settings):
            applied = run(_apply(place, tenant, source, dry_run=dry_run, leave_out=leave_out))
        else:
            applied = place.apply(source.root, dry_run=dry_run, leave_out=leave_out)
    except Faulty as faulty:
        _refuse(source.refusal(faulty.faults))
    except Overtaken as overtaken:
        fail(f"{escape(str(overtaken))}. Apply the file again.")
    _print(applied, dry_run=dry_run, as_json=as_json)
    if exit_code and diff.changed(applied.changes):
        raise typer.Exit(CHANGED)


async def _apply(
    settings: Settings, tenant: str, source: Source, *, dry_run: bool, leave_out: bool
) -> Applied:
    async with opened(settings, tenant) as house:
        return await apply_document(source.root, house.parts, dry_run=dry_run, leave_out=leave_out)


def _print(applied: Applied, *, dry_run: bool, as_json: bool) -> None:
    changed = diff.changed(applied.changes)
    if as_json:
        document = {
            "changed": bool(changed),
            "dry_run": dry_run,
            "changes": [asdict(one) for one in applied.changes],
            "left_out": list(applied.left_out),
            "notes": list(applied.notes),
        }
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for section in applied.left_out:
        err.print(f"[yellow]left out[/] {escape(section)}: not supported")
    for note in applied.notes:
        err.print(f"[yellow]warning[/] {escape(note)}")
    if not changed:
        would = " would change" if dry_run else " changed"
        out.print(f"Nothing{would}: {_as_it_was(len(applied.changes))}.")
    elif dry_run:
        diff.print_diff(changed)
        out.print(diff.summary(applied.changes, would=True))
    else:
        diff.print_changes(changed)
        out.print(diff.summary(applied.changes))


def _as_it_was(count: int) -> str:
    if not count:
        return "there is nothing in the file"
    return f"{diff.counted(count, 'thing')} {'is' if count == 1 else 'are'} as the file says"


def _source(file: Path) -> Source:
    try:
        if str(file) == _STDIN:
            return load_text("<stdin>", _stdin(), os.environ)
        return load(file, os.environ)
    except BadFile as bad:
        _refuse(bad)


def _stdin() -> str:
    raw = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    if len(raw) > MAX_FILE_BYTES:
        raise BadFile([f"<stdin>: is over {MAX_FILE_BYTES // 1024 // 1024} MiB"])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile(["<stdin> is not UTF-8"]) from None


def _refuse(bad: BadFile) -> NoReturn:
    for line in bad.lines:
        err.print(escape(line))
    fail("the file was not applied; nothing changed.", BAD_USE, faults=bad.lines)
