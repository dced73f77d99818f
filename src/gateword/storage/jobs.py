"""Jobs: what was asked for, how far it is, and what went wrong on the way."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from gateword.domain.secret import Secret
from gateword.ports.crypto import Vault
from gateword.ports.queues import Job
from gateword.storage.columns import json_object, ms, ms_or_none, time, to_json
from gateword.storage.engine import Row, Value
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx

_ENDED: Final = frozenset({"completed", "failed"})
_COLUMNS: Final = "id, type, status, document, created_at, done"
_ADD: Final = Statement("""
    INSERT INTO jobs (tenant, id, type, status, document, done, input, created_at)
    VALUES (:tenant, :id, :type, :status, :document, :done, :input, :created_at)
""")
_GET: Final = Statement(
    f"SELECT {_COLUMNS} FROM jobs WHERE tenant = :tenant AND id = :id"  # noqa: S608  # constants
)
_ACTIVE: Final = Statement("""
    SELECT count(*) FROM jobs
    WHERE tenant = :tenant AND type = :type AND status IN ('pending', 'processing')
""")
# Who counts first holds the tenant's row, so that the next one's count sees what was added. Nobody
# who refers to that row waits for it.
_QUEUE_UP: Final = Statement("UPDATE tenants SET name = name WHERE key = :tenant")
_IS_DUE: Final = Statement("""
    SELECT key FROM jobs
    WHERE tenant = :tenant AND status IN ('pending', 'processing')
        AND type <> 'users_file' AND (claimed_until IS NULL OR claimed_until <= :at)
    LIMIT 1
""")
_NEXT: Final = Statement(
    """
    SELECT key FROM jobs
    WHERE tenant = :tenant AND status IN ('pending', 'processing')
        AND type <> 'users_file' AND (claimed_until IS NULL OR claimed_until <= :at)
    ORDER BY key LIMIT 1
    """,
    locking=True,
)
_CLAIM: Final = Statement("""
    UPDATE jobs SET status = 'processing', claimed_until = :until
    WHERE tenant = :tenant AND key = :key
        AND (claimed_until IS NULL OR claimed_until <= :at)
    RETURNING id, type, status, document, created_at, done
""")
_INPUT: Final = Statement("SELECT input FROM jobs WHERE tenant = :tenant AND id = :id")
_OUTPUT: Final = Statement("SELECT output FROM jobs WHERE tenant = :tenant AND id = :id")
_PUT_OUTPUT: Final = Statement(
    "UPDATE jobs SET output = :output WHERE tenant = :tenant AND id = :id"
)
_SAVE: Final = Statement("""
    UPDATE jobs SET status = :status, document = :document, done = :done, claimed_until = :until
    WHERE tenant = :tenant AND id = :id
""")
_IS_AS_IT_WAS: Final = Statement(
    """
    SELECT 1 FROM jobs
    WHERE tenant = :tenant AND id = :id AND done = :done AND status = 'processing'
    """,
    locking=True,
)
_TAKE: Final = Statement("""
    UPDATE jobs SET status = 'processing', claimed_until = :until
    WHERE tenant = :tenant AND id = :id AND status IN ('pending', 'processing')
        AND (claimed_until IS NULL OR claimed_until <= :at)
    RETURNING id, type, status, document, created_at, done
""")
_REMOVE: Final = Statement("DELETE FROM jobs WHERE tenant = :tenant AND id = :id")
_END: Final = Statement("""
    UPDATE jobs SET input = NULL, claimed_until = NULL, ended_at = :at
    WHERE tenant = :tenant AND id = :id
""")
_ADD_ERROR: Final = Statement("""
    INSERT INTO job_errors (tenant, job_key, document)
    SELECT tenant, key, :document FROM jobs WHERE tenant = :tenant AND id = :id
""")
_ERRORS: Final = Statement("""
    SELECT job_errors.document FROM job_errors JOIN jobs ON jobs.key = job_errors.job_key
    WHERE jobs.tenant = :tenant AND jobs.id = :id
    ORDER BY job_errors.key LIMIT :limit OFFSET :start
""")
_PURGE: Final = Statement("DELETE FROM jobs WHERE tenant = :tenant AND ended_at < :before")


class SqlJobs:
    """The jobs of one tenant (port `Jobs`)."""

    def __init__(self, database: TenantDatabase, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def add(self, job: Job, input_: bytes | None) -> None:
        row = self._row(job, input_)

        async def work(tx: TenantTx) -> None:
            await tx.run(_ADD, **row)

        await self._database.transact(work)

    async def admit(self, job: Job, input_: bytes | None, most: int) -> bool:
        row = self._row(job, input_)

        async def work(tx: TenantTx) -> bool:
            await tx.run(_QUEUE_UP)
            active = await tx.one(_ACTIVE, type=job.type)
            if active is None or active[0] >= most:
                return False
            await tx.run(_ADD, **row)
            return True

        return await self._database.transact(work)

    def _row(self, job: Job, input_: bytes | None) -> dict[str, Value]:
        sealed: bytes | None = None
        if input_ is not None:  # it may hold password hashes and seeds of second factors
            sealed = self._vault.seal(Secret(input_.decode("latin-1")), _context(job.id))
        return {
            "id": job.id,
            "type": job.type,
            "status": job.status,
            "document": to_json(job.document),
            "done": job.done,
            "input": sealed,
            "created_at": ms(job.created_at),
        }

    async def get(self, id_: str) -> Job | None:
        row = await self._database.one(_GET, id=id_)
        return None if row is None else _job(row)

    async def claim(self, at: datetime, until: datetime) -> Job | None:
        if await self._database.one(_IS_DUE, at=ms(at)) is None:
            return None  # the usual case: nothing to do costs no transaction

        async def work(tx: TenantTx) -> Job | None:
            found = await tx.one(_NEXT, at=ms(at))
            if found is None:
                return None
            row = await tx.one(_CLAIM, key=found[0], at=ms(at), until=ms(until))
            return None if row is None else _job(row)

        return await self._database.transact(work)

    async def take(self, id_: str, at: datetime, until: datetime) -> Job | None:
        async def work(tx: TenantTx) -> Job | None:
            row = await tx.one(_TAKE, id=id_, at=ms(at), until=ms(until))
            return None if row is None else _job(row)

        return await self._database.transact(work)

    async def remove(self, id_: str) -> None:
        async def work(tx: TenantTx) -> None:
            await tx.run(_REMOVE, id=id_)

        await self._database.transact(work)

    async def input(self, id_: str) -> bytes | None:
        row = await self._database.one(_INPUT, id=id_)
        if row is None or row[0] is None:
            return None
        return self._vault.open(row[0], _context(id_)).reveal().encode("latin-1")

    async def save(
        self,
        job: Job,
        at: datetime,
        until: datetime | None,
        errors: Sequence[Mapping[str, object]] = (),
    ) -> None:
        async def work(tx: TenantTx) -> None:
            await save_in(tx, job, at, until, errors)

        await self._database.transact(work)

    async def errors(self, id_: str, *, start: int, limit: int) -> Sequence[Mapping[str, object]]:
        rows = await self._database.all(_ERRORS, id=id_, start=start, limit=limit)
        return [json_object(document) for (document,) in rows]

    async def put_output(self, id_: str, output: bytes) -> None:
        async def work(tx: TenantTx) -> None:
            await tx.run(_PUT_OUTPUT, id=id_, output=output)

        await self._database.transact(work)

    async def output(self, id_: str) -> bytes | None:
        row = await self._database.one(_OUTPUT, id=id_)
        return None if row is None else row[0]

    async def purge(self, before: datetime) -> int:
        async def work(tx: TenantTx) -> int:
            return await tx.run(_PURGE, before=ms(before))

        return await self._database.transact(work)


def _context(id_: str) -> str:
    return f"jobs/{id_}/input"


async def is_as_it_was(tx: TenantTx, job: Job) -> bool:
    """Say whether nobody has moved a job meanwhile, and hold it until the transaction ends."""
    return await tx.one(_IS_AS_IT_WAS, id=job.id, done=job.done) is not None


async def save_in(
    tx: TenantTx,
    job: Job,
    at: datetime,
    until: datetime | None,
    errors: Sequence[Mapping[str, object]],
) -> None:
    """Store progress and further errors of a job inside a transaction."""
    await tx.run(
        _SAVE,
        id=job.id,
        status=job.status,
        document=to_json(job.document),
        done=job.done,
        until=ms_or_none(until),
    )
    for error in errors:
        await tx.run(_ADD_ERROR, id=job.id, document=to_json(error))
    if job.status in _ENDED:
        await tx.run(_END, id=job.id, at=ms(at))


def _job(row: Row) -> Job:
    id_, type_, status, document, created, done = row
    return Job(
        id=id_,
        type=type_,
        status=status,
        document=json_object(document),
        created_at=time(created),
        done=done,
    )
