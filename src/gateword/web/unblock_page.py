"""`/u/unblock`: behind the link of a letter, a user ends the block after wrong passwords.

Mail programs open links by themselves, so looking at the page changes nothing: its button does.
"""

from typing import Final

from starlette.responses import Response

from gateword.accounts import unblocking
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.policy.caller import caller
from gateword.values import dataclass
from gateword.web import page_form, pages, peer
from gateword.web.endpoint import Visit
from gateword.web.reset_page import GONE, told_result

PAGE: Final = "/u/unblock"
TITLE: Final = "Logins to your account are blocked"
DONE: Final = "The block is lifted"
_DONE_TEXT: Final = "You can try to log in again."


@dataclass(frozen=True, slots=True)
class UnblockPage:
    """The page and what its button does."""

    body_timeout_s: float
    trusted_proxies: tuple[str, ...]

    async def get(self, visit: Visit) -> Response:
        """Show the button."""
        tenant, parts = await visit.tenancy.tenant(), visit.tenancy.parts
        ticket = page_form.asked_ticket(visit.request)
        held = await unblocking.waiting(parts, Secret(ticket))
        if held is None:
            return _gone(tenant)
        return pages.page(
            tenant,
            "unblock.html",
            TITLE,
            leads_to=held.result_url,
            ticket=ticket,
            seal=page_form.seal(parts, ticket, PAGE),
            account=held.email or held.user.username or held.user.user_id,
        )

    async def post(self, visit: Visit) -> Response:
        """Lift the block."""
        tenant, parts = await visit.tenancy.tenant(), visit.tenancy.parts
        form = await page_form.sent(visit, PAGE, self.body_timeout_s)
        who = caller(peer.read(visit.request, self.trusted_proxies), None)
        held = await unblocking.unblocked(parts, form.ticket, who)
        if held is None:
            return _gone(tenant)
        if held.result_url:
            return pages.redirect(tenant, held.result_url, told_result(held, _DONE_TEXT))
        back = await pages.back_to(parts, held.client_id)
        return pages.note(tenant, DONE, _DONE_TEXT, back=back)


def _gone(tenant: Tenant) -> Response:
    return pages.note(
        tenant,
        GONE,
        "It was used already, or its time is over.",
        "If you still cannot log in, choose a new password: that ends the block as well.",
        status=410,
    )
