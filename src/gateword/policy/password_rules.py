"""What a password must look like, told in the words that Auth0's SDKs translate.

Rule 1: pure. Lengths are in UTF-16 units, as JavaScript counts. Source: the error bodies of Auth0's
"Signup" (codes, messages and formats of the packages password-sheriff, auth0-password-policies).
"""

import re
from collections.abc import Mapping, Sequence
from enum import Enum, unique
from itertools import pairwise
from typing import Final

from gateword.values import dataclass

Told = Mapping[str, object]

MAX_BYTES: Final = 1024
"""Longer passwords are never hashed; no real one is longer."""

IN_A_ROW: Final = 2
"""Most identical or sequential characters in a row, where these are limited."""

_THREE_IDENTICAL: Final = re.compile(r"(.)\1\1", re.DOTALL)


@unique
class Characters(Enum):
    """Classes of characters: name in Auth0's options, code, text, members."""

    LOWER = ("lowercase", "lowerCase", "lower case letters (a-z)", "[a-z]")
    UPPER = ("uppercase", "upperCase", "upper case letters (A-Z)", "[A-Z]")
    NUMBER = ("number", "numbers", "numbers (i.e. 0-9)", "[0-9]")
    SPECIAL = (
        "special",
        "specialCharacters",
        "special characters (e.g. !@#$%^&*)",
        r"[ !-/:-@\[-`{-~]",
    )

    @property
    def option(self) -> str:
        """Name in `character_types`."""
        return self.value[0]

    def told(self, password: str) -> Told:
        """Return the class as an item of a rule."""
        _, code, text, _ = self.value
        return {"message": text, "code": code, "verified": self.is_in(password)}

    @property
    def text(self) -> str:
        """What people read."""
        return self.value[2]

    def is_in(self, password: str) -> bool:
        """Say whether one of the class is in a password."""
        return re.search(self.value[3], password) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """How strong a password must be.

    Attributes:
        min_length: UTF-16 units.
        classes: Classes of characters that count.
        at_least: How many of them must be there.
        no_identical: More than two identical characters in a row are refused.
        no_sequential: More than two ASCII letters or digits in alphabetical order, either way.
        max_bytes: Most bytes of UTF-8.
    """

    min_length: int = 1
    classes: tuple[Characters, ...] = ()
    at_least: int = 0
    no_identical: bool = False
    no_sequential: bool = False
    max_bytes: int = MAX_BYTES

    def rules(self, password: str) -> list[Told]:
        """Return every rule, each with whether the password keeps it.

        The longest length is a rule that is told of when it is broken, or lower than it must be.
        """
        rules = [self._length(password)]
        if self.classes:
            rules.append(self._classes(password))
        if self.no_identical:
            is_kept = _THREE_IDENTICAL.search(password) is None
            rules.append(_rule(*_IDENTICAL, is_kept, [IN_A_ROW, "aaa"]))
        if self.no_sequential:
            is_kept = not _has_sequence(password)
            rules.append(_rule(*_SEQUENTIAL, is_kept, [IN_A_ROW, "abc"]))
        is_kept = len(password.encode("utf-8", "surrogatepass")) <= self.max_bytes
        if not is_kept or self.max_bytes < MAX_BYTES:
            rules.append(_rule(*_TOO_LONG, is_kept, [self.max_bytes]))
        return rules

    def text(self) -> str:
        """Return the rules as lines for people."""
        return "\n".join(line for rule in self.rules("") for line in _lines(rule))

    def _length(self, password: str) -> Told:
        if self.min_length <= 1:
            return _rule("Non-empty password required", "nonEmpty", password != "")
        is_kept = utf16_length(password) >= self.min_length
        return _rule(
            "At least %d characters in length", "lengthAtLeast", is_kept, [self.min_length]
        )

    def _classes(self, password: str) -> Told:
        items = [one.told(password) for one in self.classes]
        is_kept = sum(one.is_in(password) for one in self.classes) >= self.at_least
        if self.at_least == len(self.classes):
            return {**_rule("Should contain:", "shouldContain", is_kept), "items": items}
        text = "Contain at least %d of the following %d types of characters:"
        counts = [self.at_least, len(self.classes)]
        return {**_rule(text, "containsAtLeast", is_kept, counts), "items": items}


_IDENTICAL: Final = (
    'No more than %d identical characters in a row (e.g., "%s" not allowed)',
    "identicalChars",
)
_SEQUENTIAL: Final = (
    'No more than %d sequential alphanumeric characters (e.g., "%s" not allowed)',
    "sequentialChars",
)
_TOO_LONG: Final = ("Maximum password length exceeded", "maxLength")


def utf16_length(password: str) -> int:
    """Return how many UTF-16 units a password has."""
    return len(password.encode("utf-16-le", "surrogatepass")) // 2


def _rule(message: str, code: str, is_kept: bool, format_: Sequence[object] = ()) -> Told:  # noqa: FBT001  a member of the wire
    words = {"format": list(format_)} if format_ else {}
    return {"message": message, **words, "code": code, "verified": is_kept}


def sentence(rule: Told) -> str:
    """Return a rule's message with its words filled in."""
    message, words = str(rule["message"]), rule.get("format")
    if rule["code"] == _TOO_LONG[1]:
        message = "No more than %d bytes in length"
    return message % tuple(words) if isinstance(words, list) else message


def items_of(rule: Told) -> list[Told]:
    """Return the items of a rule that has some."""
    items = rule.get("items")
    return items if isinstance(items, list) else []


def _lines(rule: Told) -> list[str]:
    return [f"* {sentence(rule)}", *(f" * {item['message']}" for item in items_of(rule))]


def _has_sequence(password: str) -> bool:
    steps = [_step(one, other) for one, other in pairwise(password)]
    return any(first == second != 0 for first, second in pairwise(steps))


def _step(one: str, other: str) -> int:
    """Return 1 or -1 when two ASCII letters or digits are neighbours of one kind, else 0."""
    if not (one.isascii() and other.isascii() and one.isalnum() and other.isalnum()):
        return 0
    step = ord(other) - ord(one)
    return step if abs(step) == 1 else 0
