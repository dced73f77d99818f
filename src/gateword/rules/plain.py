"""JSON for strangers, and JSON of theirs, made fit for everybody after us."""

import json
from typing import Any, Final

import msgspec

_DEEPEST: Final = 64
_json: Final = msgspec.json.Encoder()


def bytes_of(value: Any) -> bytes:
    """Return JSON; half of a surrogate pair, which a script may be given, stands escaped."""
    try:
        return _json.encode(value)
    except UnicodeEncodeError:
        return json.dumps(value).encode()


def decoded(text: str) -> Any:
    """Return what JSON says, halves of surrogate pairs replaced; None where it is no JSON."""
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError):  # no JSON, or with such a half or an endless number in it
        pass
    try:
        return whole(_strict.decode(text))
    except (ValueError, RecursionError):
        return None


def is_flat(value: Any) -> bool:
    """Say whether JSON is nested no deeper than anybody after us can bear."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return True
    return False


def whole(value: Any) -> Any:
    """Return JSON without halves of surrogate pairs, which nobody could write down."""
    try:
        _json.encode(value)
    except UnicodeEncodeError:
        text = json.dumps(value, ensure_ascii=False)
        return json.loads(text.encode("utf-8", "replace"))
    return value


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


_strict: Final = json.JSONDecoder(parse_constant=_no_number)
