"""Tables that keep every id in one piece, also in a pipe."""

from collections.abc import Iterable, Sequence
from typing import Final

from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from gateword.cli.common import out

_WIDEST: Final = 10_000


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> None:
    """Print rows at their natural width; a terminal wraps what is wider than itself.

    Args:
        columns: Their headings.
        rows: Cells; texts are printed as they are, `Text` brings its style.
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, no_wrap=True)
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    wide = out.options.update(width=_WIDEST, max_width=_WIDEST)
    width = Measurement.get(out, wide, table).maximum
    out.print(table, width=width, crop=False, no_wrap=True, overflow="ignore", soft_wrap=False)
