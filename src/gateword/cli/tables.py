"""Tables that keep every id in one piece, on narrow terminals and in a pipe."""

from collections.abc import Iterable, Sequence
from typing import Final

from rich.text import Text

from gateword.cli.common import out

_GAP: Final = 2


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> None:
    """Print rows at their natural width; a terminal wraps what is wider than itself.

    Args:
        columns: Their headings.
        rows: Cells; texts are printed as they are, `Text` brings its style.
    """
    lines = [[Text(column, "bold") for column in columns]]
    lines += [[cell if isinstance(cell, Text) else Text(cell) for cell in row] for row in rows]
    widths = [max(cell.cell_len for cell in column) for column in zip(*lines, strict=True)]
    for line in lines:
        for cell, width in zip(line[:-1], widths, strict=False):
            cell.pad_right(width + _GAP - cell.cell_len)
        out.print(Text.assemble(*line), soft_wrap=True)
