"""`gateword apply`: config as code."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.text import Text

from gateword.app import opened
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
)
from gateword.cli.tables import print_table
from gateword.provision.apply import Overtaken
from gateword.provision.apply import apply as apply_text
from gateword.provision.changes import Change
from gateword.provision.source import BadFile
from gateword.settings import Settings

MAX_FILE_BYTES: Final = 16 * 1024 * 1024
_STDIN: Final = "-"
_STYLES: Final = {"created": "green", "updated": "yellow", "unchanged": "dim"}

File = Annotated[
    Path,
    typer.Argument(help="YAML in the format of Auth0's Deploy CLI; `-` reads standard input."),
]


def apply(
    file: File,
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Make a tenant what a file says; a second run changes nothing.

    The environment fills in ##NAME## (text) and @@NAME@@ (JSON). Nothing is deleted, and a file
    with a fault changes nothing. The server may run meanwhile; it sees the change within a second.
    """
    settings = existing(data, database_url)
    changes = run(_apply(settings, tenant, *_content(file)))
    changed = [change for change in changes if change.action != "unchanged"]
    if as_json:
        document = {"changed": bool(changed), "changes": [asdict(one) for one in changes]}
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
    elif changed:
        print_table(("Action", "Kind", "Name", "Members"), map(_row, changed))
        out.print(_summary(changes))
    else:
        out.print(f"Nothing changed: {len(changes)} things are as the file has them.")


async def _apply(settings: Settings, tenant: str, name: str, text: str) -> Sequence[Change]:
    async with opened(settings, tenant) as house:
        try:
            return await apply_text(name, text, os.environ, house.parts)
        except BadFile as bad:
            for line in bad.lines:
                err.print(escape(line))
            fail("the file was not applied; nothing changed.", BAD_USE)
        except Overtaken as overtaken:
            fail(f"{escape(str(overtaken))}. Apply the file again.")


def _content(file: Path) -> tuple[str, str]:
    name = "<stdin>" if str(file) == _STDIN else str(file)
    try:
        raw = sys.stdin.buffer.read() if str(file) == _STDIN else file.read_bytes()
    except OSError as error:
        fail(f"{escape(name)} cannot be read: {error.strerror}", BAD_USE)
    if len(raw) > MAX_FILE_BYTES:
        fail(f"{escape(name)} is over {MAX_FILE_BYTES // 1024 // 1024} MiB", BAD_USE)
    try:
        return name, raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        fail(f"{escape(name)} is not UTF-8", BAD_USE)


def _row(change: Change) -> tuple[Text, str, str, str]:
    action = Text(change.action, _STYLES[change.action])
    return action, change.kind, change.name, ", ".join(change.members)


def _summary(changes: Sequence[Change]) -> str:
    counts = [
        f"{sum(change.action == action for change in changes)} {action}" for action in _STYLES
    ]
    return ", ".join(counts)
