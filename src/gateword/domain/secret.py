"""A string that never shows itself."""

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A password, code, key or token on its way to the one place that may read it.

    It prints as `Secret(…)` wherever it is formatted, logged or shown in a traceback.
    """

    _value: str

    def reveal(self) -> str:
        """Return the text itself; a grep keeps calls of this to the few rooms that need it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __str__(self) -> str:
        return "Secret(…)"

    def __format__(self, format_spec: str) -> str:
        return "Secret(…)"
