"""What the lint says of a rule, and what it may know of the tenant around it.

Rule: pure.
"""

from collections.abc import Collection, Sequence
from typing import Literal, TypeAlias

from gateword.policy.script_text import ScriptText
from gateword.values import dataclass

Level: TypeAlias = Literal["error", "warning", "hint"]


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know of a rule.

    Attributes:
        level: An error ends every login that gets there; a warning may.
        code: What kind of thing it is, for programs.
        line: Of the script; 0 is the script as a whole.
        text: What is so, and what to do.
    """

    level: Level
    code: str
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is known of the tenant; None where nothing is.

    Attributes:
        allowed_hosts: Of its settings of scripts.
        configuration: Keys of its rules configs.
        domain: Its own.
    """

    allowed_hosts: Sequence[str] | None = None
    configuration: Collection[str] | None = None
    domain: str = ""


def name_of(text: ScriptText, position: int, usual: str) -> str:
    """Return how a rule calls one of its parameters."""
    names = text.parameters or ()
    return names[position] if len(names) > position else usual
