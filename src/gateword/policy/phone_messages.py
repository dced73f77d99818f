"""What a tenant's settings say of messages to phones, and how a code is read out.

Rule 1: pure. Rule 2: Auth0 has each setting under `phone/` and, older, under `sms/`; the newer one
counts where somebody has set it.
Source: Auth0 "Customize SMS or Voice Messages", Management API v2 "Guardian".
"""

from collections.abc import Mapping
from typing import Final, TypeVar

T = TypeVar("T")
Document = Mapping[str, object]

OWN: Final = "auth0"
"""The server's own way, whatever the operator made of it."""
TWILIO: Final = "twilio"
HOOK: Final = "phone-message-hook"

PROVIDER: Final = "selected-provider"
TWILIO_ACCOUNT: Final = "providers/twilio"
TEMPLATES: Final = "templates"
ENROLLMENT: Final = "enrollment_message"
VERIFICATION: Final = "verification_message"
DEFAULT: Final = "{{code}} is your verification code for {{tenant.friendly_name}}."


def setting(stored: Mapping[str, T], name: str) -> T | None:
    """Return a setting of messages to phones, of all that are stored, by their paths."""
    return stored.get(f"phone/{name}") or stored.get(f"sms/{name}")


def provider(chosen: Document | None) -> str:
    """Return who delivers.

    Args:
        chosen: The setting PROVIDER.
    """
    return _text(chosen, "provider") or OWN


def account(twilio: Document | None) -> dict[str, str]:
    """Return what the setting TWILIO_ACCOUNT says, without what it leaves empty."""
    members = {name: _text(twilio, name) for name in ("sid", "from", "messaging_service_sid")}
    return {name: value for name, value in members.items() if value}


def template(templates: Document | None, *, is_enrollment: bool) -> str:
    """Return the text of the setting TEMPLATES, or the one that is answered when nobody set any."""
    return _text(templates, ENROLLMENT if is_enrollment else VERIFICATION) or DEFAULT


def spelled(code: str) -> str:
    """Return a code as it is read out: digit by digit, with a pause behind each."""
    return ", ".join(code)


def _text(document: Document | None, name: str) -> str:
    value = (document or {}).get(name)
    return value if isinstance(value, str) else ""
