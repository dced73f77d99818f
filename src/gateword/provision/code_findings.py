"""What an operator should know of how one-time codes leave the house.

Rule: pure over what the stores hold and the process is told. Only factors that are switched on are
looked at.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from gateword.accounts import letter_templates
from gateword.policy import guardian_document as guardian
from gateword.policy import phone_messages, sealed
from gateword.ports.documents import Kept
from gateword.provision.draft import Draft
from gateword.provision.finding import Finding, Level
from gateword.settings import Settings

_EMAIL: Final = "email"
_PHONE: Final = "sms"
_DEVELOPMENT: Final = "dev"
"""`tls` of a server with a certificate that nobody else trusts."""


def findings(draft: Draft, settings: Settings) -> Iterator[Finding]:
    """Return what keeps codes from their users, or shows them to others."""
    stored = draft.documents.get(guardian.KIND, {})
    is_serious = settings.tls != _DEVELOPMENT
    if _is_on(stored, _EMAIL) and is_serious and not settings.smtp_url:
        text = "prints its codes on the server's terminal; set smtp_url"
        yield Finding(level="warning", about="factor email", text=text)
    if not _is_on(stored, _PHONE):
        return
    for level, text in (*_provider(stored, settings), *_templates(stored)):
        yield Finding(level=level, about="factor sms", text=text)


def _provider(stored: Mapping[str, Kept], settings: Settings) -> Iterator[tuple[Level, str]]:
    chosen = phone_messages.setting(stored, phone_messages.PROVIDER)
    provider = phone_messages.provider(chosen.document if chosen else None)
    if provider == phone_messages.TWILIO:
        yield from _twilio(stored)
    elif settings.phone_webhook_url:
        return
    elif provider == phone_messages.HOOK:
        yield "error", f"sends no code: {provider} is selected, and phone_webhook_url is not set"
    elif settings.tls != _DEVELOPMENT:
        step = "select twilio and give its account, or set phone_webhook_url"
        yield "warning", f"prints its codes on the server's terminal; {step}"


def _twilio(stored: Mapping[str, Kept]) -> Iterator[tuple[Level, str]]:
    kept = phone_messages.setting(stored, phone_messages.TWILIO_ACCOUNT)
    account = phone_messages.account(kept.document if kept else None)
    secrets = sealed.opened(kept.secret if kept else None, {}, dict[str, str])
    missing = [name for name in ("sid", "auth_token") if not (account | secrets).get(name)]
    if not {"from", "messaging_service_sid"} & account.keys():
        missing.append("from")
    if missing:
        yield "error", f"sends no code: twilio is selected, and has no {', '.join(missing)}"
    elif "voice" in _message_types(stored) and "from" not in account:
        yield "warning", "makes no calls: twilio has no number to call from (from)"


def _message_types(stored: Mapping[str, Kept]) -> list[object]:
    kept = stored.get("phone/message-types")
    types = kept.document.get("message_types") if kept else None
    return types if isinstance(types, list) else []


def _templates(stored: Mapping[str, Kept]) -> Iterator[tuple[Level, str]]:
    kept = phone_messages.setting(stored, phone_messages.TEMPLATES)
    for name in (phone_messages.ENROLLMENT, phone_messages.VERIFICATION):
        is_enrollment = name == phone_messages.ENROLLMENT
        source = phone_messages.template(
            kept.document if kept else None, is_enrollment=is_enrollment
        )
        if wrong := letter_templates.fault(source):
            yield "warning", f"sends our own text, because its {name} {wrong}"
        elif "code" not in source:
            yield "warning", f"sends our own text, because its {name} has no {{{{code}}}}"


def _is_on(stored: Mapping[str, Kept], name: str) -> bool:
    kept = stored.get(name)
    return guardian.factor(name, kept.document if kept else None)["enabled"] is True
