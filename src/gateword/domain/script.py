"""Tenants' JavaScript: what is run, and what came of it."""

from collections.abc import Mapping, Sequence
from enum import Enum, unique

from gateword.domain.script_limits import BUDGET_S
from gateword.domain.secret import Secret
from gateword.values import dataclass, field


@unique
class Kind(Enum):
    """What scripts are written for; each kind has its own form and finds its own things."""

    RULES = "rules"
    """Functions of `user`, `context` and `callback`, one after another."""
    ACTIONS = "actions"
    """Modules that export a handler of a trigger, one after another."""
    HOOK = "hook"
    """A module that is one function, its last argument a callback."""
    DATABASE = "database"
    """A function of a custom database, its last argument a callback."""


@dataclass(frozen=True, slots=True)
class Script:
    """One script.

    Attributes:
        name: How its tenant calls it, with its kind: `rule Add plan`.
        source: JavaScript.
        given: What this script alone is given, JSON.
        secrets: What this script alone reads; values that are no one else's affair.
    """

    id: str
    name: str
    source: str
    given: Mapping[str, object] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptJob:
    """Scripts to be run one after another, in a room of their own.

    Attributes:
        given: What they are given, JSON; holds no secret.
        configuration: What they read as `configuration`.
        secret_given: Members of `given` that are secret, by name.
        is_trial: What it leaves in `global` is for nobody, and it finds nothing there.
        is_compiled_only: Nothing is run; it is only seen whether each could be.
        within_s: How long they may take together.
        cache: Under which name its tenant's Actions keep what they cache; empty for none.
    """

    kind: Kind
    scripts: Sequence[Script]
    given: Mapping[str, object]
    configuration: Mapping[str, Secret] = field(default_factory=dict)
    secret_given: Mapping[str, Secret] = field(default_factory=dict)
    is_trial: bool = False
    is_compiled_only: bool = False
    within_s: float = BUDGET_S
    cache: str = ""


@unique
class Fault(Enum):
    """Why scripts did not let a login pass."""

    UNAUTHORIZED = "unauthorized"
    """It said so with an UnauthorizedError."""
    DENIED = "denied"
    """It called back with another error."""
    THREW = "threw"
    COMPILE = "compile"
    LIMIT = "limit"
    """Time, memory or the size of what it returned."""
    WRONG_PASSWORD = "wrong_password"  # a fault's name
    """A custom database said so with a WrongUsernameOrPasswordError."""
    INVALID = "invalid"
    """A custom database said so with a ValidationError."""


@dataclass(frozen=True, slots=True)
class ScriptFault:
    """A no of a script.

    Attributes:
        message: For the client, as the script said it.
        script: None where it is not known which.
        code: Of a ValidationError; the user's id of a WrongUsernameOrPasswordError.
        detail: More of it, for the log.
        stack: Where it happened, in the script's own lines; for the log.
    """

    kind: Fault
    message: str
    script: Script | None
    code: str = ""
    stack: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptResult:
    """What came of a run.

    Attributes:
        value: What the scripts left behind, by the kind's own members.
        fault: None when every script let the login pass.
        console: What was printed, a line each, the script's name before it.
        took_s: Time from the first to the last.
        has_asked: Something was done for them outside.
    """

    value: Mapping[str, object] = field(default_factory=dict)
    fault: ScriptFault | None = None
    console: tuple[str, ...] = ()
    took_s: float = 0.0
    has_asked: bool = False
