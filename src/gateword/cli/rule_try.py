"""`gateword rules try`: what one rule does to a login, shown without any login."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final

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
from gateword.cli.rule_source import (
    Source,
    Stored,
    check_installed,
    chosen,
    document,
    from_file,
    is_file,
    stored,
)
from gateword.cli.rule_source import user as stored_or_given
from gateword.domain.script import Fault, Script, ScriptFault, ScriptResult
from gateword.domain.secret import Secret
from gateword.policy import egress, rule_trial, script_answer, script_settings
from gateword.values import dataclass

RULE_ID: Final = "rule"
_MS: Final = 1000
_AROUND: Final = 2
"""Lines shown before and behind the one where it happened."""

_SAMPLE_DOMAIN: Final = "tenant.example"
_PASSED: Final = 200
_PLACE: Final = re.compile(r":(\d+)(?::(\d+))?\)?$|\(line (\d+)\)$")
_WORDS: Final[Mapping[Fault, str]] = {
    Fault.THREW: "throws",
    Fault.COMPILE: "does not compile",
    Fault.LIMIT: "takes too much, or never calls back",
}


@dataclass(frozen=True, slots=True)
class _Given:
    """What a rule is tried with."""

    source: Source
    configuration: Mapping[str, Secret]
    settings: Mapping[str, object] | None = None
    domain: str = _SAMPLE_DOMAIN


@with_json_faults
def try_(
    rule: Annotated[
        str, typer.Argument(metavar="FILE|NAME", help="A file, or the name or id of a stored rule.")
    ],
    user: Annotated[
        str | None,
        typer.Option(
            "--user",
            metavar="FILE|USER",
            help="The `user`, in whole: a JSON file, or the id, e-mail, username or phone number "
            "of a stored user. Without it, a sample.",
        ),
    ] = None,
    connection: Annotated[
        str | None,
        typer.Option("--connection", help="Database of the stored user; if several have one."),
    ] = None,
    context: Annotated[
        Path | None,
        typer.Option(
            "--context",
            help="JSON file: members laid over those of a sample context of a password login.",
        ),
    ] = None,
    config: Annotated[
        list[str] | None,
        typer.Option("--config", metavar="KEY=VALUE", help="A value of `configuration`; repeat."),
    ] = None,
    configuration: Annotated[
        Path | None, typer.Option("--configuration", help="JSON file with all values of it.")
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host",
            metavar="HOST",
            help="Where the rule may send requests, as in allowed_hosts; repeat. Without any, "
            "nowhere; a stored rule may go where its tenant lets it.",
        ),
    ] = None,
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Run one rule, and show what it did: changes, claims, output, errors, the client's answer.

    A file needs neither server nor installation. Nothing is changed: what a rule would do by
    `auth0` is shown instead. Requests to allowed hosts are really sent. Ends with status 1 when no
    tokens would be issued.
    """
    _check_hosts(allow_host or ())
    place = Place(data, tenant, database_url)
    given = _given(rule, place)
    values = {**given.configuration, **_file_values(configuration), **_values(config or [])}
    script = Script(RULE_ID, f"rule {given.source.name}", given.source.script)
    shown_user = stored_or_given(user, place, connection)
    job = rule_trial.job(script, shown_user, document(context), values)
    settings = script_settings.settings(given.settings)
    hosts = (*settings.allowed_hosts, *(allow_host or ()))
    bench = import_module("gateword.cli.rule_bench")  # costs 150 ms, which bad use saves
    result, would = run(bench.tried(job, hosts=hosts, domain=given.domain))
    fault, left = rule_trial.fault_of(result), rule_trial.left(result, "context")
    answer = script_answer.of_rule(fault, left, settings)
    shown = _Shown(given.source, job.given, result, fault, answer, would)
    if as_json:
        typer.echo(json.dumps(shown.document(), indent=2, ensure_ascii=False))
    else:
        shown.print()
    if answer.status != _PASSED:
        raise typer.Exit(FAILED)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A try, to be shown."""

    source: Source
    given: Mapping[str, object]
    result: ScriptResult
    fault: ScriptFault | None
    answer: script_answer.Answer
    would: Sequence[Any]

    @property
    def changes(self) -> list[rule_trial.Changed]:
        """Where user and context are others than before."""
        if self.fault is not None:
            return []
        return [
            change
            for name in ("user", "context")
            for change in rule_trial.changes(
                name, self.given[name], rule_trial.left(self.result, name)
            )
        ]

    @property
    def dropped(self) -> Sequence[str]:
        """Claims that no token will have."""
        return rule_trial.dropped(rule_trial.left(self.result, "context"))

    @property
    def logs(self) -> list[str]:
        """What it printed."""
        return [line.removeprefix(f"rule {self.source.name}: ") for line in self.result.console]

    def document(self) -> dict[str, object]:
        """Return it for programs."""
        found: dict[str, object] = {
            "ok": self.answer.status == _PASSED,
            "rule": self.source.name,
            "answer": {"status": self.answer.status, "body": self.answer.body},
            "changes": [asdict(change) for change in self.changes],
            "dropped_claims": list(self.dropped),
            "would_change": [asdict(one) for one in self.would],
            "logs": self.logs,
            "ms": round(self.result.took_s * _MS),
        }
        if self.fault is None:
            return found | {name: rule_trial.left(self.result, name) for name in self.given}
        line, column = _place(self.fault)
        error = {
            "kind": self.fault.kind.value,
            "message": self.fault.message,
            "stack": self.fault.stack,
            "line": line,
            "column": column,
        }
        return found | {"error": error}

    def print(self) -> None:
        """Print it for people."""
        name, took = escape(self.source.name), f"{self.result.took_s * _MS:.0f} ms"
        if self.fault is None:
            out.print(f"[bold]{name}[/] called back without an error ({took}).")
        else:
            word = _WORDS.get(self.fault.kind, "says no")
            out.print(f"[bold]{name}[/] [red]{word}[/] ({took}): {escape(self.fault.message)}")
            for line in _excerpt(self.source.script, *_place(self.fault)):
                out.print(line, soft_wrap=True)
            for told in self.fault.stack.splitlines():
                out.print(Text(f"  {told}", "dim"), soft_wrap=True)
        _print_changes(self.changes)
        _print_list("Left out of tokens, since tokens have these of themselves", self.dropped)
        would = [f"{one.method} {one.path} {json.dumps(one.body)}" for one in self.would]
        _print_list("Would be changed by a login; a try changes nothing", would)
        _print_list("Printed", self.logs)
        body = json.dumps(self.answer.body, ensure_ascii=False) if self.answer.body else "tokens"
        style = "green" if self.answer.status == _PASSED else "red"
        out.print(f"The client is answered [{style}]{self.answer.status}[/] {escape(body)}")


def _check_hosts(hosts: Sequence[str]) -> None:
    for host in hosts:
        if fault := egress.fault(host):
            fail(f"--allow-host {escape(host)} {fault}", BAD_USE)


def _given(word: str, place: Place) -> _Given:
    if is_file(word):
        return _Given(from_file(word), {})
    check_installed(place, word, "rule")
    kept: Stored = place.work(stored)
    rule = chosen(kept.rules, word)
    source = Source(str(rule.name), str(rule.document["script"]))
    return _Given(source, kept.configuration, kept.settings, kept.domain)


def _file_values(path: Path | None) -> dict[str, Secret]:
    return {name: Secret(str(value)) for name, value in (document(path) or {}).items()}


def _values(pairs: Sequence[str]) -> dict[str, Secret]:
    found = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not (key and equals):
            fail(f"--config is KEY=VALUE, not {escape(pair)}", BAD_USE)
        found[key] = Secret(value)
    return found


def _place(fault: ScriptFault) -> tuple[int | None, int | None]:
    """Return line and column where it happened, as far as the engine says so."""
    for told in (*fault.stack.splitlines(), fault.message):
        if match := _PLACE.search(told):
            return int(match[1] or match[3]), int(match[2]) if match[2] else None
    return None, None


def _excerpt(script: str, line: int | None, column: int | None) -> Iterator[Text]:
    lines = script.splitlines()
    if line is None or not 0 < line <= len(lines):
        return
    for number in range(max(1, line - _AROUND), min(len(lines), line + _AROUND) + 1):
        is_it = number == line
        yield Text(
            f"  {'>' if is_it else ' '} {number:4} | {lines[number - 1]}", "bold" if is_it else ""
        )
        if is_it and column:
            yield Text(f"         | {' ' * (column - 1)}^", "red")


def _print_changes(changes: Sequence[rule_trial.Changed]) -> None:
    if not changes:
        return
    diff, made = import_module("gateword.cli.diff"), import_module("gateword.provision.changes")
    out.print("Changed:")
    for one in changes:
        difference = made.Difference(member=one.path, before=one.before, after=one.after)
        diff.print_difference(difference)


def _print_list(title: str, told: Sequence[str]) -> None:
    if told:
        out.print(f"{title}:")
    for one in told:
        out.print(Text(f"    {one}"), soft_wrap=True)
