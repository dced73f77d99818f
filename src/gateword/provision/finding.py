"""Something that an operator should know."""

from typing import Literal, TypeAlias

from gateword.values import dataclass

Level: TypeAlias = Literal["error", "warning", "hint"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something to know or to mend.

    Attributes:
        level: An error keeps logins from working or secrets from being secret.
        about: What was looked at.
        text: What is so, and what to do.
    """

    level: Level
    about: str
    text: str
