"""What letters to users may name, and how a tenant's texts are filled with it."""

import logging
from collections.abc import Mapping
from typing import Final

from gateword.accounts import letter_templates
from gateword.domain.client import Client
from gateword.domain.tenant import Tenant
from gateword.domain.user import User
from gateword.policy import email_template
from gateword.policy.notice import Notice

Words = Mapping[str, object]

_log: Final = logging.getLogger("gateword.post")
_PROFILE: Final = ("name", "nickname", "given_name", "family_name", "picture")


def of(
    tenant: Tenant,
    client: Client | None,
    connection: str,
    user: User,
    to: str,
    notice: Notice | None = None,
) -> dict[str, object]:
    """Return what every letter to a user may name.

    Args:
        tenant: Whose letter it is.
        client: Where the user is about to log in, if that is known.
        connection: Name of the user's directory.
        user: Whom it is for.
        to: Where it goes.
        notice: What it tells of, if it tells of anything.
    """
    settings = tenant.document
    contact = {
        name: email_template.text_of(settings, name)
        for name in ("friendly_name", "support_email", "support_url", "picture_url")
    }
    contact["friendly_name"] = contact["friendly_name"] or tenant.name
    application = {} if client is None else {"name": client.name, "clientID": client.client_id}
    person = {name: user.profile.get(name, "") for name in _PROFILE}
    return {
        **contact,
        "tenant": {"name": tenant.name, "domain": tenant.domain, **contact},
        "application": application,
        "connection": {"name": connection},
        "time": notice.time if notice else "",
        "everywhere": notice is not None and notice.everywhere,
        "user": {
            **person,
            "email": to or user.email or "",
            "username": user.username or "",
            "user_id": user.user_id,
            "user_metadata": dict(user.user_metadata),
            "source_ip": notice.address if notice else "",
        },
    }


def their(theirs: Words, name: str, words: Words, *, html: bool = False) -> str:
    """Return a text of the tenant's template, filled in; empty when there is none to use."""
    source = email_template.text_of(theirs, name)
    try:
        return letter_templates.filled(source, words, html=html) if source else ""
    except ValueError as wrong:  # the letter goes out all the same, in our own words
        _log.warning("template_failed", extra={"member": name, "reason": str(wrong)})
        return ""


def one_line(text: str) -> str:
    """Return a text fit for the head of a letter."""
    return " ".join(text.split())
