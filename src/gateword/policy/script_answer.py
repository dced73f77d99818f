"""What a client is answered when a script has had its say.

Rule: pure. The rows are those of the table of refusals.
"""

from collections.abc import Mapping
from typing import Final

from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refusal import Refusal
from gateword.domain.refused import RefusalTable
from gateword.domain.script import Fault, ScriptFault
from gateword.domain.script_settings import ScriptSettings
from gateword.values import dataclass

NO_FACTOR: Final = "none"
"""Provider of a second factor that asks for none."""

ROWS: Final[Mapping[Fault, Refusal]] = {
    Fault.UNAUTHORIZED: Refusal.SCRIPT_UNAUTHORIZED,
    Fault.DENIED: Refusal.SCRIPT_DENIED,
    Fault.THREW: Refusal.SCRIPT_THREW,
    Fault.COMPILE: Refusal.SCRIPT_BROKEN,
    Fault.LIMIT: Refusal.SCRIPT_TOO_LONG,
}
MASKED: Final = frozenset({Fault.THREW, Fault.COMPILE})
"""What `mask_runtime_errors` keeps from the client."""

_MASK: Final = "An error occurred in a rule. It is in the log as …."


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the token endpoint.

    Attributes:
        body: None where tokens are.
    """

    status: int
    body: Mapping[str, str] | None = None


def of_rule(
    fault: ScriptFault | None, context: Mapping[str, object], settings: ScriptSettings
) -> Answer:
    """Return what a client gets when a rule is the only one and the last.

    Args:
        fault: How it ended the login.
        context: As it left it.
        settings: The tenant's.
    """
    if fault is not None:
        row = ROWS.get(fault.kind, Refusal.SCRIPT_DENIED)
        is_masked = fault.kind in MASKED and settings.mask_runtime_errors
        return _refused(row, message=_MASK if is_masked else fault.message)
    if context.get("redirect"):
        wants_interaction = settings.redirect_error_is_interaction
        return _refused(
            Refusal.RULE_WANTS_INTERACTION if wants_interaction else Refusal.RULE_REDIRECTS
        )
    if wants_factor(context.get("multifactor")):
        return _refused(MfaRefusal.REQUIRED)
    return Answer(200)


def wants_factor(wanted: object) -> bool:
    """Say whether `context.multifactor` asks for a second factor."""
    provider = wanted.get("provider") if isinstance(wanted, Mapping) else wanted
    return bool(provider) and provider != NO_FACTOR


def _refused(refusal: RefusalTable, **names: str) -> Answer:
    row = refusal.row
    body = {"error": row.error, "error_description": row.description.format(**names)}
    return Answer(row.status, body)
