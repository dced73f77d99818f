"""`/mfa/enrollment`: behind a link that an administrator made, a user sets up a second factor.

Looking at the page changes nothing; a factor is confirmed by its first proof, and the link with it.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from starlette.responses import Response

from gateword.accounts import links
from gateword.domain.login import Caller
from gateword.domain.mfa import Kind
from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.login import by_ticket
from gateword.login.by_ticket import Begun, Guest
from gateword.policy import mfa_params
from gateword.policy.caller import caller
from gateword.policy.mfa_params import Enrollment
from gateword.ports.parts import Parts
from gateword.values import dataclass
from gateword.web import admission, page_form, pages, peer, wire
from gateword.web.endpoint import Visit
from gateword.web.page_form import Form
from gateword.web.rate_limit import RateLimit

PAGE: Final = "/mfa/enrollment"
TITLE: Final = "Set up a second factor"
DONE: Final = "Your second factor is set up"
GONE: Final = "This link does not work any more"
_TEMPLATE: Final = "enrollment.html"
_QR: Final = "qr code"
_TITLES: Final[Mapping[Kind, str]] = {
    Kind.TOTP: "Scan this with your app",
    Kind.PUSH: "Scan this with your app",
    Kind.SMS: "Type the code from the message",
    Kind.VOICE: "Type the code from the call",
    Kind.EMAIL: "Type the code from the letter",
}
_WRONG: Final[Mapping[MfaRefusal, str]] = {
    MfaRefusal.OTP_WRONG: "This code is wrong, or its time is over. Type the one your app shows.",
    MfaRefusal.BINDING_CODE_WRONG: "This code is wrong. Look at the newest message.",
    MfaRefusal.PENDING: "Your device has not approved yet. Scan, approve, then go on.",
}
_BACK: Final[Mapping[MfaRefusal, str]] = {
    MfaRefusal.OOB_CODE_MALFORMED: "The time for that code is over. Begin again.",
    MfaRefusal.PUSH_DENIED: "Your device said no. Begin again.",
    MfaRefusal.FACTOR_OFF: "This way is not offered any more. Choose another one.",
    MfaRefusal.PHONE_NUMBER_INVALID: "Write the number with its country: +44 20 7183 8750.",
    MfaRefusal.TOO_MANY_AUTHENTICATORS: "You have too many second factors. Ask for help.",
    MfaRefusal.TOO_MANY_MESSAGES: "Too many codes were sent to you. Wait, then begin again.",
    MfaRefusal.TOO_MANY_PUSHES: "Your device was asked too often. Wait, then begin again.",
}


@dataclass(frozen=True, slots=True)
class EnrollmentPage:
    """The page and what its forms do."""

    body_timeout_s: float
    trusted_proxies: tuple[str, ...]
    limit: RateLimit

    async def get(self, visit: Visit) -> Response:
        """Show what there is to choose from."""
        tenant, ticket = await visit.tenancy.tenant(), page_form.asked_ticket(visit.request)
        guest = await _guest(visit.tenancy.parts, ticket)
        return _gone(tenant) if guest is None else await _choose(visit, tenant, guest, ticket)

    async def post(self, visit: Visit) -> Response:
        """Begin with a factor, or look at its proof."""
        tenant, parts = await visit.tenancy.tenant(), visit.tenancy.parts
        form = await page_form.sent(visit, PAGE, self.body_timeout_s)
        admission.take(visit, self.limit, page_form.fingerprint(form.shown_ticket))
        guest = await _guest(parts, form.shown_ticket)
        if guest is None:
            return _gone(tenant)
        who = caller(peer.read(visit.request, self.trusted_proxies), None)
        kind = next((one for one in Kind if one.value == form.texts.get("factor")), None)
        try:
            if kind is None:
                return await _choose(visit, tenant, guest, form.shown_ticket)
            if form.texts.get("step") != "confirm":
                wanted = _wanted(kind, form)
                begun = await by_ticket.begun(
                    parts, visit.tenancy.plugs, tenant, guest, wanted, who
                )
                return _prove(parts, tenant, form, begun)
            return await self._confirm(visit, tenant, guest, form, kind, who)
        except Refused as refused:
            return await _refused(visit, tenant, guest, form, refused)

    async def _confirm(
        self, visit: Visit, tenant: Tenant, guest: Guest, form: Form, kind: Kind, who: Caller
    ) -> Response:
        parts, oob_code = visit.tenancy.parts, form.texts.get("oob_code")
        uri = parts.stamp.opened(form.texts.get("barcode", ""), _QR) or ""
        begun = Begun(kind, uri, None, Secret(oob_code) if oob_code else None)
        try:
            code = await by_ticket.confirmed(parts, guest, begun, form.secret("code"), who)
        except Refused as refused:
            wrong = _WRONG.get(refused.refusal) if isinstance(refused.refusal, MfaRefusal) else None
            if wrong is None:
                raise
            if kind is Kind.TOTP:
                begun = await by_ticket.under_way(parts, tenant, guest) or begun
            return _prove(parts, tenant, form, begun, wrong)
        return _done(tenant, code)


async def _guest(parts: Parts, ticket: str) -> Guest | None:
    """Return whom a link lets in; None when it is worth nothing (any more)."""
    handle = Secret(ticket)
    found = await parts.stores.tickets.find(handle, links.ENROLL, parts.clock.now())
    held = await links.holder(parts, found)
    if held is None or held.user.blocked or not held.is_theirs:
        return None
    factor = str(held.ticket.document.get("factor") or "")
    more = held.says("allows_more")
    return by_ticket.guest(parts, handle, held.user, held.connection, factor, allows_more=more)


def _wanted(kind: Kind, form: Form) -> Enrollment:
    """Return what the form asks for, read as the MFA API reads it.

    Raises:
        Refused: PHONE_NUMBER_INVALID, PARAMETER_MISSING or INVALID_PARAMETER.
    """
    channel = next((name for name, one in mfa_params.CHANNELS.items() if one is kind), None)
    if channel is None:
        return mfa_params.enrollment({"authenticator_types": ["otp"]})
    members = {
        "authenticator_types": ["oob"],
        "oob_channels": [channel],
        "phone_number": form.texts.get("phone"),
        "email": form.texts.get("email"),
    }
    return mfa_params.enrollment(members)


async def _choose(
    visit: Visit, tenant: Tenant, guest: Guest, ticket: str, wrong: str = ""
) -> Response:
    parts = visit.tenancy.parts
    try:
        kinds = await by_ticket.choices(parts, guest)
    except Refused:
        text = "Your account has a second factor already. Ask for another link to set up one more."
        return pages.note(tenant, "You are all set", text, status=409)
    if not kinds:
        text = "No second factor can be set up at the moment. Ask whoever sent you the link."
        return pages.note(tenant, "Nothing to set up", text, status=409)
    return pages.page(
        tenant,
        _TEMPLATE,
        TITLE,
        status=400 if wrong else 200,
        mode="choose",
        kinds=[kind.value for kind in kinds],
        account=guest.user.email or guest.user.username or guest.user.user_id,
        email=guest.user.email or "",
        wrong=wrong,
        ticket=ticket,
        seal=page_form.seal(parts, ticket, PAGE),
    )


def _prove(parts: Parts, tenant: Tenant, form: Form, begun: Begun, wrong: str = "") -> Response:
    shown = wire.revealed({"oob_code": begun.oob_code, "seed": begun.seed})
    return pages.page(
        tenant,
        _TEMPLATE,
        _TITLES[begun.kind],
        status=400 if wrong else 200,
        mode="prove",
        kind=begun.kind.value,
        qr=_svg(begun.barcode_uri) if begun.barcode_uri else "",
        barcode=parts.stamp.sealed(begun.barcode_uri, _QR) if begun.kind is Kind.PUSH else "",
        target=form.texts.get("email" if begun.kind is Kind.EMAIL else "phone", ""),
        wrong=wrong,
        ticket=form.shown_ticket,
        seal=page_form.seal(parts, form.shown_ticket, PAGE),
        seed=shown["seed"],
        oob_code=shown["oob_code"],
    )


def _done(tenant: Tenant, recovery_code: Secret | None) -> Response:
    shown = wire.revealed({"code": recovery_code})["code"]
    return pages.page(tenant, _TEMPLATE, DONE, mode="done", recovery_code=shown)


async def _refused(
    visit: Visit, tenant: Tenant, guest: Guest, form: Form, refused: Refused
) -> Response:
    """Return the page of a refusal: where the user goes on, if there is a way on."""
    row = refused.refusal
    if row is MfaRefusal.ENROLLMENT_CLOSED:
        return _gone(tenant)
    if row in (Refusal.PARAMETER_MISSING, Refusal.INVALID_PARAMETER):
        text = "Write the address as in ann@example.com."
        return await _choose(visit, tenant, guest, form.shown_ticket, text)
    if isinstance(row, MfaRefusal) and row in _BACK:
        return await _choose(visit, tenant, guest, form.shown_ticket, _BACK[row])
    if row is MfaRefusal.ALREADY_ENROLLED:
        return await _choose(visit, tenant, guest, form.shown_ticket)
    raise refused


def _gone(tenant: Tenant) -> Response:
    return pages.note(
        tenant,
        GONE,
        "It was used already, or its time is over.",
        "Ask whoever sent it to you for a new one.",
        status=410,
    )


def _svg(text: str) -> str:
    library: Any = import_module("segno")  # needed with the first code only
    drawn: str = library.make(text, error="m", micro=False).svg_inline(
        scale=4, border=3, dark="#000", light="#fff", omitsize=True
    )
    return drawn
