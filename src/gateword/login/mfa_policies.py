"""When the tenant demands a second factor; as all configuration, it is known without asking."""

from gateword.policy import guardian_document
from gateword.policy.mfa_demand import ADAPTIVE
from gateword.ports.parts import Parts


async def policies(parts: Parts) -> list[str]:
    """Return the tenant's policies that demand a second factor."""
    kept = await parts.stores.documents.get(guardian_document.KIND, guardian_document.POLICIES_ID)
    return guardian_document.policies(kept.document if kept else None)


async def is_adaptive(parts: Parts) -> bool:
    """Say whether logins are assessed."""
    return ADAPTIVE in await policies(parts)
