"""Writes the letters that were ordered at the doors: finds whom they are for, makes the link."""

from collections.abc import Mapping
from typing import Final

from gateword.accounts import (
    alerts,
    code_letters,
    directory,
    letter_templates,
    letter_words,
    links,
)
from gateword.accounts.letter_words import Words
from gateword.accounts.links import Purpose
from gateword.domain.connection import Connection
from gateword.domain.user import User
from gateword.policy import email_template
from gateword.policy import notice as notices
from gateword.policy.notice import ALERT, BLOCKED, GUESSED, STOLEN
from gateword.policy.web_address import is_web_address
from gateword.ports.parts import Parts
from gateword.ports.queues import Letter

ENROLLMENT: Final = "enrollment_email"
PURPOSES: Final[Mapping[str, str]] = {
    "verify_email": links.VERIFY,
    "reset_email": links.RESET,
    BLOCKED: links.UNBLOCK,
    STOLEN: links.RESET,
    GUESSED: links.RESET,
    ENROLLMENT: links.ENROLL,
}
SUBJECTS: Final[Mapping[str, str]] = {
    "verify_email": "Verify your e-mail address",
    "reset_email": "Choose a new password",
    BLOCKED: "Logins to your account are blocked",
    STOLEN: "Your password is known to strangers",
    GUESSED: "Somebody may know your password",
    ENROLLMENT: "Set up a second factor",
}
_MAX_LIFETIME_S: Final = 2_592_000


async def written(parts: Parts, ordered: Letter) -> Letter | None:
    """Return the letter that an order comes to, with a new link in it, or with the ordered code.

    Returns:
        None when nobody gets one: there is no such user, address or directory, or the tenant has
        switched letters of this kind off.
    """
    notice = notices.ordered(ordered.order)
    if ordered.kind == ALERT:
        return None if notice is None else await alerts.written(parts, notice)
    if ordered.kind in code_letters.KINDS:
        return await code_letters.written(parts, ordered)
    is_for_somebody = ordered.user_id and ordered.to
    user = await parts.stores.users.by_id(ordered.user_id) if is_for_somebody else None
    connection = await parts.stores.connections.named(ordered.order.get("connection", ""))
    kept = await parts.stores.documents.get(email_template.KIND, ordered.kind)
    template = kept.document if kept else None
    if user is None or connection is None or not email_template.is_enabled(template):
        return None
    client = await parts.stores.clients.get(ordered.order.get("client_id", ""))
    tenant = await parts.stores.settings.get()
    words = letter_words.of(tenant, client, connection.name, user, ordered.to, notice)
    theirs = template or {}
    purpose = _purpose(ordered, words, theirs, connection)
    link = _ready(ordered) or await _link(parts, user, purpose, connection)
    return _filled(ordered, theirs, {**words, **link})


def _ready(ordered: Letter) -> Mapping[str, str]:
    """Return the link that the order brings, as Auth0's template for enrolment calls it, too."""
    url = ordered.order.get("url", "")
    return {"url": url, "link": url, "lifetime": links.in_words(links.LIFETIME_S)} if url else {}


async def _link(
    parts: Parts, user: User, purpose: Purpose, connection: Connection
) -> Mapping[str, str]:
    """Return a new link and how long it lives; none where nobody may choose a password."""
    if purpose.name == links.RESET:
        if not directory.lets_choose(connection):
            return {}
        # Of several letters only the newest opens the door.
        await parts.stores.tickets.end(user.key, links.RESET)
    url = await links.issue(parts, user, purpose)
    return {"url": url, "lifetime": links.in_words(purpose.lifetime_s)}


def _purpose(ordered: Letter, words: Words, theirs: Words, connection: Connection) -> Purpose:
    result_url = letter_words.their(theirs, "resultUrl", words)
    lifetime_s = theirs.get("urlLifetimeInSeconds")
    if not isinstance(lifetime_s, int) or not 0 < lifetime_s <= _MAX_LIFETIME_S:
        lifetime_s = links.LIFETIME_S
    return Purpose(
        name=PURPOSES[ordered.kind],
        connection=connection.name,
        email=ordered.to,
        result_url=result_url if is_web_address(result_url) else "",
        verifies=True,  # whoever holds the link has read the letter
        names_email=theirs.get("includeEmailInRedirect") is True,
        client_id=ordered.order.get("client_id", ""),
        lifetime_s=lifetime_s,
    )


def _filled(ordered: Letter, theirs: Words, words: Words) -> Letter:
    subject = (
        letter_words.one_line(letter_words.their(theirs, "subject", words))
        or SUBJECTS[ordered.kind]
    )
    words = {**words, "subject": subject}
    own_html = letter_templates.own(f"{ordered.kind}.html", words)
    return Letter(
        to=ordered.to,
        kind=ordered.kind,
        subject=subject,
        text=letter_templates.own(f"{ordered.kind}.txt", words),
        html=letter_words.their(theirs, "body", words, html=True) or own_html,
        sender=letter_words.one_line(letter_words.their(theirs, "from", words)),
        user_id=ordered.user_id,
    )
