"""Jobs are carried out once, by whoever is there, on both engines."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from gateword.accounts.import_users import CHUNK
from gateword.accounts.job_runner import JobRunner
from gateword.domain.connection import Connection
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.ports.parts import Parts, Stores
from gateword.ports.queues import Job
from gateword.storage.statement import AcrossTenants
from tests.engines.house import NOON, CountingDice, House


class AnyHasher:
    """Recognises every hash."""

    def recognises(self, _: Secret) -> bool:
        return True

    def is_outdated(self, _: Secret) -> bool:
        return True


class DyingImports:
    """Stores chunks until its process dies."""

    def __init__(self, real: Any, lives: int) -> None:
        self._real = real
        self._lives = lives

    async def land(self, *args: Any, **more: Any) -> Job | None:
        if self._lives == 0:
            raise Refused(Refusal.STORE_UNREACHABLE, "gone")
        self._lives -= 1
        landed: Job | None = await self._real.land(*args, **more)
        return landed


@dataclass
class Office:
    """A house with a database, and jobs in it."""

    house: House
    connection: Connection

    def parts(self, **stores: Any) -> Parts:
        """Return the toolbox, with stores changed."""
        found: Stores = replace(self.house.stores, **stores)
        given: dict[str, Any] = dict.fromkeys(
            (
                "signer", "verifier", "device_keys", "stamp", "key_maker", "telemetry", "breaches",
                "scripts",
            ),
            None,
        )  # fmt: skip
        names = Parts.__dataclass_fields__.keys() & given.keys()
        return Parts(
            stores=found,
            hasher=AnyHasher(),  # type: ignore[arg-type]  # no more than an import asks of it
            clock=self.house.clock,
            dice=CountingDice(),
            **{name: given[name] for name in names},
        )

    async def add(self, type_: str, document: Mapping[str, object], file: object = None) -> None:
        """Add the job `job_1`."""
        raw = None if file is None else json.dumps(file).encode()
        job = Job(id="job_1", type=type_, status="pending", document=document, created_at=NOON)
        await self.house.stores.jobs.add(job, raw)

    async def job(self) -> Job:
        """Return the job as it is stored."""
        job = await self.house.stores.jobs.get("job_1")
        assert job is not None
        return job


@pytest.fixture
async def office(house: House) -> Office:
    """An office with the database Customers."""
    return Office(house, await house.add_connection("Customers"))


async def test_import_goes_on_where_another_process_died(
    office: Office,
) -> None:
    """Nobody takes it before the claim runs out; then no item is done twice."""
    items = [{"email": f"u{number}@x.test"} for number in range(250)]
    items[5] = items[201] = {"email": "nobody"}
    await office.add("users_import", {"connection_id": office.connection.id}, items)
    dying = DyingImports(office.house.stores.user_imports, 200 // CHUNK)
    with pytest.raises(Refused):
        await JobRunner().run(office.parts(user_imports=dying))
    assert ("processing", 200) == ((await office.job()).status, (await office.job()).done)

    await JobRunner().run(office.parts())
    assert 200 == (await office.job()).done
    office.house.clock.pass_s(31)
    await JobRunner().run(office.parts())

    job = await office.job()
    summary = {"failed": 2, "updated": 0, "inserted": 248, "total": 250}
    assert ("completed", summary, 100) == (
        job.status, job.document["summary"], job.document["percentage_done"],
    )  # fmt: skip
    assert 2 == len(await office.house.stores.jobs.errors("job_1", start=0, limit=9))
    users = await office.house.stores.users.page(
        connection_key=office.connection.key, after=0, limit=1000
    )
    assert 248 == len(users)
    assert None is await office.house.stores.jobs.input("job_1")


@pytest.mark.parametrize(
    ("type_", "document", "why"),
    [
        ("users_import", {"connection_id": "con_gone"}, "The connection does not exist"),
        ("users_export", {"connection_id": "con_gone"}, "The connection does not exist"),
        ("verification_email", {"user_id": "auth0|gone"}, "The user does not exist."),
    ],
)
async def test_job_about_what_is_gone_fails_and_says_so(
    office: Office, type_: str, document: dict[str, object], why: str
) -> None:
    """What was there when it was asked for may be gone when its turn comes."""
    await office.add(type_, document, [])
    await JobRunner().run(office.parts())
    job = await office.job()
    assert ("failed", why) == (job.status, job.document["status_details"])


async def test_job_that_trips_over_a_bug_holds_up_nobody(office: Office) -> None:
    """It is told of as failed, without what went wrong inside."""
    await office.add("users_export", {"limit": 1})
    await JobRunner().run(office.parts(users=None))
    job = await office.job()
    assert ("failed", "Internal error") == (job.status, job.document["status_details"])


async def test_ended_jobs_go_after_a_day(office: Office) -> None:
    """Auth0 keeps what belongs to a job for 24 hours."""
    await office.add("users_import", {"connection_id": office.connection.id}, [{"email": "x"}])
    await JobRunner().run(office.parts())
    jobs = office.house.stores.jobs
    assert 0 == await jobs.purge(NOON)
    assert 1 == await jobs.purge(NOON + timedelta(hours=24))
    assert () == tuple(await jobs.errors("job_1", start=0, limit=9))


async def test_file_of_an_import_is_sealed_until_it_is_done(office: Office) -> None:
    """K5: it may hold hashes and seeds; it comes back byte for byte, and goes with the end."""
    raw = bytes(range(256))
    job = Job(id="job_2", type="users_file", status="pending", document={}, created_at=NOON)
    jobs = office.house.stores.jobs
    await jobs.add(job, raw)
    assert raw == await jobs.input("job_2")
    found = await office.house.database.one(
        AcrossTenants("SELECT input FROM jobs WHERE id = 'job_2'")
    )
    assert found is not None
    assert bytes(found[0]).startswith(b"jobs/job_2/input:")
    await jobs.save(replace(job, status="completed"), NOON, None)
    assert None is await jobs.input("job_2")
