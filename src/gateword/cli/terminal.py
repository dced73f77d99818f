"""What commands print on. Rich is loaded when something is printed: a server prints without it."""

from contextlib import AbstractContextManager
from functools import cached_property
from importlib import import_module
from typing import Any


class Terminal:
    """A console of Rich's for one of the two output streams."""

    def __init__(self, *, stderr: bool = False) -> None:
        """Choose the stream; standard output if nothing is said."""
        self._stderr = stderr

    def print(self, *shown: object, **options: Any) -> None:
        """Print texts with markup, tables, panels; options are those of `rich.Console.print`."""
        self._console.print(*shown, **options)

    def status(self, text: str) -> AbstractContextManager[object]:
        """Show a line that something is going on, for as long as the context lasts."""
        status: AbstractContextManager[object] = self._console.status(text)
        return status

    @cached_property
    def _console(self) -> Any:
        rich_console = import_module("rich.console")  # costs 70 ms and 8 MB
        return rich_console.Console(stderr=self._stderr, soft_wrap=True, highlight=False)
