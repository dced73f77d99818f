"""What a rehearsal prints: the settings, the table, and what is worth a sentence."""

import shutil
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from gateword.cli.common import out
from gateword.cli.diff import counted
from gateword.cli.rehearsal.limits import Shield, Standing, standing
from gateword.cli.rehearsal.verdicts import GAPS, Row, Verdict, counts
from gateword.cli.terminal import Terminal
from gateword.domain.protection import Protection
from gateword.policy import crowds

WIDE: Final = 110
"""Columns of a terminal from which on rows stand in a table; before, each has its lines."""

_STYLES: Final = {Verdict.HELD: "green", Verdict.BROKEN: "bold red"}
_OTHER: Final = "yellow"
_ASIDE: Final = "dim"
_WHAT_IF: Final = (
    "a what-if: other settings than those above were played; it counts only when BROKEN"
)
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
            f"{counted(brute.limit, 'wrong password')} of an account {where}{over_all}; {style}",
        ),
        "suspicious-IP throttling": _switched(
            ip.enabled,
            ip.blocks,
            f"{counted(ip.login.size, 'failed login')} of an address, one more each "
            f"{ip.login.refill_ms / 1000:g} s",
        ),
        "names of an address": _names(protection),
        "breached-password detection": _switched(
            protection.breached.enabled, protection.breached.login.blocks, "at login"
        ),
        "bot detection": _switched(
            bots.policy != "never", not bots.monitors, f"{bots.policy}, level {bots.level}"
        ),
        "allow-lists": _allowlists(protection),
        "same user, same address": f"{extras.same_user} a minute" if extras.same_user else "off",
        "client that tells addresses": _ceiling(extras.client_ceiling),
    }


def _names(protection: Protection) -> str:
    if standing(protection, Shield.NAMES, ()) is not Standing.ON:
        return "any number"
    times = {crowds.SOON_MS: "ten minutes", crowds.LATER_MS: "a day"}
    bounds = [f"{most:,} within {times[ms]}" for most, ms in crowds.bounds(protection)]
    return f"{' and '.join(bounds)} may fail"


def _allowlists(protection: Protection) -> str:
    lists = {
        Shield.BRUTE_FORCE: protection.brute_force.allowlist,
        Shield.SUSPICIOUS_IP: protection.suspicious_ip.allowlist,
        Shield.BOTS: protection.bots.allowlist,
    }
    told = [
        f"{shield.value} {len(listed)} {'entry' if len(listed) == 1 else 'entries'}"
        for shield, listed in lists.items()
        if listed
    ]
    return ", ".join(told) or "empty"


def _ceiling(times: int | None) -> str:
    if times is None:
        return "no ceiling"
    return f"{'' if times == 1 else f'{times} times '}the budget of an address"


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
    if any(row.is_what_if for row in rows):
        on.print(_hanging(Text(f"{'…?':<{_INDENT}}", _ASIDE), _WHAT_IF, width))


def print_sum(rows: Sequence[Row], took_s: float, *, is_strict: bool, on: Terminal = out) -> None:
    """Print what all attacks came to, and last how many of them ended how."""
    width = shutil.get_terminal_size().columns
    found = counts(rows)
    style, text = _conclusion(found, is_strict=is_strict)
    told = ", ".join(f"{found[one]} {one.word}" for one in Verdict if found[one]) or "none ended"
    aside = len(rows) - found.total()
    apart = f" Beside them {counted(aside, 'what-if')}." if aside else ""
    played = counted(found.total(), "attack")
    on.print()
    on.print(_hanging(Text(), text, width, style))
    on.print(_hanging(Text(), f"{played} in {took_s:.0f} s, on loopback: {told}.{apart}", width))


def _conclusion(found: Counter[Verdict], *, is_strict: bool) -> tuple[str, str]:
    """Return a sentence and its style."""
    broken, gaps = found[Verdict.BROKEN], [one for one in GAPS if found[one]]
    if broken:
        return "bold red", f"{counted(broken, 'attack')} went further than a shield promises."
    if not gaps:
        return "green", "Every shield that is on did what it promises."
    words = " or ".join(one.word for one in gaps)
    ended = f"{counted(sum(found[one] for one in gaps), 'attack')} ended as {words}"
    if is_strict:
        return "bold red", f"{ended}, which --strict does not allow."
    return _OTHER, f"No promise was broken, but {ended}: status 1 with --strict."


def document(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Return the table for scripts."""
    return [
        {
            "scenario": row.scenario,
            "attack": row.attack,
            "what_if": row.is_what_if,
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
            Text(_tried(row)),
            f"{row.sent:,}",
            _answers(row, "\n"),
            f"{row.checked:,}",
            _stopped_by(row),
            _ending(row),
        )
    return table


def _print_lines(rows: Sequence[Row], width: int, on: Terminal) -> None:
    for number, row in enumerate(rows, 1):
        on.print(_hanging(_ending(row), f"{number}. {row.scenario}: {_tried(row)}", width))
        figures = (
            f"{row.sent:,} sent: {_answers(row, ', ')}; {row.checked:,} checked; "
            f"stopped by {_stopped_by(row)}"
        )
        on.print(_hanging(Text(" " * _INDENT), figures, width))


def _answers(row: Row, between: str) -> str:
    return between.join(f"{status}: {count:,}" for status, count in row.answers.items())


def _stopped_by(row: Row) -> str:
    return ", ".join(row.stopped_by) or "nothing"


def _tried(row: Row) -> str:
    return f"What if {row.attack}" if row.is_what_if else row.attack


def _ending(row: Row) -> Text:
    """Return the word of a row; that of a what-if is no news of the operator's settings."""
    verdict = row.judged.verdict
    if row.is_what_if and verdict is not Verdict.BROKEN:
        return Text(f"{f'{verdict.word}?':<{_INDENT}}", _ASIDE)
    return _word(verdict)


def _word(verdict: Verdict) -> Text:
    return Text(f"{verdict.word:<{_INDENT}}", _STYLES.get(verdict, _OTHER))


def _hanging(head: Text, text: str, width: int, style: str = "") -> Text:
    """Return a text behind its head, wrapped under itself."""
    lines = textwrap.wrap(
        text, max(_LEAST, width - head.cell_len), break_on_hyphens=False, break_long_words=False
    )
    return Text.assemble(head, (f"\n{' ' * head.cell_len}".join(lines), style))
