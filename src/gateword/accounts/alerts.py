"""Plain letters to whoever runs the tenant, about what attack protection met."""

from typing import Final

from gateword.accounts import letter_templates, links
from gateword.domain.protection import Protection
from gateword.domain.tenant import Tenant
from gateword.policy import notice as notices
from gateword.policy.email_template import text_of
from gateword.policy.notice import (
    ALERT,
    ATTACKED,
    CHANGE,
    LEAKED,
    LOGIN,
    PRESSED,
    SIGNUP,
    Notice,
    Pace,
)
from gateword.ports.attempts import Bucket
from gateword.ports.parts import Parts
from gateword.ports.queues import Letter

_SHIELD: Final = "letters"
_SUBJECTS: Final = {
    PRESSED: "too many tries from one address",
    LEAKED: "a password from a data breach was used",
    ATTACKED: "far more logins fail than usual",
}
_TRIES: Final = {LOGIN: "failed logins", SIGNUP: "sign-ups"}
_DEEDS: Final = {
    LOGIN: "Somebody logged in with a password",
    SIGNUP: "Somebody signed up with a password",
    CHANGE: "Somebody chose a new password",
}
_EVENTS: Final = {
    (PRESSED, LOGIN): "limit_mu",
    (PRESSED, SIGNUP): "limit_mu",
    (LEAKED, LOGIN): "pwd_leak",
    (LEAKED, SIGNUP): "signup_pwd_leak",
    (LEAKED, CHANGE): "reset_pwd_leak",
    (ATTACKED, LOGIN): "pla",
}


async def order(parts: Parts, notice: Notice) -> None:
    """Have the operator told of something, unless nobody is named or wants to know."""
    if notices.is_told(await parts.stores.protection.get(), notice):
        letter = Letter(to="", kind=ALERT, order=notice.order())
        await parts.stores.outbox.add(letter, notice.at)


async def written(parts: Parts, notice: Notice) -> Letter | None:
    """Return the letter that an order comes to.

    Returns:
        None when nobody is named, nobody wants to know, or a letter about it went out so lately
        that none is due.
    """
    protection = await parts.stores.protection.get()
    to, pace = protection.extras.admin_email, notices.pace(protection, notice)
    if not to or pace is None:
        return None
    bucket = Bucket(
        shield=_SHIELD, key=pace.key, size=1, refill_ms=pace.pause_ms, spends_always=True
    )
    if await parts.stores.attempts.take([bucket], parts.clock.now()) is not None:
        return None
    tenant = await parts.stores.settings.get()
    name = text_of(tenant.document, "friendly_name") or tenant.name
    return Letter(
        to=to,
        kind=ALERT,
        subject=" ".join(f"{name}: {_SUBJECTS[notice.what]}".split()),
        text=letter_templates.own("admin_alert.txt", _words(tenant, protection, notice, pace)),
    )


def _words(tenant: Tenant, protection: Protection, notice: Notice, pace: Pace) -> dict[str, object]:
    is_leak = notice.what == LEAKED
    blocks = (
        notices.leak_shields(protection, notice.flow).blocks
        if is_leak
        else protection.suspicious_ip.blocks
    )
    return {
        "tenant": tenant.name,
        "domain": tenant.domain,
        "is_leak": is_leak,
        "is_attack": notice.what == ATTACKED,
        "tries": _TRIES.get(notice.flow, ""),
        "deed": _DEEDS[notice.flow],
        "address": notice.address,
        "time": notice.time,
        "blocks": blocks,
        "is_hourly": pace.pause_ms == notices.HOUR_MS,
        "pause": links.in_words(pace.pause_ms // 1000),
        "event": _EVENTS[notice.what, notice.flow],
    }
