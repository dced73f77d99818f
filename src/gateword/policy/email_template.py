"""A tenant's letter as Auth0's Management API writes it.

Rule 1: pure. Source: Auth0 Management API v2 "Email Templates".
"""

from collections.abc import Mapping
from typing import Final

KIND: Final = "email_template"
NAMES: Final = (
    "verify_email", "verify_email_by_code", "reset_email", "reset_email_by_code",
    "welcome_email", "blocked_account", "stolen_credentials", "enrollment_email",
    "mfa_oob_code", "user_invitation", "change_password", "password_reset", "async_approval",
)  # fmt: skip
"""Those that Auth0 has. `verify_email`, `reset_email`, `blocked_account`, `stolen_credentials`,
`mfa_oob_code` and `enrollment_email` are sent here, the rest is stored."""

WRITTEN: Final = ("body", "subject", "from", "resultUrl")
"""Members that are texts with names in them."""


def text_of(template: Mapping[str, object], name: str) -> str:
    """Return a member that is a text; empty when there is none."""
    value = template.get(name)
    return value if isinstance(value, str) else ""


def is_enabled(template: Mapping[str, object] | None) -> bool:
    """Say whether a letter of that kind is sent at all."""
    return template is None or template.get("enabled") is not False
