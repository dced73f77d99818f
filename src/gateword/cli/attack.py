"""`gateword attack`: what the shields do when somebody attacks, seen in a rehearsal."""

import asyncio
import json
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Final, NoReturn

import typer
from rich.markup import escape

from gateword.cli.common import (
    BAD_USE,
    FAILED,
    AsJson,
    DatabaseUrl,
    TenantName,
    err,
    fail,
    run,
    with_json_faults,
)
from gateword.cli.rehearsal import installation, report, server
from gateword.cli.rehearsal.acts import Scenario
from gateword.cli.rehearsal.installation import Installed
from gateword.cli.rehearsal.rehearsal import rehearse
from gateword.cli.rehearsal.scenarios import SCENARIOS
from gateword.cli.rehearsal.tenants import FIRST, changed
from gateword.cli.rehearsal.verdicts import GAPS, Row, Verdict, counts
from gateword.policy.members import did_you_mean
from gateword.policy.protection import read

INTERRUPTED: Final = 130
_BY_NAME: Final = {scenario.name: scenario for scenario in SCENARIOS}
_DEFAULTS: Final = Installed("a new tenant (no installation was given)", {})


@with_json_faults
def attack(
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            help="Folder of the installation whose settings of attack protection are rehearsed; "
            "they are read, and nothing there is changed. Without any the defaults are.",
            envvar="GATEWORD_DATA_DIR",
        ),
    ] = None,
    tenant: TenantName = FIRST,
    database_url: DatabaseUrl = None,
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            "--scenario",
            metavar="NAME",
            help=f"Play only this one; may be given several times. {', '.join(_BY_NAME)}.",
        ),
    ] = None,
    max_requests: Annotated[
        int,
        typer.Option(min=60, max=20_000, help="Requests that one attack may send at most."),
    ] = 1500,
    timeout: Annotated[
        int, typer.Option(min=5, max=3600, help="Seconds after which everything is stopped.")
    ] = 120,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="End with status 1 as well when an attack meets a shield that is off, only logs "
            "or exempts it, or when its user is locked out; for deployments.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Attack a throw-away tenant of a server of its own, and show what each shield did.

    The server listens on loopback only and is gone afterwards; nothing is ever sent anywhere else,
    and no installation is touched. Ends with status 1 when a shield that is on did not do what it
    promises. What-ifs, played with other settings, count only then.
    """
    scenarios = _chosen(scenario or [])
    installed = _installed(data, database_url, tenant)
    if not as_json:
        protection = read(changed(installed.documents, {}))
        report.print_settings(installed.source, protection, installed.unguarded)
    began_s = time.monotonic()
    rows: list[Row] = []
    fault = _play(scenarios, installed, rows, most=max_requests, timeout_s=timeout)
    found = counts(rows)
    bad = (Verdict.BROKEN, *GAPS) if strict else (Verdict.BROKEN,)
    is_good = not fault and not any(found[verdict] for verdict in bad)
    if as_json:
        document = {
            "ok": is_good,
            "settings": {"of": installed.source, **changed(installed.documents, {})},
            "attacks": report.document(rows),
            "verdicts": {verdict.word: found[verdict] for verdict in Verdict if found[verdict]},
            "faults": [fault] if fault else [],
        }
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        report.print_rows(rows)
        report.print_sum(rows, time.monotonic() - began_s, is_strict=strict)
    if fault:
        err.print(f"[bold red]gateword:[/] {escape(fault)}")
    if not is_good:
        raise typer.Exit(FAILED)


def _chosen(names: Sequence[str]) -> Sequence[Scenario]:
    """Return the scenarios of these names, all without any, in the order of the list."""
    for name in names:
        if name not in _BY_NAME:
            hint = did_you_mean(name, _BY_NAME)
            known = ", ".join(_BY_NAME)
            fail(f"no scenario is called {escape(name)}{hint}. There are: {known}", BAD_USE)
    return [one for one in SCENARIOS if not names or one.name in names]


def _installed(data: Path | None, database_url: str | None, tenant: str) -> Installed:
    settings = installation.found(data, database_url)
    if settings is not None:
        return run(installation.read(settings, tenant))
    if tenant != FIRST:
        fail(
            f"no installation was given, so it is not known what tenant {escape(tenant)} is: "
            "name its folder with --data",
            BAD_USE,
        )
    return _DEFAULTS


def _play(
    scenarios: Sequence[Scenario],
    installed: Installed,
    rows: list[Row],
    *,
    most: int,
    timeout_s: int,
) -> str:
    """Rehearse; return what kept it from its end, if anything did."""
    try:
        with _ended_by_signals(), server.ground() as where:
            work = rehearse(
                where,
                scenarios,
                installed.documents,
                most=most,
                timeout_s=timeout_s,
                says=err.status,
                rows=rows,
            )
            asyncio.run(work)
    except TimeoutError:
        return f"stopped after {timeout_s} s, before the end; see --timeout and --scenario"
    except server.ServerFailed as failed:
        return str(failed)
    except KeyboardInterrupt:
        fail("stopped, and its server with it", INTERRUPTED)
    return ""


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """End like Ctrl-C when asked to end otherwise, so that the server never stays behind."""

    def end(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    former = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
