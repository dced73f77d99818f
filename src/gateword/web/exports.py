"""`/exports/{ticket}`: the file of a finished export of users."""

from starlette.responses import Response

from gateword.accounts import export_link
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.web import wire
from gateword.web.endpoint import Visit


async def download(visit: Visit) -> Response:
    """Answer the file.

    Raises:
        Refused: NOT_FOUND: the address was never ours, or has expired.
    """
    parts = visit.tenancy.parts
    ticket = str(visit.request.path_params["ticket"])
    found = await export_link.opened(parts, ticket, parts.clock.now())
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    job, output = found
    name = f"{job.id}.{job.document.get('format', 'json')}.gz"
    headers = {**wire.NO_STORE, "content-disposition": f'attachment; filename="{name}"'}
    return Response(output, headers=headers, media_type="application/gzip")
