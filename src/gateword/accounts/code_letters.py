"""Writes what carries a one-time code to its user: letters, text messages, and what is read out.

A tenant's text that cannot be used, or has no code in it, gives way to ours: it costs the tenant
its words and never the user the code.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from gateword.accounts import letter_templates, letter_words, links
from gateword.accounts.letter_words import Words
from gateword.domain.user import User
from gateword.policy import email_template, guardian_document, phone_messages
from gateword.ports.parts import Parts
from gateword.ports.queues import Letter
from gateword.values import replace

EMAIL: Final = "mfa_email"
KINDS: Final = frozenset({EMAIL, "mfa_sms", "mfa_voice"})
TEMPLATE: Final = "mfa_oob_code"
"""Auth0's name of the tenant's own letter."""

_SUBJECT: Final = "Your code"
_VOICE: Final = "voice"
_PAUSE: Final = ", "
_LOCALE: Final = "en"
_HALF_A_MINUTE: Final = timedelta(seconds=30)


async def written(parts: Parts, ordered: Letter) -> Letter | None:
    """Return the message of an order, with its code in it; None when the user is gone."""
    user = await parts.stores.users.by_id(ordered.user_id)
    if user is None:
        return None
    facts = {
        "code": ordered.order["code"],
        "connection": ordered.order.get("connection", ""),
        "client_id": ordered.order.get("client_id", ""),
        "user_name": user.email or user.username or "",
    }
    letter = replace(ordered, order={}, facts=facts)
    words = await _words(parts, ordered, user)
    if ordered.kind == EMAIL:
        return await _filled(parts, letter, words)
    is_enrollment = words["is_enrollment"] is True
    return replace(letter, text=await _said(parts, words, is_enrollment=is_enrollment))


async def _filled(parts: Parts, letter: Letter, words: Words) -> Letter:
    """Return a letter in the tenant's words where it has them switched on, in ours else.

    Auth0's switch of this letter chooses the words. Whether codes are sent is the factor's switch:
    a login that waits for a letter that never comes would help nobody.
    """
    kept = await parts.stores.documents.get(email_template.KIND, TEMPLATE)
    theirs = kept.document if kept and email_template.is_enabled(kept.document) else {}
    subject = letter_words.one_line(letter_words.their(theirs, "subject", words)) or _SUBJECT
    words = {**words, "subject": subject}
    html = letter_words.their(theirs, "body", words, html=True)
    if str(words["code"]) not in html:
        html = letter_templates.own(f"{EMAIL}.html", words)
    return replace(
        letter,
        subject=subject,
        text=letter_templates.own(f"{EMAIL}.txt", words),
        html=html,
        sender=letter_words.one_line(letter_words.their(theirs, "from", words)),
    )


async def _said(parts: Parts, words: Words, *, is_enrollment: bool) -> str:
    """Return the text of a message to a phone: one line, as both networks and voices want it."""
    stored = {one.id: one for one in await parts.stores.documents.all(guardian_document.KIND)}
    kept = phone_messages.setting(stored, phone_messages.TEMPLATES)
    source = phone_messages.template(kept.document if kept else None, is_enrollment=is_enrollment)
    text = letter_words.one_line(letter_words.their({"body": source}, "body", words))
    if str(words["code"]) in text:
        return text
    return letter_templates.filled(phone_messages.DEFAULT, words, html=False)


async def _words(parts: Parts, ordered: Letter, user: User) -> dict[str, object]:
    """Return what the message may name: what Auth0's may, and what other letters may."""
    order, is_voice = ordered.order, ordered.channel == _VOICE
    client = await parts.stores.clients.get(order.get("client_id", ""))
    tenant = await parts.stores.settings.get()
    to = ordered.to if ordered.kind == EMAIL else ""
    words = letter_words.of(tenant, client, order.get("connection", ""), user, to)
    code = order["code"]
    named = words["tenant"] if isinstance(words["tenant"], Mapping) else {}
    return {
        **words,
        "tenant": {**named, "friendlyName": words["friendly_name"]},
        "code": phone_messages.spelled(code) if is_voice else code,
        "pause": _PAUSE if is_voice else "",
        "message_type": ordered.channel,
        "locale": _LOCALE,
        "is_enrollment": bool(order.get("is_enrollment")),
        "lifetime": _left(ordered.expires_at, parts.clock.now()),
    }


def _left(expires_at: datetime | None, at: datetime) -> str:
    """Return for how long the code is good, in words; empty when it has no end."""
    if expires_at is None:
        return ""
    minutes = (expires_at - at + _HALF_A_MINUTE) // timedelta(minutes=1)
    return links.in_words(60 * minutes)
