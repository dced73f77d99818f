"""Scripts that are saved: held against the engine before they are stored.

Rule: where nobody can look, because all engines are busy, saving goes on.
"""

from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.script import Kind
from gateword.management.resource import Call, Document
from gateword.policy import action_document, script_build
from gateword.policy.action_members import objects
from gateword.provision import compiling

_FORMS: Final = {Kind.RULES: "one function", Kind.HOOK: "a module"}


async def check(call: Call, kind: Kind, stored: object = None) -> None:
    """Refuse a script that could never run; one that is stored already is not looked at again.

    Raises:
        Refused: INVALID_BODY, in the engine's words.
    """
    script = call.body.get("script")
    if not isinstance(script, str) or script == stored:
        return
    told = await compiling.fault(call.parts.scripts, kind, "script", script)
    if told:
        fault = f"does not parse as {_FORMS[kind]}: {told} on property script"
        raise Refused(ManagementRefusal.INVALID_BODY, fault=fault)


async def judged(call: Call, action: Document) -> Document:
    """Return an Action with what the engine says of its code, unless that is there already."""
    if action_document.is_judged(action):
        return action
    code, trigger = str(action["code"]), objects(action["supported_triggers"])[0]["id"]
    about = f"Action {action['name']}"
    told = await compiling.fault(call.parts.scripts, Kind.ACTIONS, about, code)
    if told is None:
        return action
    faults = script_build.action_faults(code, str(trigger), told)
    return action_document.judged(action, faults)
