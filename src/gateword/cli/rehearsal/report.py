"""What a rehearsal prints: the settings, the table, and what is worth a sentence."""

import shutil
import textwrap
from collections.abc import Mapping, Sequence
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from gateword.cli.common import out
from gateword.cli.rehearsal.limits import Shield, Standing, standing
from gateword.cli.rehearsal.verdicts import Row, Verdict
from gateword.cli.terminal import Terminal
from gateword.domain.protection import Protection
from gateword.policy import crowds

WIDE: Final = 110
"""Columns of a terminal from which on rows stand in a table; before, each has its lines."""

_STYLES: Final = {Verdict.HELD: "green", Verdict.BROKEN: "bold red"}
_OTHER: Final = "yellow"
_INDENT: Final = 13
_NARROW: Final = 17
_LEAST: Final = 30


def print_settings(
    source: str, protection: Protection, unguarded: Sequence[str], on: Terminal = out
) -> None:
    """Print whose settings are played, and what they say."""
    width = shutil.get_terminal_size().columns
    on.print(f"[bold]Settings[/] of {escape(source)}:")
    for name, text in settings(protection).items():
        on.print(_hanging(Text(f"  {name:<28}"), text, width))
    for name in unguarded:
        text = (
            f"Connection {name} switches brute-force protection off for itself "
            "(brute_force_protection): what follows does not hold for it."
        )
        on.print(_hanging(Text("  !  ", _OTHER), text, width))


def settings(protection: Protection) -> Mapping[str, str]:
    """Return what the settings say, a line for each object."""
    brute, ip, extras = protection.brute_force, protection.suspicious_ip, protection.extras
    where = "over all addresses" if brute.everywhere else "at one address"
    cap = extras.account_cap
    over_all = "" if brute.everywhere or cap is None else f", {cap} over all addresses"
    style = "then waits that grow" if extras.backs_off else "then 30 days"
    bots = protection.bots
    return {
        "brute-force protection": _switched(
            brute.enabled,
            brute.blocks,
            f"{brute.limit} wrong passwords of an account {where}{over_all}; {style}",
        ),
        "suspicious-IP throttling": _switched(
            ip.enabled,
            ip.blocks,
            f"{ip.login.size} failed logins of an address, one more each "
            f"{ip.login.refill_ms / 1000:g} s",
        ),
        "names of an address": _names(protection),
        "breached-password detection": _switched(
            protection.breached.enabled, protection.breached.login.blocks, "at login"
        ),
        "bot detection": _switched(bots.policy != "never", not bots.monitors, bots.policy),
        "same user, same address": f"{extras.same_user} a minute" if extras.same_user else "off",
        "client that tells addresses": f"{extras.client_ceiling} times the budget of an address"
        if extras.client_ceiling
        else "no ceiling",
    }


def _names(protection: Protection) -> str:
    if standing(protection, Shield.NAMES, ()) is not Standing.ON:
        return "any number"
    times = {crowds.SOON_MS: "ten minutes", crowds.LATER_MS: "a day"}
    bounds = [f"{most:,} within {times[ms]}" for most, ms in crowds.bounds(protection)]
    return f"{' and '.join(bounds)} may fail"


def _switched(is_on: bool, blocks: bool, text: str) -> str:
    if not is_on:
        return "off"
    return f"{'on' if blocks else 'only logs'}: {text}"


def print_rows(rows: Sequence[Row], on: Terminal = out) -> None:
    """Print the table, sentences about rows that need one, and what the verdicts mean."""
    width = shutil.get_terminal_size().columns
    on.print()
    if width >= WIDE:
        on.print(_table(rows), soft_wrap=False, width=width)
    else:
        _print_lines(rows, width, on)
    for number, row in enumerate(rows, 1):
        if row.judged.note:
            on.print(_hanging(Text(f"{number:>3}  "), f"{row.judged.note}.", width))
    on.print()
    for verdict in Verdict:
        if any(row.judged.verdict is verdict for row in rows):
            on.print(_hanging(_word(verdict), verdict.meaning, width))


def document(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Return the table for scripts."""
    return [
        {
            "scenario": row.scenario,
            "attack": row.attack,
            "sent": row.sent,
            "answers": {str(status): count for status, count in row.answers.items()},
            "checked": row.checked,
            "stopped_by": list(row.stopped_by),
            "verdict": row.judged.verdict.word,
            "note": row.judged.note,
        }
        for row in rows
    ]


def _table(rows: Sequence[Row]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, expand=False)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("Scenario", no_wrap=True)
    table.add_column("What was tried")
    table.add_column("Sent", justify="right", no_wrap=True)
    table.add_column("Answers", max_width=_NARROW)
    table.add_column("Checked", justify="right", no_wrap=True)
    table.add_column("Stopped by", max_width=_NARROW)
    table.add_column("Verdict", no_wrap=True)
    before = ""
    for number, row in enumerate(rows, 1):
        name = "" if row.scenario == before else row.scenario
        before = row.scenario
        table.add_row(
            str(number),
            name,
            Text(row.attack),
            f"{row.sent:,}",
            _answers(row, "\n"),
            f"{row.checked:,}",
            _stopped_by(row),
            _word(row.judged.verdict),
        )
    return table


def _print_lines(rows: Sequence[Row], width: int, on: Terminal) -> None:
    for number, row in enumerate(rows, 1):
        on.print(
            _hanging(_word(row.judged.verdict), f"{number}. {row.scenario}: {row.attack}", width)
        )
        figures = (
            f"{row.sent:,} sent: {_answers(row, ', ')}; {row.checked:,} checked; "
            f"stopped by {_stopped_by(row)}"
        )
        on.print(_hanging(Text(" " * _INDENT), figures, width))


def _answers(row: Row, between: str) -> str:
    return between.join(f"{status}: {count:,}" for status, count in row.answers.items())


def _stopped_by(row: Row) -> str:
    return ", ".join(row.stopped_by) or "nothing"


def _word(verdict: Verdict) -> Text:
    return Text(f"{verdict.word:<{_INDENT}}", _STYLES.get(verdict, _OTHER))


def _hanging(head: Text, text: str, width: int) -> Text:
    """Return a text behind its head, wrapped under itself."""
    lines = textwrap.wrap(
        text, max(_LEAST, width - head.cell_len), break_on_hyphens=False, break_long_words=False
    )
    return Text.assemble(head, f"\n{' ' * head.cell_len}".join(lines))
