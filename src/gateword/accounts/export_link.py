"""The address under which a finished export is fetched: it needs no token, and soon expires."""

from datetime import datetime, timedelta
from typing import Final

from gateword.ports.parts import Parts
from gateword.ports.queues import Job

LIVES: Final = timedelta(minutes=10)
"""From when it was asked for; asking for the job again makes another one."""

_PURPOSE: Final = "export"


def sealed(parts: Parts, job: Job, at: datetime) -> str:
    """Return the last step of the address."""
    return parts.stamp.sealed(f"{job.id} {int((at + LIVES).timestamp())}", _PURPOSE)


async def opened(parts: Parts, ticket: str, at: datetime) -> tuple[Job, bytes] | None:
    """Return the export and its file; None when the address is not ours, too old, or it is gone."""
    job_id, _, until = (parts.stamp.opened(ticket, _PURPOSE) or "").partition(" ")
    if not until.isdigit() or at.timestamp() >= int(until):
        return None
    job = await parts.stores.jobs.get(job_id)
    output = await parts.stores.jobs.output(job_id)
    return None if job is None or output is None else (job, output)
