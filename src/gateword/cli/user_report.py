"""What an import of users shows: how far it is, and what became of it."""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TextIO

import typer
from rich.markup import escape

from gateword.accounts.import_users import NO_SUMMARY
from gateword.cli.common import FAILED, err, out
from gateword.ports.parts import Parts
from gateword.ports.queues import Job

_ERRORS_AT_ONCE: Final = 1000
_SHOWN_ERRORS: Final = 5
_JSON_ERRORS: Final = 100
_PRIVATE: Final = 0o600


class Watch:
    """Says how an import goes: once what it waits for and where it goes on, and a bar."""

    def __init__(self, bar: Any, text: str, total: int, *, quiet: bool) -> None:
        """Take the bar to move; None shows none."""
        self._bar = bar
        self._text = text
        self._total = total
        self._quiet = quiet
        self._is_begun = False
        self._waited = False

    def waits(self, job: Job) -> None:
        """Say that the run before still holds the job."""
        if not self._waited:
            self._waited = True
            self._say(f"Waiting for the run before to let go; {self._place(job)}.")
            self._begin(job)

    def told(self, job: Job) -> None:
        """Show how many items are done."""
        if not self._is_begun:
            if job.done and not self._waited:
                self._say(f"The import {self._place(job)}.")
            self._begin(job)
        if self._bar is not None:
            self._bar.update(self._bar.tasks[0].id, completed=job.done)
            speed = self._bar.tasks[0].speed
            rate = f"{speed:,.0f} users/s" if speed else ""
            self._bar.update(self._bar.tasks[0].id, rate=rate)

    def _begin(self, job: Job) -> None:
        self._is_begun = True
        if self._bar is not None:
            self._bar.add_task(self._text, total=self._total, completed=job.done, rate="")

    def _say(self, text: str) -> None:
        if not self._quiet:
            (err if self._bar is None else self._bar.console).print(text)

    def _place(self, job: Job) -> str:
        return f"goes on at {job.done:,} of {self._total:,}"


@contextmanager
def progress(total: int, text: str, *, quiet: bool) -> Iterator[Watch]:
    """Show how far an import is, how fast, and how long it still takes; a bar on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield Watch(None, text, total, quiet=quiet)
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
        yield Watch(bar, text, total, quiet=False)


async def failed_items(parts: Parts, job: Job, path: Path | None) -> list[Mapping[str, object]]:
    """Write every failed item to a file; return the first few."""
    first = await parts.stores.jobs.errors(job.id, start=0, limit=_ERRORS_AT_ONCE)
    if path is not None:
        page, start = first, 0
        with private_file(path) as stream:
            while page:
                for error in page:
                    stream.write(json.dumps(error, ensure_ascii=False) + "\n")
                start += len(page)
                page = await parts.stores.jobs.errors(job.id, start=start, limit=_ERRORS_AT_ONCE)
    return list(first[:_JSON_ERRORS])


def summarised(
    job: Job,
    failed: Sequence[Mapping[str, Any]],
    errors: Path | None,
    *,
    is_upsert: bool,
    as_json: bool,
) -> None:
    """Print what became of an import; failed items end the command with status 1."""
    found = job.document.get("summary")
    summary: Mapping[str, int] = found if isinstance(found, dict) else NO_SUMMARY
    if as_json:
        document = {"id": job.id, "status": job.status, "summary": summary, "errors": failed}
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        out.print(
            f"{counted(summary['total'], 'user')}: {summary['inserted']} inserted, "
            f"{summary['updated']} updated, {summary['failed']} failed."
        )
        for item in failed[:_SHOWN_ERRORS]:
            err.print(f"  {escape(_line(item))}")
        more = summary["failed"] - _SHOWN_ERRORS
        hints = [] if errors is not None else ["--errors FILE writes all"]
        hints += [] if is_upsert else ["--upsert updates those that exist"]
        if more > 0:
            err.print("  " + "; ".join([f"and {more:,} more", ", ".join(hints)]).rstrip("; "))
    if summary["failed"]:
        raise typer.Exit(FAILED)


def counted(count: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


@contextmanager
def private_file(path: Path) -> Iterator[TextIO]:
    """Open a file, emptied, that only its owner may read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
        yield stream


def _line(item: Mapping[str, Any]) -> str:
    user = item["user"] if isinstance(item["user"], dict) else {}
    who = user.get("email") or user.get("user_id") or "?"
    return f"item {item.get('item', '?')}, {who}: {'; '.join(map(_why, item['errors']))}"


def _why(error: Mapping[str, str]) -> str:
    """Return a fault; its member is named once."""
    path, message = error["path"], error["message"]
    return message if message.endswith(path) else f"{path} {message}"
