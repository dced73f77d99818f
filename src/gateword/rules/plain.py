"""JSON of a stranger, made fit for everybody after us."""

import json
from typing import Any, Final

_DEEPEST: Final = 64


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
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.loads(text.encode("utf-8", "replace"))
    return value
