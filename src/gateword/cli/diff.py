"""How changes of a configuration are shown: as a table when done, as a diff when they would be."""

import difflib
import json
from collections.abc import Iterator, Sequence
from typing import Final

from rich.text import Text

from gateword.cli.common import out
from gateword.cli.tables import print_table
from gateword.provision.changes import Change, Difference

_STYLES: Final = {"created": "green", "updated": "yellow", "unchanged": "dim"}
_SIGNS: Final = {"created": "+", "updated": "~"}
_MAX_CHARS: Final = 200


def changed(changes: Sequence[Change]) -> list[Change]:
    """Return the things that are not as they were."""
    return [change for change in changes if change.action != "unchanged"]


def print_changes(changes: Sequence[Change]) -> None:
    """Print one line for each thing."""
    print_table(("Action", "Kind", "Name", "Members"), map(_row, changes))


def print_diff(changes: Sequence[Change]) -> None:
    """Print each thing with its members, old and new."""
    for change in changes:
        sign, style = _SIGNS[change.action], _STYLES[change.action]
        out.print(Text(f"{sign} {change.kind} {change.name}", style), soft_wrap=True)
        for difference in change.differences:
            print_difference(difference)


def print_difference(difference: Difference) -> None:
    """Print one member, old and new."""
    for line in _lines(difference):
        out.print(line, soft_wrap=True)


def counted(number: int, noun: str) -> str:
    """Return how many of something there are: `1 file`, `2 files`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def summary(changes: Sequence[Change], *, would: bool = False) -> str:
    """Return how many things were, or would be, created, updated and left."""
    counts = [
        f"{sum(change.action == action for change in changes)} {action}" for action in _STYLES
    ]
    return f"{', '.join(counts)}{' (dry run: nothing was written)' if would else ''}"


def _row(change: Change) -> tuple[Text, str, str, str]:
    action = Text(change.action, _STYLES[change.action])
    return action, change.kind, change.name, ", ".join(change.members)


def _lines(difference: Difference) -> Iterator[Text]:
    before, after = difference.before, difference.after
    if isinstance(before, str) and isinstance(after, str) and "\n" in f"{before}{after}":
        yield Text(f"    {difference.member}:")
        yield from _text_lines(before, after)
        return
    yield Text.assemble(
        f"    {difference.member}: ",
        (_short(before), "red"),
        " -> ",
        (_short(after), "green"),
    )


def _text_lines(before: str, after: str) -> Iterator[Text]:
    styles = {"-": "red", "+": "green", "@": "cyan"}
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    for number, line in enumerate(lines):
        if number > 1:  # the two lines that name files
            yield Text(f"      {line}", styles.get(line[:1], ""))


def _short(value: object) -> str:
    if value is None:
        return "(none)"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _MAX_CHARS else f"{text[:_MAX_CHARS]}…"
