"""What this test run really ran against: engines, SDKs and browsers, with their versions."""

from typing import Final

_NOTED: Final[dict[str, set[str]]] = {}


def note(name: str, version: str) -> None:
    """Say that a test is using `name` in `version` now; called only after it answered."""
    _NOTED.setdefault(name, set()).add(version)


def versions() -> dict[str, list[str]]:
    """Return what was noted, for a process that gathers what several have noted."""
    return {name: sorted(noted) for name, noted in _NOTED.items()}


def everything() -> dict[str, str]:
    """Return all names noted so far, sorted, each with its versions."""
    return {name: ", ".join(noted) for name, noted in sorted(versions().items())}
