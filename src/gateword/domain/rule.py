"""A tenant's rule, and what came of running some."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, unique


@dataclass(frozen=True, slots=True)
class Rule:
    """A script that runs at a login.

    Attributes:
        script: One JavaScript function.
    """

    id: str
    name: str
    script: str


@unique
class Fault(Enum):
    """Why rules did not let a login pass."""

    UNAUTHORIZED = "unauthorized"
    """It said so with an UnauthorizedError."""
    DENIED = "denied"
    """It called back with another error."""
    THREW = "threw"
    COMPILE = "compile"
    LIMIT = "limit"
    """Time, memory or the size of what it returned."""


@dataclass(frozen=True, slots=True)
class RuleFault:
    """A no of a rule.

    Attributes:
        message: For the client, as the rule said it.
        rule: None where it is not known which.
    """

    kind: Fault
    message: str
    rule: Rule | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """What came of a run.

    Attributes:
        user: As the last rule left it.
        context: As the last rule left it.
        fault: None when every rule let the login pass.
        console: What was printed, a line each, the rule's name before it.
    """

    user: Mapping[str, object] = field(default_factory=dict)
    context: Mapping[str, object] = field(default_factory=dict)
    fault: RuleFault | None = None
    console: tuple[str, ...] = ()
