"""A fresh engine with what scripts find around them, before any script is in it."""

import json
import os
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import quickjs  # type: ignore[import-untyped]  # it brings no types

from gateword.policy import script_modules
from gateword.rules import shelf
from gateword.rules.frames import TURN_S

MEMORY_BYTES: Final = 64 << 20
STACK_BYTES: Final = 512 << 10
_MEMBERS: Final = (
    *("ships", "provide", "prepare", "plays", "configure", "compile", "begin", "answer", "at"),
    *("log", "failure", "source", "plainly", "speaks"),
    *("wants", "outbox", "turn", "leaves", "kept"),
)
_SEED_BYTES: Final = 32


class Room:
    """An engine that nobody has been in.

    Args:
        kind: What its scripts are written for, a file of `kinds`.
        modules: What they will want; more is found as they ask for it.

    Attributes:
        is_furnished: The scripts are compiled already.
    """

    def __init__(self, kind: str, modules: Sequence[str] = ()) -> None:
        context = quickjs.Context()
        context.set_memory_limit(MEMORY_BYTES)
        context.set_max_stack_size(STACK_BYTES)
        self.context = context
        later = (shelf.house("errands"), shelf.house("words"))
        made = context.eval(shelf.house("prelude"))(context.globalThis, *later)
        member = context.eval("(made, name) => made[name]")
        self._members: dict[str, Any] = {name: member(made, name) for name in _MEMBERS}
        self.tell("ships", _shipped())
        there = shelf.with_needs(modules)
        for name in there:
            self.tell("provide", name, context.eval(shelf.module(name)))
        self.tell("prepare", json.dumps(there), os.urandom(_SEED_BYTES).hex())
        self.tell("plays", context.eval(shelf.house(f"kinds/{kind}")))
        self.is_furnished = False
        context.set_time_limit(TURN_S)

    def tell(self, name: str, *values: object) -> Any:
        """Call a member of the prelude."""
        return self._members[name](*values)

    def text(self, name: str) -> str | None:
        """Return what a member of the prelude says, if it is text."""
        said = self._members[name]()
        return said if isinstance(said, str) else None


@cache
def _shipped() -> str:
    return json.dumps(
        {
            "modules": sorted(script_modules.MODULES),
            "aliases": script_modules.ALIASES,
            "globals": script_modules.GLOBALS,
        }
    )
