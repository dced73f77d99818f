"""`gateword breached`: the corpus of passwords that are known from breaches."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.markup import escape

from gateword.cli.common import (
    BAD_USE,
    AsJson,
    Data,
    err,
    existing,
    fail,
    out,
    run,
    with_json_faults,
)
from gateword.domain.secret import Secret
from gateword.settings import Settings
from gateword.storage import breach_dump
from gateword.storage.breach_corpus import BUCKETS, About, Corpus, Unusable
from gateword.storage.breach_dump import Dump
from gateword.storage.breach_import import BeingImported, import_dump
from gateword.storage.breach_seed import seed
from gateword.storage.breaches import WHOLE, StoredBreaches, corpus_file

app: Final = typer.Typer(
    help="Import, show and ask the corpus of breached passwords.", no_args_is_help=True
)

INTERRUPTED: Final = 130
KNOWN: Final = 1
_MOST: Final = (1 << 32) - 1
_KILO: Final = 1000.0


@app.command("import")
@with_json_faults
def import_(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH",
            help="Folder of range files (00000 to FFFFF, with or without .txt), or one file of "
            "lines DIGEST:COUNT ordered by digest, which may be compressed by gzip.",
        ),
    ],
    min_count: Annotated[
        int,
        typer.Option(
            "--min-count",
            min=1,
            max=_MOST,
            help="Take only passwords that were seen so often.",
        ),
    ] = 1,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Make the corpus of a list in Have I Been Pwned's format; it replaces the one before.

    Running servers use it within a second. Stopped half-way, the corpus before stays.
    """
    settings = existing(data)
    target = corpus_file(settings)
    began_s = time.monotonic()
    try:
        dump = breach_dump.opened(path, min_count)
        with _progress(dump, quiet=as_json) as told:
            about = import_dump(
                dump, target, made_at=datetime.now(UTC), min_count=min_count, told=told
            )
    except (breach_dump.Garbled, Unusable) as bad:
        fail(escape(str(bad)), BAD_USE)
    except BeingImported:
        fail("another process is importing a corpus right now", BAD_USE)
    except OSError as bad:
        fail(f"{escape(str(bad.filename or target))}: {bad.strerror}", BAD_USE)
    except KeyboardInterrupt:
        fail("stopped; the corpus before is still in force", INTERRUPTED)
    _print_import(about, target, dump.missing, time.monotonic() - began_s, as_json=as_json)


@app.command()
@with_json_faults
def show(
    verify: Annotated[
        bool, typer.Option("--verify", help="Read the whole corpus, to find damage in its entries.")
    ] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Show which corpus is in force: how many passwords, its size, when and of what it was made."""
    path = corpus_file(existing(data))
    about, is_seed = _in_force(path, verify=verify)
    if as_json:
        of_file = {"path": None if is_seed else str(path), "verified": verify and not is_seed}
        document = {"seed": is_seed, **of_file, **_document(about)}
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    out.print(f"passwords             {about.entries:,}")
    out.print(f"made from             {escape(about.source)}")
    if is_seed:
        out.print("No corpus was imported. Import one: gateword breached import PATH")
        return
    out.print(f"made at               {about.made_at:%Y-%m-%d %H:%M} UTC")
    out.print(f"seen at least         {_times(about.min_count)}")
    out.print(f"file                  {escape(str(path))}, {_size(about.size)}")
    out.print(f"false positive rate   {about.false_positive_rate:.1e} a password")
    if verify:
        out.print("verified              every entry was read, and none is damaged")
    _print_seed_too(about)


@app.command()
@with_json_faults
def check(data: Data = None, as_json: AsJson = False) -> None:
    """Say whether a password is known; it is asked for, or read from standard input.

    Ends with 0 when it is not known, with 1 when it is.
    """
    settings = existing(data)
    verdict = run(_breaches(settings).verdict(_password()))
    if as_json:
        by = _document(verdict.by[0]) if verdict.by else None
        document = {"known": verdict.is_known, "test_password": not verdict.by, "corpus": by}
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
    elif not verdict.by:
        out.print("Known: it is one of the test passwords.")
    else:
        state = "Known: it is" if verdict.is_known else "Not known: it is not"
        lists = (f"{one.entries:,} passwords of {escape(one.source)}" for one in verdict.by)
        out.print(f"{state} among {', nor among '.join(lists)}.")
    if verdict.is_known:
        raise typer.Exit(KNOWN)


def _breaches(settings: Settings) -> StoredBreaches:
    expected = bool(settings.breached_corpus)
    return StoredBreaches(corpus_file(settings), time.monotonic, is_expected=expected)


def _password() -> Secret:
    if sys.stdin.isatty():
        return Secret(typer.prompt("Password", hide_input=True))
    password = sys.stdin.readline().removesuffix("\n").removesuffix("\r")
    if not password:
        fail("standard input held no password", BAD_USE)
    return Secret(password)


def _in_force(path: Path, *, verify: bool) -> tuple[About, bool]:
    """Return what a server would use, and whether it is the seed; damage ends the command."""
    try:
        corpus = Corpus.of_file(path)
        if verify:
            with err.status("Reading every entry"):
                corpus.verify()
    except FileNotFoundError:
        return seed().about, True
    except (Unusable, OSError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else str(fault)
        fail(
            f"{escape(str(path))} cannot be used: {reason}. Import it again: "
            "gateword breached import PATH"
        )
    return corpus.about, False


def _print_import(
    about: About, target: Path, missing: int, took_s: float, *, as_json: bool
) -> None:
    if as_json:
        document = {
            "path": str(target),
            "seconds": round(took_s, 1),
            "missing_range_files": missing,
            **_document(about),
        }
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    rate = about.entries / took_s if took_s else 0
    out.print(
        f"Imported {about.entries:,} passwords in {took_s:.1f} s ({rate:,.0f}/s) into "
        f"{escape(str(target))}, {_size(about.size)}."
    )
    out.print(
        "A password that is not in it is taken for one that is with a probability of "
        f"{about.false_positive_rate:.1e}."
    )
    _print_seed_too(about)
    if missing:
        err.print(
            f"{missing:,} of {BUCKETS:,} range files are missing: "
            "passwords that belong into them are not known."
        )


def _print_seed_too(about: About) -> None:
    if about.entries < WHOLE:
        out.print(
            f"It has fewer than {WHOLE:,} passwords: the list that comes with Gateword is asked "
            "as well."
        )


@contextmanager
def _progress(dump: Dump, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Show how far an import is and how long it still takes; a bar on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    bars: Any = import_module("rich.progress")  # costs 30 ms, and only an import shows one
    columns = (
        bars.TextColumn("Importing"),
        bars.BarColumn(),
        bars.TaskProgressColumn(),
        bars.TextColumn("{task.fields[entries]} passwords"),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=import_module("rich.console").Console(stderr=True)) as bar:
        task = bar.add_task("", total=dump.total, entries="0")
        yield lambda entries: bar.update(task, completed=dump.done, entries=f"{entries:,}")


def _document(about: About) -> dict[str, object]:
    return {
        "entries": about.entries,
        "bytes": about.size,
        "made_at": about.made_at.isoformat() if about.made_at else None,
        "source": about.source,
        "min_count": about.min_count,
        "false_positive_rate": about.false_positive_rate,
    }


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _size(size: float) -> str:
    """Return a number of bytes for people."""
    for unit in ("bytes", "kB", "MB"):
        if size < _KILO:
            return f"{size:,.0f} {unit}" if unit == "bytes" else f"{size:,.1f} {unit}"
        size /= _KILO
    return f"{size:,.2f} GB"
