"""`gateword logs`: what happened in a tenant."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Annotated, Final

import typer
from rich.markup import escape

from gateword.app import opened
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
from gateword.domain.log_event import LogCode, StoredLogEvent
from gateword.policy.members import did_you_mean
from gateword.ports.stores import Logs
from gateword.settings import Settings

_POLL_S: Final = 0.5
_PAGE: Final = 500
_FAILED: Final = frozenset({"f", "fp", "fu", "fepft", "fertft", "ferrt", "feccft"})


def logs(
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with new events until Ctrl-C.")
    ] = False,
    code: Annotated[
        str | None, typer.Option("--type", help="Only events of this type, such as fp.")
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
    with suppress(KeyboardInterrupt):  # the usual way to end --follow
        run(_print(settings, tenant, code, number, follow=follow, as_json=as_json))


async def _print(
    settings: Settings, tenant: str, code: str | None, number: int, *, follow: bool, as_json: bool
) -> None:
    async with opened(settings, tenant) as house:
        async for event in _events(house.parts.stores.logs, code, number, follow=follow):
            if as_json:
                typer.echo(json.dumps(event.document, ensure_ascii=False))
            else:
                out.print(_line(event.document))


async def _events(
    logs_: Logs, code: str | None, number: int, *, follow: bool
) -> AsyncIterator[StoredLogEvent]:
    newest = await logs_.latest(1)
    position = newest[0].position if newest else 0
    for event in await logs_.latest(number, code) if number else ():
        position = max(position, event.position)
        yield event
    while follow:
        page = await logs_.read(after=position, limit=_PAGE, code=code)
        for event in page:
            position = event.position
            yield event
        if not page:
            await asyncio.sleep(_POLL_S)


def _line(document: Mapping[str, object]) -> str:
    def member(name: str) -> str:
        text = str(document.get(name) or "")
        # Login names come from strangers, and a terminal obeys control characters.
        return escape("".join(c if c.isprintable() else "?" for c in text))

    kind = member("type")
    style = "red" if kind in _FAILED else "yellow" if kind == "api_limit" else "green"
    who = member("user_name") or member("user_id")
    parts = [
        f"[dim]{member('date')}[/]",
        f"[{style}]{kind:<6}[/]",
        member("client_name") or member("client_id"),
        f"{who}@{member('connection')}" if who and member("connection") else who,
        member("ip"),
        member("description"),
    ]
    return "  ".join(part for part in parts if part)
