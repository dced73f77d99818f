"""What a tenant's Actions keep in this process's memory between runs (`api.cache`).

Rule: what a script says it keeps is a stranger's text; the limits are those of Auth0 "Actions:
limitations". Nothing is promised to be there later: another process has a cache of its own.
"""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Final

from gateword.domain.secret import Secret
from gateword.values import dataclass, field

MOST_ENTRIES: Final = 20
MOST_KEY_BYTES: Final = 64
MOST_VALUE_BYTES: Final = 4096
MOST_BYTES: Final = 8192
LONGEST_MS: Final = 86_400_000
_DELETED: Final = 1
_SET: Final = 3


@dataclass(frozen=True, slots=True)
class _Entry:
    value: Secret
    expires_at_ms: float
    size: int


@dataclass(slots=True)
class ActionCache:
    """The caches of one tenant, one for each trigger."""

    _by_trigger: dict[str, dict[str, _Entry]] = field(default_factory=dict)

    def given(self, trigger: str) -> Secret:
        """Return what is there, as JSON: services' tokens are kept in it."""
        entries = self._live(trigger)
        return Secret(
            json.dumps(
                {
                    key: {"value": one.value.reveal(), "expires_at": one.expires_at_ms}
                    for key, one in entries.items()
                }
            )
        )

    def keep(self, trigger: str, changes: object) -> None:
        """Take over what a run has set and deleted, as far as it is within the limits."""
        entries = self._live(trigger)
        for change in changes if isinstance(changes, list) else ():
            if not isinstance(change, list) or not change or not isinstance(change[0], str):
                continue
            if len(change) == _DELETED:
                entries.pop(change[0], None)
            elif len(change) == _SET:
                _set(entries, change[0], change[1], change[2])
        self._by_trigger[trigger] = entries

    def _live(self, trigger: str) -> dict[str, _Entry]:
        now_ms = _now_ms()
        known: Mapping[str, _Entry] = self._by_trigger.get(trigger, {})
        return {key: one for key, one in known.items() if one.expires_at_ms > now_ms}


def _set(entries: dict[str, _Entry], key: str, value: object, expires_at_ms: object) -> None:
    if not isinstance(value, str) or not isinstance(expires_at_ms, int | float):
        return
    key_bytes, value_bytes = len(key.encode()), len(value.encode())
    if not 0 < key_bytes <= MOST_KEY_BYTES or value_bytes > MOST_VALUE_BYTES:
        return
    size = key_bytes + value_bytes
    others = list(_others(entries, key))
    if len(others) < MOST_ENTRIES and sum(others) + size <= MOST_BYTES:
        until_ms = min(float(expires_at_ms), _now_ms() + LONGEST_MS)
        entries[key] = _Entry(Secret(value), until_ms, size)


def _others(entries: Mapping[str, _Entry], key: str) -> Iterator[int]:
    return (one.size for name, one in entries.items() if name != key)


def _now_ms() -> float:
    return time.time() * 1000.0
