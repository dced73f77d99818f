"""Changes a tenant's attack protection, as the Management API would."""

from collections.abc import Mapping
from datetime import datetime

from gateword.policy import attack_protection, protection_extras
from gateword.ports.documents import Kept
from gateword.ports.parts import Parts


async def protect(parts: Parts, name: str, at: datetime, **members: object) -> None:
    """Store an object of attack protection: its defaults with these members."""
    default = attack_protection.DEFAULTS.get(name, protection_extras.DEFAULTS)
    document: Mapping[str, object] = {**default, **members}
    await parts.stores.documents.put(attack_protection.KIND, Kept(id=name, document=document), at)


async def unprotected(parts: Parts, at: datetime) -> None:
    """Switch off whatever counts tries, for tests of something else."""
    for name in (attack_protection.BRUTE_FORCE, attack_protection.SUSPICIOUS_IP):
        await protect(parts, name, at, enabled=False)
    await protect(parts, protection_extras.EXTRAS, at, same_user_per_minute=0)
