"""`/actions/actions/{id}/deploy` and `…/versions`: what of an Action is deployed, and was.

An Action's present contents and its deployed versions are one document, so that a deployment is
one transaction. Source: Auth0 Management API v2 "Actions"; members as typed in auth0-python.
"""

from collections.abc import Mapping
from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management.action_schemas import PAGE_QUERY, VERSION, page, page_schema
from gateword.management.action_store import (
    deployed,
    new_uuid,
    sealed_action,
    stored,
    there,
    values_of,
)
from gateword.management.compiled import judged
from gateword.management.resource import Call, Document, Resource, Verb
from gateword.policy import action_document as policy
from gateword.policy.timestamp import written
from gateword.ports.documents import Kept
from gateword.values import replace

_ONE: Final = "/actions/actions/{id}"
_VERSIONS: Final = "/actions/actions/{action_id}/versions"
_NO_ACTION: Final = (ManagementRefusal.NO_ACTION,)
_NO_VERSION: Final = (ManagementRefusal.NO_ACTION, ManagementRefusal.NO_ACTION_VERSION)


async def deploy(call: Call) -> Document:
    """Make the present contents the deployed version."""
    id_, version_id, at = call.path["id"], new_uuid(call), written(call.at)
    looked_at = await judged(call, (await stored(call, id_)).document)

    def made(present: Mapping[str, Kept]) -> Kept:
        before = there(present, id_)
        action = policy.judged_like(before.document, looked_at)
        return deployed(replace(before, document=action), version_id, at)

    kept = await call.parts.stores.documents.edit(policy.KIND, made, call.at)
    return _version(kept, version_id)


async def all_versions(call: Call) -> Document:
    """Answer the versions that were deployed, the newest first."""
    kept = await stored(call, call.path["action_id"])
    return page(call, "versions", policy.versions(kept.id, kept.document))


async def one_version(call: Call) -> Document:
    """Answer one version."""
    return _version(await stored(call, call.path["action_id"]), call.path["id"])


async def deploy_version(call: Call) -> Document:
    """Make an earlier version's contents the present ones, and deploy them anew."""
    id_, old_id = call.path["action_id"], call.path["id"]
    version_id, at = new_uuid(call), written(call.at)

    def made(present: Mapping[str, Kept]) -> Kept:
        before = there(present, id_)
        old = policy.version_of(before.document, old_id)
        if old is None:
            raise Refused(ManagementRefusal.NO_ACTION_VERSION)
        values = values_of(before)
        values = {**values, policy.PRESENT: values.get(old_id, {})}
        action = policy.rolled_back(before.document, old, at)
        return deployed(sealed_action(id_, action, values), version_id, at)

    kept = await call.parts.stores.documents.edit(policy.KIND, made, call.at)
    return _version(kept, version_id)


def _version(kept: Kept, version_id: str) -> Document:
    version = policy.version_of(kept.document, version_id)
    if version is None:
        raise Refused(ManagementRefusal.NO_ACTION_VERSION)
    return policy.shown_version(kept.id, kept.document, version)


RESOURCE: Final = Resource(
    name="action-versions",
    doc="What of an Action is deployed, and was.",
    verbs=(
        Verb(
            method="POST",
            path=f"{_ONE}/deploy",
            scopes=("create:actions", "update:actions"),
            run=deploy,
            summary="Deploy an action",
            status=202,
            answer=VERSION,
            refusals=_NO_ACTION,
        ),
        Verb(
            method="GET",
            path=_VERSIONS,
            scopes=("read:actions",),
            run=all_versions,
            summary="Get the versions of an action",
            query=PAGE_QUERY,
            answer=page_schema("versions", VERSION),
            refusals=_NO_ACTION,
        ),
        Verb(
            method="GET",
            path=f"{_VERSIONS}/{{id}}",
            scopes=("read:actions",),
            run=one_version,
            summary="Get a version of an action",
            answer=VERSION,
            refusals=_NO_VERSION,
        ),
        Verb(
            method="POST",
            path=f"{_VERSIONS}/{{id}}/deploy",
            scopes=("create:actions", "update:actions"),
            run=deploy_version,
            summary="Roll back to a version of an action",
            status=202,
            answer=VERSION,
            refusals=_NO_VERSION,
        ),
    ),
)
