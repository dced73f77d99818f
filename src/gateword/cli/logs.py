"""`gateword logs`: what happened in a tenant."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from itertools import zip_longest
from shutil import get_terminal_size
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.text import Text

from gateword.cli.common import (
    BAD_USE,
    Data,
    DatabaseUrl,
    TenantName,
    existing,
    fail,
    out,
    run,
)
from gateword.cli.house import opened
from gateword.domain.log_event import LogCode, StoredLogEvent
from gateword.domain.query import Every, Query, QueryError, Word
from gateword.policy import query_syntax
from gateword.policy.members import did_you_mean
from gateword.ports.stores import Logs
from gateword.settings import Settings

_POLL_S: Final = 0.5
_PAGE: Final = 500
_NOTHING: Final = "-"
_TYPE_WIDTH: Final = max(len(code.value) for code in LogCode)
_WIDTHS: Final = (24, _TYPE_WIDTH, 16, 28, 15)
_GAP: Final = "  "
_INDENT: Final = _WIDTHS[0] + len(_GAP)
"""Where a row goes on that is wider than the terminal: behind its date."""

_SCRIPTS: Final = {"rule": "rule ", "action": "Action ", "hook": "hook ", "script": ""}
"""Member of an event's details to what stands before the script's name; some are named in whole."""

_HEADER: Final = ("date", "type", "client", "user", "ip")
"""Stands above the columns on a terminal; a script gets lines of events alone."""


def logs(
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with new events until Ctrl-C.")
    ] = False,
    code: Annotated[
        str | None, typer.Option("--type", help="Only events of this type, such as fp.")
    ] = None,
    query: Annotated[
        str | None,
        typer.Option(
            "--query",
            "-q",
            help="Only events that fit, in the language of GET /api/v2/logs: "
            "'type:f* AND ip:192.0.2.*'.",
        ),
    ] = None,
    number: Annotated[int, typer.Option("-n", "--number", min=0, help="How many events.")] = 20,
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a line, in Auth0's shape.")
    ] = False,
) -> None:
    """Print the newest events of a tenant's log, the oldest of them first."""
    codes = [known.value for known in LogCode]
    if code is not None and code not in codes:
        hint = did_you_mean(code, codes) or f"; there are {', '.join(codes)}"
        fail(f"no event has the type {escape(code)}{hint}", BAD_USE)
    settings = existing(data, database_url)
    try:
        asked = _asked(code, query)
        with suppress(KeyboardInterrupt):  # the usual way to end --follow
            run(_print(settings, tenant, asked, number, follow=follow, as_json=as_json))
    except QueryError as error:
        fail(f"the query cannot be carried out: {escape(str(error))}", BAD_USE)


def _asked(code: str | None, text: str | None) -> Query:
    """Return what the options ask for together.

    Raises:
        QueryError: The query makes no sense.
    """
    of_code = [] if code is None else [Word("type", code)]
    of_text = [] if text is None else [query_syntax.query(text)]
    return Every((*of_code, *of_text))


async def _print(
    settings: Settings, tenant: str, asked: Query, number: int, *, follow: bool, as_json: bool
) -> None:
    async with opened(settings, tenant) as house:
        if not as_json and sys.stdout.isatty():
            out.print(_laid_out(_HEADER, "description", ["dim"] * len(_HEADER)))
        async for event in _events(house.parts.stores.logs, asked, number, follow=follow):
            if as_json:
                typer.echo(json.dumps(event.document, ensure_ascii=False))
            else:
                out.print(_line(event.document))


async def _events(
    logs_: Logs, asked: Query, number: int, *, follow: bool
) -> AsyncIterator[StoredLogEvent]:
    position = await _last(logs_)
    newest = await logs_.search(asked, limit=number) if number else ()
    # Events are stored when they end and dated when they began: a script may have taken its time.
    for event in sorted(newest, key=lambda one: (str(one.document["date"]), one.position)):
        position = max(position, event.position)
        yield event
    while follow:
        last = await _last(logs_)
        page = await logs_.search(asked, newest_first=False, after=position, limit=_PAGE)
        for event in page:
            yield event
        # What does not fit is behind us, too; of a full page we have not seen the end.
        seen = page[-1].position if page else position
        position = seen if len(page) == _PAGE else max(seen, last)
        if not page:
            await asyncio.sleep(_POLL_S)


async def _last(logs_: Logs) -> int:
    newest = await logs_.latest(1)
    return newest[0].position if newest else 0


def _style(kind: str) -> str:
    """Return the colour of a type code: Auth0's codes of failures begin with f, or say so."""
    if kind.startswith("f") or kind.endswith("_failure"):
        return "red"
    return "yellow" if "limit" in kind else "green"


def _printable(text: object) -> str:
    """Return a text for a terminal, which obeys control characters; names come from strangers."""
    return "".join(c if c.isprintable() else "?" for c in str(text or ""))


def _script(details: object) -> str:
    """Return how the script is called that an event is about; empty without one."""
    for kind, prefix in _SCRIPTS.items():
        about = details.get(kind) if isinstance(details, Mapping) else None
        if isinstance(about, Mapping) and about.get("name"):
            return prefix + _printable(about["name"])
    return ""


def _description(document: Mapping[str, object]) -> str:
    told, script = _printable(document.get("description")), _script(document.get("details"))
    is_named = told.casefold().startswith(script.casefold())
    return told if not script or is_named else f"{script}: {told}".removesuffix(": ")


def _line(document: Mapping[str, object]) -> Text:
    def member(name: str) -> str:
        return _printable(document.get(name))

    kind = member("type")
    who = member("user_name") or member("user_id")
    who = f"{who}@{member('connection')}" if who and member("connection") else who
    client = member("client_name") or member("client_id")
    # An empty column stays one: whoever cuts lines into fields finds them in their places.
    cells = (member("date"), kind, client or _NOTHING, who or _NOTHING, member("ip") or _NOTHING)
    return _laid_out(cells, _description(document), ("dim", _style(kind)))


def _laid_out(cells: Sequence[str], description: str, styles: Sequence[str]) -> Text:
    """Return a row; at a terminal it is broken between columns and words, nowhere else.

    Args:
        cells: All columns but the last.
        description: The last.
        styles: Of the first columns; the others have none.
    """
    most = get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
    padded = (f"{cell:<{width}}" for cell, width in zip(cells, _WIDTHS, strict=True))
    pieces = [(cell, style, _GAP) for cell, style in zip_longest(padded, styles, fillvalue="")]
    pieces += [(word, "", " ") for word in description.split(" ")]
    row, used = Text(), 0
    for text, style, gap in pieces:
        if used > _INDENT and used + len(text.rstrip()) > most:
            row.rstrip()
            row.append("\n" + " " * _INDENT)
            used = _INDENT
        row.append(text, style)
        row.append(gap)
        used += len(text) + len(gap)
    row.rstrip()
    return row
