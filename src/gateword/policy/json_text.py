"""JSON from a stranger, read strictly and within bounds (promises I1 and I2).

Rule 1: pure. Rule 2: what Python's reader lets pass and others would trip over is refused: NaN,
numbers that overflow or go on for ever, nesting without end.
"""

import json
import math
import re
from typing import Final, NoReturn

MAX_DEPTH: Final = 32
_MAX_DIGITS: Final = 300
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


def read(body: bytes) -> tuple[object, list[str]]:
    """Return what a text says, and the member names that stand twice in one object.

    Raises:
        ValueError: The text is no JSON, not UTF-8, or nested too deeply; holds nothing of it.
    """
    repeated: list[str] = []

    def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for name, value in pairs:
            if name in found:
                repeated.append(name)
            found[name] = value
        return found

    try:
        value: object = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=members,
            parse_constant=_no_constant,
            parse_int=_bounded_int,
            parse_float=_bounded_float,
        )
    except (ValueError, RecursionError) as error:
        raise ValueError(type(error).__name__) from None
    if _depth(value) > MAX_DEPTH:
        raise ValueError("nested too deeply")
    return value, repeated


def is_storable(value: object) -> bool:
    """Say whether no text in a value holds NUL or a lone half of a surrogate pair."""
    level = [value]
    while level:
        if not all(_is_storable_text(item) for item in level if isinstance(item, str)):
            return False
        level = [child for item in level for child in _children(item)]
    return True


def could_be_sent(value: object) -> bool:
    """Say whether a request could hold a value that comes from elsewhere, and it could be stored.

    Args:
        value: Of JSON, nested no deeper than Python's writer goes.
    """
    try:
        read(json.dumps(value).encode())
    except ValueError:
        return False
    return is_storable(value)


def _is_storable_text(text: str) -> bool:
    return _UNSTORABLE.search(text) is None


def _children(item: object) -> list[object]:
    if isinstance(item, dict):
        return [*item, *item.values()]
    return list(item) if isinstance(item, list) else []


def _no_constant(text: str) -> NoReturn:
    raise ValueError(text)


def _bounded_int(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise ValueError("number too long")
    return int(digits)


def _bounded_float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("number overflows")
    return value


def _depth(value: object) -> int:
    """Return how deep lists and objects nest; breadth first, so that nesting costs no stack."""
    depth, level = 0, [value]
    while level and depth <= MAX_DEPTH:
        nested = [item for item in level if isinstance(item, dict | list)]
        level = [
            child
            for item in nested
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        depth += bool(nested)
    return depth
