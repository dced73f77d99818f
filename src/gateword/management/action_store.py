"""An Action as it is kept: one document with its versions, and the values of all their secrets."""

from collections.abc import Mapping
from uuid import UUID

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management.resource import Call, Document
from gateword.policy import action_document as policy
from gateword.ports.documents import Kept
from gateword.provision import sealed


async def stored(call: Call, id_: str) -> Kept:
    """Return an Action.

    Raises:
        Refused: NO_ACTION.
    """
    kept = await call.parts.stores.documents.get(policy.KIND, id_)
    if kept is None:
        raise Refused(ManagementRefusal.NO_ACTION)
    return kept


def there(present: Mapping[str, Kept], id_: str) -> Kept:
    """Return an Action of those that are kept.

    Raises:
        Refused: NO_ACTION.
    """
    kept = present.get(id_)
    if kept is None:
        raise Refused(ManagementRefusal.NO_ACTION)
    return kept


def deployed(kept: Kept, version_id: str, at: str) -> Kept:
    """Return an Action whose present contents are its deployed version."""
    action = policy.deployed(kept.document, version_id, at)
    return sealed_action(kept.id, action, policy.kept_values(action, values_of(kept)))


def sealed_action(id_: str, action: Document, values: policy.Values) -> Kept:
    """Return an Action as it is kept."""
    secrets = {owner: dict(known) for owner, known in values.items() if known}
    return Kept(id=id_, name=str(action["name"]), document=action, secret=sealed.closed(secrets))


def values_of(kept: Kept | None) -> policy.Values:
    """Return the values of an Action's secrets; empty for none."""
    return sealed.opened(kept, {}, dict[str, dict[str, str]])


def new_uuid(call: Call) -> str:
    """Return an id of version 4 (RFC 9562)."""
    return str(UUID(hex=call.parts.dice.hex(32), version=4))
