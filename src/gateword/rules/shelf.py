"""What scripts may require, as text: our own modules, and those of npm that are packed with us.

Rule 1: each is one function of `module`, `exports`, `require` and `host`; nothing is a tenant's.
Rule 2: all is read at the start; the process opens no file after it.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from gateword.rules.frames import HOUSE_LINE

_HERE: Final = Path(__file__).parent
_NEEDS: Final = re.compile(rb"// needs: (.+)")
_modules: dict[str, bytes] = {}
_house: dict[str, bytes] = {}


def fill() -> None:
    """Read everything."""
    for name in ("prelude", "errands", "words"):
        _house[name] = (_HERE / f"{name}.js").read_bytes()
    for file in (_HERE / "kinds").glob("*.js"):
        _house[f"kinds/{file.stem}"] = file.read_bytes()
    for folder in (_HERE / "npm", _HERE / "modules"):
        for file in folder.glob("*.js"):
            _modules[file.stem.replace("__", "/")] = file.read_bytes()


def house(name: str) -> str:
    """Return a text of ours that is no module, by its path without `.js`."""
    return _placed(_house[name])


def has(name: str) -> bool:
    """Say whether a module is there."""
    return name in _modules


def module(name: str) -> str:
    """Return a module that is there."""
    return _placed(_modules[name])


def with_needs(names: Iterable[str]) -> tuple[str, ...]:
    """Return the modules that are there, and all that they need, each behind what it needs."""
    found: dict[str, None] = {}

    def add(name: str, under: tuple[str, ...]) -> None:
        if name in found or name in under or name not in _modules:
            return
        for needed in _needs(name):
            add(needed, (*under, name))
        found[name] = None

    for name in names:
        add(name, ())
    return tuple(found)


def _needs(name: str) -> Iterator[str]:
    match = _NEEDS.match(_modules[name])
    return (needed.strip() for needed in match[1].decode().split(",")) if match else iter(())


def _placed(raw: bytes) -> str:
    return "\n" * HOUSE_LINE + raw.decode()
