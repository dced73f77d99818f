"""Whether a script could run at all: what the engine is asked, and what is seen in the text.

Rule: pure. The engine says what compiles; whether a module exports its handler is read in the text,
and what is only named at run time is not seen.
"""

import re
from collections.abc import Mapping
from typing import Final

from gateword.domain.script import Fault, Kind, Script, ScriptJob, ScriptResult
from gateword.policy.script_text import ScriptText

HANDLERS: Final[Mapping[str, str]] = {
    "post-login": "onExecutePostLogin",
    "credentials-exchange": "onExecuteCredentialsExchange",
    "pre-user-registration": "onExecutePreUserRegistration",
    "post-user-registration": "onExecutePostUserRegistration",
    "post-change-password": "onExecutePostChangePassword",
    "send-phone-message": "onExecuteSendPhoneMessage",
}
"""Trigger to what an Action for it exports (Auth0: "Actions triggers")."""

_WITHIN_S: Final = 5.0
_BEHIND_NAME: Final = "failed to compile: "
_EXPORTS: Final = re.compile(r"(?<![\w$])exports(?![\w$])")


_SAME_FORM: Final[Mapping[Kind, Kind]] = {Kind.RULES: Kind.DATABASE}
"""A rule is one function, as those are, and for them no token is signed that nobody will read."""


def job(kind: Kind, script: Script) -> ScriptJob:
    """Return the job that only compiles a script."""
    kind = _SAME_FORM.get(kind, kind)
    return ScriptJob(
        kind=kind, scripts=[script], given={}, is_compiled_only=True, within_s=_WITHIN_S
    )


def fault_in(result: ScriptResult) -> str:
    """Return why a script does not compile, in the engine's words with its line; empty if it does.

    A script that is only slow to compile says nothing of itself: the machine may have been busy.
    """
    fault = result.fault
    if fault is None or fault.kind is not Fault.COMPILE:
        return ""
    return fault.message.partition(_BEHIND_NAME)[2] or fault.message


def missing_handler(code: str, trigger: str) -> str:
    """Return the handler that a trigger calls and a module never exports; empty if it may do so."""
    text, handler = ScriptText(code), HANDLERS[trigger]
    is_named = re.search(rf"(?<![\w$]){handler}(?![\w$])", text.code)
    return "" if is_named and _EXPORTS.search(text.bare) else handler


def action_faults(code: str, trigger: str, compile_fault: str) -> list[dict[str, object]]:
    """Return why an Action's code cannot be built, as `errors` of a version say it."""
    if compile_fault:
        return [{"id": "compile_error", "msg": compile_fault, "url": ""}]
    if handler := missing_handler(code, trigger):
        return [{"id": "missing_handler", "msg": f"The code does not export {handler}.", "url": ""}]
    return []
