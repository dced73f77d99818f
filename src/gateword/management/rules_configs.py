"""`/rules-configs`: values that rules read; they go in, and never come out again.

Source: Auth0 Management API v2 "Rules Configs", recorded answers.
"""

from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.management.resource import Call, Document, Listed, Resource, Verb
from gateword.management.schema import obj, secret, text
from gateword.management.validation import fault
from gateword.policy.rule_document import CONFIGURATION as KIND
from gateword.ports.documents import Kept

_KEY: Final = r"^[A-Za-z0-9_\-@*+:]{1,127}$"


async def all_keys(call: Call) -> list[Document]:
    """Answer the keys, never a value."""
    return [{"key": kept.id} for kept in await call.parts.stores.documents.all(KIND)]


async def put(call: Call) -> Document:
    """Set a value."""
    key, value = call.path["key"], str(call.body["value"])
    if wrong := fault(text(pattern=_KEY), key):
        raise Refused(ManagementRefusal.INVALID_PATH, fault=wrong)
    kept = Kept(id=key, document={}, secret=Secret(value))
    await call.parts.stores.documents.put(KIND, kept, call.at)
    return {"key": key, "value": value}


async def remove(call: Call) -> None:
    """Delete a value; one that is not there is gone already."""
    await call.parts.stores.documents.remove(KIND, call.path["key"])


RESOURCE: Final = Resource(
    name="rules-configs",
    doc="Values that rules read as `configuration`.",
    verbs=(
        Verb(
            method="GET",
            path="/rules-configs",
            scopes=("read:rules_configs",),
            run=all_keys,
            summary="Get the keys of all rules configs",
            listed=Listed(key="rules_configs", item=obj({"key": text()}), id="key", totals=False),
        ),
        Verb(
            method="PUT",
            path="/rules-configs/{key}",
            scopes=("update:rules_configs",),
            run=put,
            summary="Set a rules config",
            body=obj({"value": secret("What rules read.", least=0)}, required=("value",)),
            answer=obj({"key": text(), "value": secret(least=0)}, required=("key", "value")),
            refusals=(ManagementRefusal.INVALID_PATH,),
        ),
        Verb(
            method="DELETE",
            path="/rules-configs/{key}",
            scopes=("delete:rules_configs",),
            run=remove,
            summary="Delete a rules config",
            status=204,
        ),
    ),
)
