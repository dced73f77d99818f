"""Who sends a tenant's messages to phones, and with what account."""

from gateword.domain.secret import Secret
from gateword.policy import guardian_document, phone_messages, sealed
from gateword.policy.phone_messages import PROVIDER, TWILIO, TWILIO_ACCOUNT
from gateword.ports.delivery import PhoneSender
from gateword.ports.parts import Parts


async def sender(parts: Parts) -> PhoneSender:
    """Return what the tenant's settings say now: each try asks anew, so mending them helps."""
    stored = {one.id: one for one in await parts.stores.documents.all(guardian_document.KIND)}
    chosen = phone_messages.setting(stored, PROVIDER)
    provider = phone_messages.provider(chosen.document if chosen else None)
    tenant = (await parts.stores.settings.get()).name
    at = parts.clock.now()
    kept = phone_messages.setting(stored, TWILIO_ACCOUNT) if provider == TWILIO else None
    if kept is None:
        return PhoneSender(tenant=tenant, provider=provider, at=at)
    secrets = sealed.opened(kept.secret, {}, dict[str, str])
    return PhoneSender(
        tenant=tenant,
        provider=provider,
        at=at,
        account=phone_messages.account(kept.document),
        auth_token=Secret(secrets["auth_token"]) if secrets.get("auth_token") else None,
    )
