"""Carries out jobs: imports, exports, and letters that verify an address.

A job is claimed by one process at a time, and goes on where it was when that process dies.
"""

import logging
from collections.abc import Mapping
from typing import ClassVar, Final

from gateword.accounts import verification
from gateword.accounts.export_users import Export, Written, users
from gateword.accounts.import_users import CLAIM, Import
from gateword.domain.connection import Connection
from gateword.domain.refused import Refused
from gateword.policy import json_stream
from gateword.policy.user_export import Field
from gateword.ports.parts import Parts
from gateword.ports.queues import Job
from gateword.values import dataclass, replace

_UNREADABLE: Final = (
    "Failed to parse users file JSON when importing users. Make sure it is valid JSON."
)
_ROUNDS: Final = 20
_log: Final = logging.getLogger("gateword.jobs")


class JobFailed(Exception):
    """A job cannot be done; the message is its `status_details`."""


@dataclass(frozen=True, slots=True)
class JobRunner:
    """What was asked for is done (port `Chore`)."""

    every_s: float = 0.5
    name: ClassVar[str] = "jobs"

    async def run(self, parts: Parts) -> None:
        """Do the jobs that wait; one that fails is told of as such."""
        for _ in range(_ROUNDS):
            now = parts.clock.now()
            job = await parts.stores.jobs.claim(now, now + CLAIM)
            if job is None:
                return
            try:
                await _carry_out(parts, job)
            except JobFailed as failed:
                await _fail(parts, job, str(failed))
            except Refused:  # the database is away: the claim runs out, and somebody goes on
                raise
            except Exception:  # noqa: BLE001  a bug in one job must not stop all behind it
                _log.exception("job_failed", extra={"job": job.id})
                await _fail(parts, job, "Internal error")


async def _carry_out(parts: Parts, job: Job) -> None:
    if job.type == "users_import":
        await _import(parts, job)
    elif job.type == "users_export":
        await _export(parts, job)
    else:
        await _verification_email(parts, job)


async def _import(parts: Parts, job: Job) -> None:
    connection = await _connection(parts, job)
    if connection is None:
        raise JobFailed("The connection does not exist")
    raw = await parts.stores.jobs.input(job.id) or b""
    try:
        items = list(json_stream.items([raw]))
    except json_stream.Unreadable:
        raise JobFailed(_UNREADABLE) from None
    await Import(parts, connection, len(items)).run(job, items)


async def _export(parts: Parts, job: Job) -> None:
    wanted = job.document
    connection = await _connection(parts, job)
    if connection is None and "connection_id" in wanted:
        raise JobFailed("The connection does not exist")
    limit = wanted.get("limit")
    export = Export(
        connection=connection,
        fields=_fields(wanted.get("fields")),
        form=str(wanted.get("format", "json")),
        limit=limit if isinstance(limit, int) else None,
    )
    written = Written(export)
    async for page in users(parts, connection, export.limit):
        for user in page:
            written.add(user)
        now = parts.clock.now()
        await parts.stores.jobs.save(job, now, now + CLAIM)
    await parts.stores.jobs.put_output(job.id, written.end())
    await _complete(parts, job)


async def _verification_email(parts: Parts, job: Job) -> None:
    user = await parts.stores.users.by_id(str(job.document.get("user_id", "")))
    if user is None:
        raise JobFailed("The user does not exist.")
    named = str(job.document.get("connection") or user.identities[0].connection)
    connection = await parts.stores.connections.named(named)
    if connection is None:
        raise JobFailed("The connection does not exist")
    client_id = job.document.get("client_id")
    await verification.send(
        parts, user, connection, client_id if isinstance(client_id, str) else None
    )
    await _complete(parts, job)


async def _connection(parts: Parts, job: Job) -> Connection | None:
    wanted = job.document.get("connection_id")
    known = await parts.stores.connections.all()
    return next((one for one in known if one.id == wanted), None)


def _fields(sent: object) -> list[Field] | None:
    if not isinstance(sent, list) or not sent:
        return None
    fields = [one for one in sent if isinstance(one, Mapping)]
    return [Field(str(one["name"]), str(one.get("export_as") or one["name"])) for one in fields]


async def _complete(parts: Parts, job: Job) -> None:
    document = dict(job.document) | {"percentage_done": 100}
    done = replace(job, status="completed", document=document)
    await parts.stores.jobs.save(done, parts.clock.now(), None)


async def _fail(parts: Parts, job: Job, why: str) -> None:
    stored = await parts.stores.jobs.get(job.id) or job
    failed = replace(
        stored, status="failed", document=dict(stored.document) | {"status_details": why}
    )
    await parts.stores.jobs.save(failed, parts.clock.now(), None)
