"""What Actions keep in memory: bounded whatever a script says it keeps."""

import json
from typing import Any

import pytest

from gateword.rules import action_cache
from gateword.rules.action_cache import ActionCache

NOW_MS = 1_800_000_000_000.0


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch) -> ActionCache:
    """An empty cache at a fixed time."""
    monkeypatch.setattr(action_cache, "_now_ms", lambda: NOW_MS)
    return ActionCache()


def there(cache: ActionCache, trigger: str = "post-login") -> dict[str, Any]:
    """Return what an Action would find."""
    found: dict[str, Any] = json.loads(cache.given(trigger).reveal())
    return found


def test_entry_lasts_until_its_end(cache: ActionCache, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value is there for its trigger until it ends, a day at most."""
    cache.keep("post-login", [["a", "hush", NOW_MS + 1000], ["b", "y", NOW_MS * 2]])
    known = there(cache)
    monkeypatch.setattr(action_cache, "_now_ms", lambda: NOW_MS + 1000)

    assert {"value": "hush", "expires_at": NOW_MS + 1000} == known["a"]
    assert NOW_MS + action_cache.LONGEST_MS == known["b"]["expires_at"]
    assert {"b"} == there(cache).keys()
    assert {} == there(cache, "credentials-exchange")
    assert "hush" not in repr(cache)


@pytest.mark.parametrize(
    "changes",
    [
        None,
        {"a": 1},
        [["a"], [], 7, ["a", 1, NOW_MS + 1], ["a", "x", "soon"], [1, "x", NOW_MS + 1]],
        [["", "x", NOW_MS + 1000], ["k" * 65, "x", NOW_MS + 1000]],
        [["a", "x" * 4097, NOW_MS + 1000]],
    ],
)
def test_what_is_no_entry_is_not_kept(cache: ActionCache, changes: object) -> None:
    """What comes out of a process is a stranger's text."""
    cache.keep("post-login", changes)

    assert {} == there(cache)


def test_no_more_than_the_limits_is_kept(cache: ActionCache) -> None:
    """Twenty entries, 8 kB with their keys."""
    cache.keep("post-login", [[f"k{number}", "x", NOW_MS + 1000] for number in range(30)])
    cache.keep("many", [[f"k{number}", "x" * 4000, NOW_MS + 1000] for number in range(3)])
    cache.keep("many", [["k0"], ["k2", "y" * 4000, NOW_MS + 1000]])

    assert action_cache.MOST_ENTRIES == len(there(cache))
    assert {"k1", "k2"} == there(cache, "many").keys()
