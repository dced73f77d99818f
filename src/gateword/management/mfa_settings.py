"""`/x-gateword/mfa`: how second factors work in the tenant; one object that is always there.

It is our own (ADR 0019), with the habits of Auth0's settings: a change answers the whole.
"""

from collections.abc import Mapping
from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.management import factor_log
from gateword.management.reading import read
from gateword.management.resource import Call, Document, Resource, Verb
from gateword.management.schema import Schema, changes, flag, obj, text, whole
from gateword.policy import mfa_settings as policy
from gateword.ports.documents import Kept

_SETTINGS: Final[Schema] = obj(
    {
        "otp_window": whole(policy.MEANING["otp_window"], most=policy.MOST_STEPS),
        "on_refresh": text(policy.MEANING["on_refresh"], choices=policy.ON_REFRESH),
        "max_age_s": whole(policy.MEANING["max_age_s"], least=1, most=policy.MOST_AGE_S),
        "first_enrollment": text(
            policy.MEANING["first_enrollment"], choices=policy.FIRST_ENROLLMENT
        ),
        "writes_amr": flag(policy.MEANING["writes_amr"]),
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
    names = ", ".join(sorted(call.body))
    await factor_log.of_tenant(call, f"Settings of second factors changed: {names}")
    return kept.document


RESOURCE: Final = Resource(
    name="x-gateword-mfa",
    doc="How second factors work in the tenant.",
    verbs=(
        Verb(
            method="GET",
            path=policy.PATH,
            scopes=("read:tenant_settings",),
            run=settings,
            summary="Get settings of second factors",
            answer=_SETTINGS,
        ),
        Verb(
            method="PATCH",
            path=policy.PATH,
            scopes=("update:tenant_settings",),
            run=change,
            summary="Update settings of second factors",
            body=changes(_SETTINGS),
            answer=_SETTINGS,
            refusals=(ManagementRefusal.INVALID_BODY,),
        ),
    ),
)
