"""`/`: what somebody sees who opens the address of the server in a browser."""

from typing import Final

from starlette.responses import Response

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.web import pages
from gateword.web.endpoint import Visit

TITLE: Final = "Gateword is running"


async def get(visit: Visit) -> Response:
    """Answer a page to browsers; for programs there is nothing here.

    Raises:
        Refused: NOT_FOUND, when the asker does not say that it reads pages.
    """
    if "text/html" not in visit.request.headers.get("accept", "").lower():
        raise Refused(Refusal.NOT_FOUND)
    tenant = await visit.tenancy.tenant()
    headers = {"vary": "Accept"}
    return pages.page(tenant, "home.html", TITLE, headers=headers, issuer=tenant.issuer)
