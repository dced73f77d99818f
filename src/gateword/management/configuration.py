"""`/gateword/apply` and `/gateword/export`: a tenant's configuration as one document.

Not part of Auth0's API: what `gateword apply --url` and `gateword export --url` call. The caller
has filled in variables and files; a fault says where in the document it stands.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management.resource import Call, Document, Resource, Verb
from gateword.management.schema import anything, array, flag, free, obj, text
from gateword.policy.members import Fault
from gateword.provision.apply import Overtaken
from gateword.provision.apply import apply as apply_document
from gateword.provision.changes import Change
from gateword.provision.export import exported
from gateword.provision.plan import Faulty

_MAX_BODY_BYTES: Final = 16 * 1024 * 1024
_MAX_FAULTS: Final = 1_000
_DIFFERENCE: Final = obj({"member": text(), "before": anything(), "after": anything()})
_CHANGE: Final = obj(
    {
        "kind": text(),
        "name": text(),
        "action": text(choices=("created", "updated", "unchanged")),
        "members": array(text()),
        "differences": array(_DIFFERENCE),
    },
    required=("kind", "name", "action", "members", "differences"),
)


async def apply(call: Call) -> Document:
    """Make the tenant what the document says, or say what that would change."""
    configuration = call.body["configuration"]
    document = configuration if isinstance(configuration, dict) else {}
    try:
        applied = await apply_document(
            document,
            call.parts,
            dry_run=call.body.get("dry_run") is True,
            leave_out=call.body.get("leave_out") is True,
        )
    except Faulty as faulty:
        faults = [_fault(fault) for fault in faulty.faults[:_MAX_FAULTS]]
        raise Refused(
            ManagementRefusal.FAULTY_CONFIGURATION,
            body={"faults": faults},
            count=str(len(faulty.faults)),
        ) from None
    except Overtaken as overtaken:
        raise Refused(ManagementRefusal.CONFLICT, text=str(overtaken)) from None
    return {
        "changed": is_changed(applied.changes),
        "changes": [asdict(change) for change in applied.changes],
        "left_out": list(applied.left_out),
        "notes": list(applied.notes),
    }


async def export(call: Call) -> Document:
    """Answer the tenant's configuration, without secrets, and without ids unless asked for."""
    found = await exported(call.parts, with_ids=call.query.get("with_ids") is True)
    return {"configuration": found.document, "left_out": list(found.left_out)}


def is_changed(changes: Sequence[Change]) -> bool:
    """Say whether anything is not as it was."""
    return any(change.action != "unchanged" for change in changes)


def _fault(fault: Fault) -> Document:
    return {"path": list(fault.path), "text": fault.text}


RESOURCE: Final = Resource(
    name="configuration",
    doc="A tenant's configuration as one document; not part of Auth0's API.",
    verbs=(
        Verb(
            method="POST",
            path="/gateword/apply",
            scopes=("update:configuration",),
            run=apply,
            summary="Apply a configuration",
            body=obj(
                {
                    "configuration": free("Sections as in Auth0's Deploy CLI, files inlined."),
                    "dry_run": flag("Say what would change, and change nothing."),
                    "leave_out": flag("Pass over sections that are not supported."),
                },
                required=("configuration",),
            ),
            answer=obj(
                {
                    "changed": flag(),
                    "changes": array(_CHANGE),
                    "left_out": array(text()),
                    "notes": array(text("What is stored and does not act yet.")),
                },
                required=("changed", "changes", "left_out", "notes"),
            ),
            refusals=(ManagementRefusal.FAULTY_CONFIGURATION, ManagementRefusal.CONFLICT),
            hidden=frozenset({"configuration", "before", "after"}),
            max_body_bytes=_MAX_BODY_BYTES,
        ),
        Verb(
            method="GET",
            path="/gateword/export",
            scopes=("read:configuration",),
            run=export,
            summary="Export the configuration",
            fields=True,
            query={"with_ids": flag("Name each client's client_id.")},
            answer=obj(
                {"configuration": free(), "left_out": array(text())},
                required=("configuration", "left_out"),
            ),
        ),
    ),
)
