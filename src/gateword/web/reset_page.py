"""`/u/reset-password`: behind the link of a letter or a ticket, a new password is chosen."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from starlette.responses import Response

from gateword.accounts import new_password
from gateword.accounts.links import Holder
from gateword.accounts.new_password import Chosen, NotChosen
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.policy.caller import caller, counted
from gateword.policy.password_options import PasswordPolicy, policy_of
from gateword.policy.password_policy import PERSONAL, Complaint
from gateword.policy.password_rules import Told, items_of, sentence
from gateword.ports.crypto import ASKER, Asker
from gateword.ports.parts import Parts
from gateword.values import dataclass
from gateword.web import page_form, pages, peer
from gateword.web.endpoint import Visit
from gateword.web.rate_limit import RateLimit

PAGE: Final = "/u/reset-password"
TITLE: Final = "Choose a new password"
DONE: Final = "Your password is changed"
GONE: Final = "This link does not work any more"
_DONE_TEXT: Final = "You can now log in with the new password."
_STATES: Final = {True: "kept", False: "broken"}


@dataclass(frozen=True, slots=True)
class ResetPage:
    """The page and what its form does; looking at it changes nothing."""

    body_timeout_s: float
    trusted_proxies: tuple[str, ...]
    limit: RateLimit

    async def get(self, visit: Visit) -> Response:
        """Show the form."""
        tenant, parts = await visit.tenancy.tenant(), visit.tenancy.parts
        ticket = page_form.asked_ticket(visit.request)
        held = await new_password.waiting(parts, Secret(ticket))
        return gone(tenant) if held is None else _form(visit, tenant, ticket, held)

    async def post(self, visit: Visit) -> Response:
        """Set the password, or say beside the field what is wrong with it."""
        tenant, parts = await visit.tenancy.tenant(), visit.tenancy.parts
        form = await page_form.sent(visit, PAGE, self.body_timeout_s)
        # One try may cost as many hashes as there are former passwords.
        taken = self.limit.take(page_form.fingerprint(form.shown_ticket))
        if taken is not None and not taken.admitted:
            raise Refused(Refusal.RATE_LIMITED, retry_after_s=max(1, math.ceil(taken.reset_s)))
        password = form.secret("password")
        if password != form.secret("again"):
            held = await new_password.waiting(parts, form.ticket)
            if held is None:
                return gone(tenant)
            # Both fields are empty again, so the first of them is where to go on.
            wrong = "The two passwords differ. Type the new one twice."
            return _form(visit, tenant, form.shown_ticket, held, wrong=wrong)
        who = caller(peer.read(visit.request, self.trusted_proxies), None)
        ASKER.set(Asker(tenant.domain, address=counted(who.ip)))
        match await new_password.choose(parts, form.ticket, password, who):
            case Chosen(held):
                return await _done(parts, tenant, held)
            case NotChosen(held, complaint):
                return _form(visit, tenant, form.shown_ticket, held, complaint)
            case None:
                return gone(tenant)


def gone(tenant: Tenant) -> Response:
    """Return the page behind a link that is worth nothing (any more)."""
    return pages.note(
        tenant,
        GONE,
        "It was used already, a newer letter took its place, or its time is over.",
        "Ask for a new letter where you wanted to log in.",
        status=410,
    )


def told_result(held: Holder, message: str) -> dict[str, str]:
    """Return what an application learns of how it went (Auth0: "Redirect users")."""
    email = {"email": held.email} if held.says("names_email") and held.email else {}
    return {**email, "success": "true", "message": message}


async def _done(parts: Parts, tenant: Tenant, held: Holder) -> Response:
    if held.result_url:
        return pages.redirect(tenant, held.result_url, told_result(held, _DONE_TEXT))
    back = await pages.back_to(parts, held.client_id)
    return pages.note(tenant, DONE, _DONE_TEXT, back=back)


def _form(
    visit: Visit,
    tenant: Tenant,
    ticket: str,
    held: Holder,
    complaint: Complaint | None = None,
    *,
    wrong: str = "",
) -> Response:
    policy = policy_of(held.connection.options)
    wrong = wrong if complaint is None else _said(complaint)
    return pages.page(
        tenant,
        "reset.html",
        TITLE,
        status=400 if wrong else 200,
        leads_to=held.result_url,
        ticket=ticket,
        seal=page_form.seal(visit.tenancy.parts, ticket, PAGE),
        account=held.email or held.user.username or held.user.user_id,
        wrong=wrong,
        rules=(rules := [_shown(rule) for rule in _rules(policy, complaint)]),
        are_broken=any(rule["state"] == "broken" for rule in rules),
        limits=_limits(policy),
    )


def _rules(policy: PasswordPolicy, complaint: Complaint | None) -> Sequence[Told]:
    """Return the rules, with what is kept of them when that is what was wrong."""
    description = complaint.description if complaint else ""
    found = description.get("rules") if isinstance(description, Mapping) else None
    if isinstance(found, list):
        return found
    return [{**rule, "verified": None} for rule in policy.strength.rules("")]


def _shown(rule: Told) -> dict[str, object]:
    verified = rule.get("verified")
    knows = verified is not None
    state = _STATES[bool(verified)] if knows else ""
    parts = [
        {"text": item["message"], "state": _STATES[bool(item["verified"])] if knows else ""}
        for item in items_of(rule)
    ]
    if state == "kept":
        parts = [{**part, "state": "kept" if part["state"] == "kept" else ""} for part in parts]
    return {"text": sentence(rule), "state": state, "parts": parts}


def _limits(policy: PasswordPolicy) -> str:
    found = []
    if policy.dictionary or policy.own_words:
        found.append("a common password")
    if policy.personal_fields:
        found.append("made of your name or address")
    if policy.history_size:
        found.append(f"one of your last {policy.history_size} passwords")
    return ", ".join([*found[:-2], " or ".join(found[-2:])])


def _said(complaint: Complaint) -> str:
    if complaint is PERSONAL:
        return "This password holds your name, your address or something else about you."
    text = complaint.description
    return f"{complaint.message}." if isinstance(text, Mapping) else f"{text.rstrip('.')}."
