"""A document in Auth0's shape, read member by member; each fault says where it stands.

Rule 1: pure. Rule 2: reading goes on after a fault, so that all of them are found at once.
Rule 3: absent keeps what was there, null goes back to the default. Rule 4: nothing is coerced.
"""

import difflib
from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from typing import Final, Literal, TypeAlias, TypeVar

from gateword.domain.secret import Secret
from gateword.values import dataclass

T = TypeVar("T")

Path: TypeAlias = tuple[str | int, ...]

MAX_TEXT_CHARS: Final = 4096
_SHOWN_CHOICES: Final = 8
_SHOWN_CHARS: Final = 60
_TEXT: Final = "text (put it in quotes)"


class _Absent(Enum):
    """There is nothing (usable) under a name."""

    KEEP = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a document.

    Attributes:
        path: Members and positions that lead there.
        text: What is wrong, and what would be right; holds no secret.
    """

    path: Path
    text: str


class Members:
    """One object of a document.

    Args:
        document: The object.
        path: Where it stands in the whole document.
        faults: Where faults are noted; shared by all objects of a document.
    """

    def __init__(self, document: Mapping[str, object], path: Path, faults: list[Fault]) -> None:
        self._document = document
        self.path = path
        self.faults = faults
        self._read: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._document

    def fault(self, text: str, *at: str | int) -> None:
        """Note a fault of this object, or of something in it."""
        self.faults.append(Fault((*self.path, *at), text))

    def given(self, name: str) -> object:
        """Return a member as it is (None when absent or null), and note that it is known."""
        self._read.add(name)
        return self._document.get(name)

    def present(self) -> dict[str, object]:
        """Return the members that are there and not null, as they are."""
        return {name: value for name, value in self._document.items() if value is not None}

    def nulls(self) -> set[str]:
        """Return the members that are null."""
        return {name for name, value in self._document.items() if value is None}

    def text(
        self, name: str, kept: str, reset: str | None = None, *, choices: Collection[str] = ()
    ) -> str:
        """Return a text; `reset` stands for null."""
        value = self.optional_text(name, kept, choices=choices)
        if value is None and reset is None:
            self.fault("cannot be null", name)
        return value if value is not None else reset or kept

    def required_text(self, name: str) -> str:
        """Return a text that must be there and not be empty; empty after a fault."""
        if self.given(name) is None:
            hint = did_you_mean(name, self._document).replace("you mean", "you misspell it as")
            self.fault(f"{name} is required{hint}", *([name] if name in self else []))
        elif self.given(name) == "":
            self.fault("cannot be empty", name)
        return self.optional_text(name, None) or ""

    def still_implied(
        self, implied: frozenset[str], *names: str, within: str = ""
    ) -> frozenset[str]:
        """Return what nobody has set: not what is given here, but again what is null here.

        Args:
            implied: What nobody had set before.
            names: The members that count.
            within: What stands before their names in `implied`.
        """
        given = {name for name in names if name in self}
        nulls = {name for name in given if self._document[name] is None}
        return implied - {within + name for name in given} | {within + name for name in nulls}

    def optional_text(
        self, name: str, kept: str | None, *, choices: Collection[str] = ()
    ) -> str | None:
        """Return a text or None."""
        value = self._typed(name, str, _TEXT)
        if value is _Absent.KEEP:
            return kept
        if value is None or value == kept:
            return value
        if len(value) > MAX_TEXT_CHARS or "\0" in value:
            self.fault(f"is longer than {MAX_TEXT_CHARS} characters or holds NUL", name)
            return kept
        return value if self._is_choice(value, choices, name) else kept

    def secret(self, name: str) -> Secret | None:
        """Return a text that is never shown; None when absent."""
        value = self._typed(name, str, _TEXT)
        if value is _Absent.KEEP or value is None:
            return None
        if not value or "\0" in value:
            self.fault("cannot be empty or hold NUL", name)
            return None
        return Secret(value)

    def flag(self, name: str, *, kept: bool, reset: bool) -> bool:
        """Return a switch."""
        value = self._typed(name, bool, "true or false")
        if value is _Absent.KEEP:
            return kept
        return reset if value is None else value

    def whole(self, name: str, kept: int, reset: int, *, least: int = 0, most: int) -> int:
        """Return a whole number within its bounds, both included."""
        value = self._typed(name, int, "a whole number")
        if value is _Absent.KEEP:
            return kept
        if value is None:
            return reset
        if not least <= value <= most:
            self.fault(f"must be {least} to {most}", name)
            return kept
        return value

    def texts(
        self,
        name: str,
        kept: tuple[str, ...],
        reset: tuple[str, ...] = (),
        *,
        choices: Collection[str] = (),
    ) -> tuple[str, ...]:
        """Return a list of texts without duplicates, in their order."""
        value = self._typed(name, list, "a list")
        if value is _Absent.KEEP:
            return kept
        if value is None:
            return reset
        found: list[str] = []
        for position, item in enumerate(value):
            if not isinstance(item, str):
                self.fault(f"must be {_TEXT}, not {_kind(item)}", name, position)
            elif self._is_choice(item, choices, name, position):
                found.append(item)
        return tuple(dict.fromkeys(found))

    def member(self, name: str) -> "Members":
        """Return an object inside this one; absent or null, it is empty."""
        value = self._typed(name, dict, "an object")
        inner = value if isinstance(value, dict) else {}
        return Members(inner, (*self.path, name), self.faults)

    def items(self, name: str) -> "list[Members] | None":
        """Return a list of objects; None when absent, empty when null."""
        value = self._typed(name, list, "a list")
        if value is _Absent.KEEP:
            return None
        found = []
        for position, item in enumerate(value or ()):
            if isinstance(item, dict):
                found.append(Members(item, (*self.path, name, position), self.faults))
            else:
                self.fault(f"must be an object, not {_kind(item)}", name, position)
        return found

    def others(
        self, kept: Mapping[str, object], documented: Collection[str] = ()
    ) -> dict[str, object]:
        """Return the members that nobody read, over what was kept; null takes one away.

        Args:
            kept: What was stored before.
            documented: Members that are stored without effect; any other is a fault.
        """
        merged = dict(kept)
        for name, value in self._document.items():
            if name in self._read:
                continue
            if name not in documented:
                self.unknown(name, {*self._read, *documented})
            elif value is None:
                merged.pop(name, None)
            else:
                merged[name] = value
        return merged

    def only(self) -> None:
        """Note a fault for each member that nobody read."""
        self.others({})

    def unknown(self, name: str, known: Iterable[str]) -> None:
        """Note that a member is not known, with the nearest one that is."""
        self.fault(f"unknown member{did_you_mean(name, known)}", name)

    def _typed(self, name: str, kind: type[T], wanted: str) -> "T | Literal[_Absent.KEEP] | None":
        """Return a member of that kind, None for null; KEEP when absent or of another kind."""
        self._read.add(name)
        if name not in self._document:
            return _Absent.KEEP
        value = self._document[name]
        if value is None:
            return None
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fault(f"must be {wanted}, not {_kind(value)}", name)
            return _Absent.KEEP
        return value

    def _is_choice(self, value: str, choices: Collection[str], *at: str | int) -> bool:
        if not choices or value in choices:
            return True
        hint = did_you_mean(value, choices)
        if not hint and len(choices) <= _SHOWN_CHOICES:
            hint = f"; it is one of {', '.join(choices)}"
        self.fault(f"{value[:_SHOWN_CHARS]!r} is not possible here{hint}", *at)
        return False


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean …?` with the nearest known word, or nothing."""
    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


def shown(path: Path) -> str:
    """Return a path as people write it: `clients[0].grant_types`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def _kind(value: object) -> str:
    names = {bool: "true/false", int: "a number", float: "a number", str: "text", dict: "an object"}
    return "nothing" if value is None else names.get(type(value), "a list")
