"""Scripts held against the engine before a login meets them.

Rule: nothing is run, and a full house keeps nobody waiting: where no engine is free, nobody has
looked.
"""

from collections.abc import Collection, Iterator
from typing import Final

from gateword.domain.refused import Refused
from gateword.domain.script import Kind, Script
from gateword.policy import (
    action_document,
    action_event,
    database_scripts,
    hook_document,
    rule_document,
    script_build,
)
from gateword.policy.connection_options import SCRIPTS
from gateword.ports.documents import Documents
from gateword.ports.scripts import Scripts
from gateword.provision.draft import Draft
from gateword.provision.finding import Finding
from gateword.values import dataclass

_SECTIONS: Final = {
    Kind.RULES: ("rules",),
    Kind.ACTIONS: ("actions", "triggers"),
    Kind.DATABASE: ("databases",),
}
_RUNNING: Final = (action_event.POST_LOGIN, action_event.CREDENTIALS_EXCHANGE)
_ENDS: Final = {
    Kind.RULES: "every login ends there",
    Kind.ACTIONS: "whatever comes to it ends there",
    Kind.HOOK: "every machine's token is refused there",
    Kind.DATABASE: "whatever asks it fails",
}


@dataclass(frozen=True, slots=True)
class InUse:
    """A script that the next login may meet.

    Attributes:
        about: What it is, by name.
        trigger: Of an Action.
    """

    kind: Kind
    about: str
    source: str
    trigger: str = ""


async def fault(scripts: Scripts, kind: Kind, about: str, source: str) -> str | None:
    """Return why a script does not compile; empty if it does, None when nobody could look."""
    job = script_build.job(kind, Script("script", about, source))
    try:
        return script_build.fault_in(await scripts.run(job))
    except (Refused, OSError):  # the house is full, or no process can be started
        return None


async def findings(scripts: Scripts, in_use: Collection[InUse]) -> list[Finding]:
    """Return an error for each script that cannot run."""
    found = []
    for one in in_use:
        told = await fault(scripts, one.kind, one.about, one.source)
        if told:
            text = f"does not compile: {told}; {_ENDS[one.kind]}"
            found.append(Finding(level="error", about=one.about, text=text))
        elif one.trigger and (handler := script_build.missing_handler(one.source, one.trigger)):
            text = f"does not export {handler}, as it seems; {_ENDS[one.kind]}"
            found.append(Finding(level="error", about=one.about, text=text))
    return found


def drafted(draft: Draft, sections: Collection[str] | None = None) -> list[InUse]:
    """Return the scripts in use that a draft holds.

    Args:
        draft: The tenant.
        sections: Only those of these sections of a file.
    """
    ways = {Kind.RULES: _rules, Kind.ACTIONS: _actions, Kind.DATABASE: _databases}
    return [
        one
        for kind, way in ways.items()
        if sections is None or any(name in sections for name in _SECTIONS[kind])
        for one in way(draft)
    ]


async def hooks(documents: Documents) -> list[InUse]:
    """Return the hooks that are enabled; no file holds them, so no draft does."""
    return [
        InUse(Kind.HOOK, f"hook {kept.document['name']}", str(kept.document["script"]))
        for kept in await documents.all(hook_document.KIND)
        if kept.document["enabled"] is True
    ]


def _rules(draft: Draft) -> Iterator[InUse]:
    kept = draft.documents.get(rule_document.KIND, {}).values()
    documents = [one.document for one in kept if one.document["enabled"] is True]
    for rule in sorted(documents, key=rule_document.order_of):
        yield InUse(Kind.RULES, f"rule {rule['name']}", str(rule["script"]))


def _actions(draft: Draft) -> Iterator[InUse]:
    actions = draft.documents.get(action_document.KIND, {})
    bindings = draft.documents.get(action_document.BINDINGS_KIND, {})
    for trigger in _RUNNING:
        kept = bindings.get(trigger)
        for binding in action_document.bound(kept.document) if kept else ():
            action = actions.get(str(binding["action_id"]))
            version = None if action is None else action_document.running(action.document)
            if action is not None and version is not None:
                about, code = f"Action {action.name}", str(version["code"])
                yield InUse(Kind.ACTIONS, about, code, trigger)


def _databases(draft: Draft) -> Iterator[InUse]:
    for name, connection in sorted(draft.connections.items()):
        moves_in = connection.imports_users
        asked = database_scripts.MOVING_IN if moves_in else database_scripts.ASKED
        for operation in SCRIPTS:
            source = database_scripts.source(connection, operation)
            if source and operation in asked:
                about = f"database {name} script {operation}"
                yield InUse(Kind.DATABASE, about, source)
