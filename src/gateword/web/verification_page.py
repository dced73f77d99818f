"""`/u/email-verification`: behind the link of a letter or a ticket, an address is confirmed.

Mail programs open links by themselves, so looking at the page changes nothing: its button does.
"""

from typing import Final

from starlette.responses import Response

from gateword.accounts import verification
from gateword.domain.secret import Secret
from gateword.policy.caller import caller
from gateword.values import dataclass
from gateword.web import page_form, pages, peer
from gateword.web.endpoint import Visit
from gateword.web.reset_page import gone, told_result

PAGE: Final = "/u/email-verification"
TITLE: Final = "Verify your e-mail address"
DONE: Final = "Your e-mail address is verified"
_DONE_TEXT: Final = "Thank you. You can log in now."


@dataclass(frozen=True, slots=True)
class VerificationPage:
    """The page and what its button does."""

    body_timeout_s: float
    trusted_proxies: tuple[str, ...]

    async def get(self, visit: Visit) -> Response:
        """Show the button."""
        tenant, parts = await visit.tenancy.tenant(), visit.tenancy.parts
        ticket = page_form.asked_ticket(visit.request)
        held = await verification.waiting(parts, Secret(ticket))
        if held is None:
            return gone(tenant)
        return pages.page(
            tenant,
            "verify.html",
            TITLE,
            leads_to=held.result_url,
            ticket=ticket,
            seal=page_form.seal(parts, ticket, PAGE),
            account=held.email,
        )

    async def post(self, visit: Visit) -> Response:
        """Verify the address."""
        tenant, parts = await visit.tenancy.tenant(), visit.tenancy.parts
        form = await page_form.sent(visit, PAGE, self.body_timeout_s)
        who = caller(peer.read(visit.request, self.trusted_proxies), None)
        held = await verification.verified(parts, form.ticket, who)
        if held is None:
            return gone(tenant)
        if held.result_url:
            said = told_result(held, "Your email was verified.")
            return pages.redirect(tenant, held.result_url, said)
        back = await pages.back_to(parts, held.client_id)
        return pages.note(tenant, DONE, _DONE_TEXT, back=back)
