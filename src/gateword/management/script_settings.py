"""`/x-gateword/scripts`: how the tenant's scripts are treated; one object that is always there.

It is our own (ADR 0016), with the habits of Auth0's settings: a change answers the whole.
"""

from collections.abc import Mapping
from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.management.reading import read
from gateword.management.resource import Call, Document, Resource, Verb
from gateword.management.schema import Schema, array, changes, flag, obj, text
from gateword.policy import script_settings as policy
from gateword.ports.documents import Kept

_SETTINGS: Final[Schema] = obj(
    {
        "allowed_hosts": array(
            text(least=1, most=policy.MAX_HOST_CHARS),
            policy.MEANING["allowed_hosts"],
            most=policy.MOST_HOSTS,
            unique=True,
        ),
        "mask_runtime_errors": flag(policy.MEANING["mask_runtime_errors"]),
        "redirect_error": text(policy.MEANING["redirect_error"], choices=policy.REDIRECT_ERRORS),
    }
)


async def settings(call: Call) -> Document:
    """Answer the settings."""
    kept = await call.parts.stores.documents.get(policy.KIND, policy.ID)
    return policy.effective(kept.document if kept else None)


async def change(call: Call) -> Document:
    """Change what the body names, and answer the whole."""

    def made(present: Mapping[str, Kept]) -> Kept:
        before = present.get(policy.ID)
        stored = before.document if before else None
        document = read(call.body, lambda members: policy.changed(members, stored))
        return Kept(id=policy.ID, document=document)

    kept = await call.parts.stores.documents.edit(policy.KIND, made, call.at)
    return kept.document


RESOURCE: Final = Resource(
    name="x-gateword-scripts",
    doc="What the tenant's scripts may do.",
    verbs=(
        Verb(
            method="GET",
            path=policy.PATH,
            scopes=("read:tenant_settings",),
            run=settings,
            summary="Get settings of scripts",
            answer=_SETTINGS,
        ),
        Verb(
            method="PATCH",
            path=policy.PATH,
            scopes=("update:tenant_settings",),
            run=change,
            summary="Update settings of scripts",
            body=changes(_SETTINGS),
            answer=_SETTINGS,
            refusals=(ManagementRefusal.INVALID_BODY,),
        ),
    ),
)
