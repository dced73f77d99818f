"""A string that never shows itself."""

from typing import NoReturn, final


@final
class Secret:
    """A password, code, key or token on its way to the one place that may read it.

    It prints as `Secret(…)` wherever it is formatted, logged or shown in a traceback. It is no
    dataclass: `dataclasses.asdict` and JSON encoders would walk into one and show what it holds.
    """

    __slots__ = ("_value",)
    _value: str

    def __init__(self, value: str) -> None:
        object.__setattr__(self, "_value", value)

    def reveal(self) -> str:
        """Return the text itself; a grep keeps calls of this to the few rooms that need it."""
        return self._value

    def __eq__(self, other: object) -> bool:
        return self._value == other._value if isinstance(other, Secret) else NotImplemented

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __repr__(self) -> str:
        return "Secret(…)"

    def __str__(self) -> str:
        return "Secret(…)"

    def __format__(self, format_spec: str) -> str:
        return "Secret(…)"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a Secret does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a Secret does not change")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not pickled")

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: object) -> "Secret":
        return self
