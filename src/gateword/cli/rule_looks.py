"""`gateword rules lint` and `report`: what is seen of rules without running them."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.text import Text

from gateword.cli.common import (
    BAD_USE,
    FAILED,
    AsJson,
    Data,
    DatabaseUrl,
    TenantName,
    fail,
    out,
    run,
    with_json_faults,
)
from gateword.cli.house import Place
from gateword.cli.rule_source import Source, from_file, stored
from gateword.cli.tables import print_table
from gateword.domain.script import Script, ScriptFault
from gateword.policy import rule_lint, rule_report
from gateword.policy.rule_note import Around, Note

_STYLES: Final = {"error": "bold red", "warning": "yellow", "hint": "cyan"}
_LINE: Final = re.compile(r" \(line (\d+)\)$")
Files = Annotated[
    list[str] | None, typer.Argument(metavar="[FILE]...", help="Files with one rule each.")
]
All = Annotated[bool, typer.Option("--all", help="All rules of the installation instead.")]


@with_json_faults
def lint(
    files: Files = None,
    of_all: All = False,
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Look for what rules will miss, and for where this flow cannot let them pass.

    Nothing is run. Ends with status 1 when there is an error; warnings and hints leave it at 0.
    With --all, hosts and `configuration` are held against the tenant's own.
    """
    sources, around = _sources(files or [], data, tenant, database_url, of_all=of_all)
    bench = import_module("gateword.cli.rule_bench")  # costs 150 ms, which bad use saves
    scripts = [Script(str(n), one.name, one.script) for n, one in enumerate(sources)]
    faults: dict[str, ScriptFault] = run(bench.uncompiled(scripts))
    found = [(one, _notes(one, faults.get(str(n)), around)) for n, one in enumerate(sources)]
    is_good = all(note.level != "error" for _, notes in found for note in notes)
    if as_json:
        rules = [
            {"rule": one.name, "notes": [asdict(note) for note in notes]} for one, notes in found
        ]
        typer.echo(json.dumps({"ok": is_good, "rules": rules}, indent=2, ensure_ascii=False))
    else:
        _print_notes(found)
    if not is_good:
        raise typer.Exit(FAILED)


@with_json_faults
def report(
    files: Files = None,
    of_all: All = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print Markdown, with a draft of each Action.")
    ] = False,
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Say what each rule would be as an Action: which call stands for which line.

    A draft of an Action is a frame with the rule's lines as comments. Nothing is translated, and
    nothing is changed.
    """
    sources, _ = _sources(files or [], data, tenant, database_url, of_all=of_all)
    if as_json:
        rules = [
            {
                "rule": one.name,
                "uses": [asdict(use) for use in rule_report.uses(one.script)],
                "draft": rule_report.draft(one.name, one.script),
            }
            for one in sources
        ]
        typer.echo(json.dumps({"rules": rules}, indent=2, ensure_ascii=False))
        return
    for one in sources:
        if markdown:
            typer.echo(_markdown(one))
        else:
            _print_uses(one)


def _sources(
    files: Sequence[str],
    data: Path | None,
    tenant: str,
    database_url: str | None,
    *,
    of_all: bool,
) -> tuple[Sequence[Source], Around]:
    if bool(files) == of_all:
        fail("give files, or --all for the rules of an installation", BAD_USE)
    if not of_all:
        return [from_file(word) for word in files], Around()
    kept = Place(data, tenant, database_url).work(stored)
    return kept.sources, kept.around


def _notes(source: Source, fault: ScriptFault | None, around: Around) -> list[Note]:
    notes = rule_lint.notes(source.script, around)
    if fault is None:
        return notes
    message = fault.message.partition("failed to compile: ")[2] or fault.message
    where = _LINE.search(message)
    line = int(where[1]) if where else 0
    told = f"is not one function: {_LINE.sub('', message)}"
    return [Note("error", fault.kind.value, line, told), *notes]


def _print_notes(found: Sequence[tuple[Source, Sequence[Note]]]) -> None:
    for source, notes in found:
        for note in notes:
            level = f"[{_STYLES[note.level]}]{note.level:<8}[/]"
            place = f"{source.name}:{note.line}" if note.line else source.name
            out.print(f"{level}[bold]{escape(place)}[/]: {escape(note.text)}", soft_wrap=True)
    noted = sum(bool(notes) for _, notes in found)
    rules = "1 rule" if len(found) == 1 else f"{len(found)} rules"
    out.print(f"{rules}: {noted} with notes, {len(found) - noted} without")


def _print_uses(source: Source) -> None:
    uses = rule_report.uses(source.script)
    out.print(f"[bold]{escape(source.name)}[/]")
    if not uses:
        out.print("Nothing in it looks different in an Action but its frame.")
        return
    rows = [
        (str(use.line), use.code, Text(use.becomes or "nothing", _style(use)), use.remark)
        for use in uses
    ]
    print_table(("Line", "Rule", "Action", "What differs"), rows)


def _style(use: rule_report.Use) -> str:
    return "green" if use.becomes else "red"


def _markdown(source: Source) -> str:
    lines = [
        f"## {source.name}",
        "",
        "| Line | Rule | Action | What differs |",
        "|---|---|---|---|",
    ]
    for use in rule_report.uses(source.script):
        becomes = f"`{use.becomes}`" if use.becomes else "nothing"
        cells = (str(use.line), f"`{use.code}`", becomes, use.remark)
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join([*lines, "", "```js", rule_report.draft(source.name, source.script) + "```"])
