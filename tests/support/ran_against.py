"""What this test run really ran against: engines, SDKs and browsers, with their versions."""

from typing import Final

_NOTED: Final[dict[str, set[str]]] = {}


def note(name: str, version: str) -> None:
    """Say that a test is using `name` in `version` now; called only after it answered."""
    _NOTED.setdefault(name, set()).add(version)


def everything() -> dict[str, str]:
    """Return all names noted so far, sorted, each with its versions."""
    return {name: ", ".join(sorted(versions)) for name, versions in sorted(_NOTED.items())}
