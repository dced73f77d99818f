"""Forms of our pages: what was sent, and whether our own page sent it (promise M7)."""

import hashlib
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.policy import token_params
from gateword.ports.parts import Parts
from gateword.values import dataclass
from gateword.web import wire
from gateword.web.endpoint import Visit

_FORM: Final = "application/x-www-form-urlencoded"
_MAX_TICKET_CHARS: Final = 128


@dataclass(frozen=True, slots=True)
class Form:
    """What a page of ours sent.

    Attributes:
        ticket: Handle of the link.
        shown_ticket: The same, to be written into the page again.
        texts: All members.
    """

    ticket: Secret
    shown_ticket: str
    texts: Mapping[str, str]

    def secret(self, name: str) -> Secret:
        """Return a member that is a secret; empty when it was not sent."""
        return Secret(self.texts.get(name, ""))


def asked_ticket(request: Request) -> str:
    """Return the handle in the address of a page."""
    return request.query_params.get("ticket", "")[:_MAX_TICKET_CHARS]


def seal(parts: Parts, ticket: str, page: str) -> str:
    """Return what proves that a form was made for this link by us."""
    return parts.stamp.sealed(fingerprint(ticket), page)


def fingerprint(ticket: str) -> str:
    """Return a text that stands for a handle without giving it away."""
    return hashlib.sha256(ticket.encode("utf-8", "surrogatepass")).hexdigest()[:32]


async def sent(visit: Visit, page: str, timeout_s: float) -> Form:
    """Read a form.

    Raises:
        Refused: FORM_FORGED when another site's page sent it, or nobody's; or what is wrong with
            the body.
    """
    request, parts = visit.request, visit.tenancy.parts
    tenant = await visit.tenancy.tenant()
    if not _is_ours(request, tenant.issuer.rstrip("/")):
        raise Refused(Refusal.FORM_FORGED, detail="origin")
    body = await wire.read_body(request, timeout_s, token_params.MAX_BODY_BYTES)
    kind = request.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() != _FORM:
        raise Refused(Refusal.MALFORMED_BODY, detail="no form")
    members = token_params.members(_FORM, body)
    texts = {name: value for name, value in members.items() if isinstance(value, str)}
    ticket = texts.get("ticket", "")[:_MAX_TICKET_CHARS]
    if parts.stamp.opened(texts.get("seal", ""), page) != fingerprint(ticket):
        raise Refused(Refusal.FORM_FORGED, detail="seal")
    return Form(Secret(ticket), ticket, texts)


def _is_ours(request: Request, own_origin: str) -> bool:
    origin = request.headers.get("origin")
    if origin is not None:
        return origin == own_origin
    return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
