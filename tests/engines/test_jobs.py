"""What the queue of jobs promises, on each engine."""

import asyncio
from typing import Final

import pytest

from gateword.ports.queues import Job
from tests.engines.house import NOON, House

MOST: Final = 2


def a_job(number: int, type_: str = "users_import") -> Job:
    """Return a job that has just been asked for."""
    return Job(
        id=f"job_{type_}_{number}", type=type_, status="pending", document={}, created_at=NOON
    )


@pytest.mark.parametrize("type_", ["users_import", "users_export"])
async def test_no_more_than_the_most_are_let_in_of_ten_at_once(house: House, type_: str) -> None:
    """Of ten who ask together, of two processes, two are let in, and only theirs are stored."""
    doors = (house.stores.jobs, house.other_worker().jobs)
    jobs = [a_job(number, type_) for number in range(10)]

    let_in = await asyncio.gather(
        *(doors[number % 2].admit(job, b"[]", MOST) for number, job in enumerate(jobs))
    )

    stored = [await house.stores.jobs.get(job.id) for job in jobs]
    assert MOST == sum(let_in)
    assert list(let_in) == [job is not None for job in stored]


async def test_next_one_is_let_in_when_one_has_ended(house: House) -> None:
    """Neither what has ended counts, nor another type, nor another tenant's."""
    neighbour = await house.neighbour()
    for number in range(MOST):
        assert await house.stores.jobs.admit(a_job(number), None, MOST)
    assert not await house.stores.jobs.admit(a_job(MOST), None, MOST)

    assert await house.stores.jobs.admit(a_job(MOST, "users_export"), None, MOST)
    assert await neighbour.stores.jobs.admit(a_job(MOST + 1), None, MOST)
    ended = Job(id=a_job(0).id, type="users_import", status="failed", document={}, created_at=NOON)
    await house.stores.jobs.save(ended, NOON, None)
    assert await house.stores.jobs.admit(a_job(MOST), None, MOST)
