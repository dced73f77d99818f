import asyncio
import os
import sys
import threading
from collections.abc import Awaitable, Iterator
from typing import Never, TypeVar

import pytest

from gateword.crypto.hash_pool import HashPool
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused

T = TypeVar("T")

PATIENCE_S = 10
"""A wait that ends only when the pool is broken."""


class Gate:
    """A job that stays in its thread until it is let go."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.open = threading.Event()

    def __call__(self) -> str:
        self.entered.set()
        assert self.open.wait(PATIENCE_S)
        return "done"

    async def is_entered(self) -> None:
        """Wait until a thread has the job in its hands."""
        assert await asyncio.to_thread(self.entered.wait, PATIENCE_S)


@pytest.fixture
def gate() -> Iterator[Gate]:
    """A gate that is opened at the end, whatever happened."""
    made = Gate()
    yield made
    made.open.set()


@pytest.fixture
def pool() -> Iterator[HashPool]:
    """One thread, and a wait that no test reaches."""
    made = HashPool(1, max_wait_s=60)
    yield made
    made.stop()


async def soon(answer: Awaitable[T]) -> T:
    """Return an answer that does not let itself be waited for."""
    return await asyncio.wait_for(answer, PATIENCE_S)


async def begun(pool: HashPool, job: Gate) -> "asyncio.Task[str]":
    """Return a running task whose job is in a thread's hands."""
    task = asyncio.create_task(pool.run(job))
    await job.is_entered()
    return task


async def test_job_runs_in_another_thread_and_answers(pool: HashPool) -> None:
    """The loop's own thread hashes nothing."""
    assert threading.get_ident() != await pool.run(threading.get_ident)


async def test_jobs_run_at_once_when_there_are_threads() -> None:
    """Two threads have two jobs in hand."""
    pool, both = HashPool(2, max_wait_s=60), threading.Barrier(2)
    jobs = [pool.run(lambda: both.wait(PATIENCE_S)) for _ in range(2)]
    assert {0, 1} == set(await asyncio.gather(*jobs))
    pool.stop()


async def test_job_is_dropped_when_its_waiter_is_cancelled_before_it_began(
    pool: HashPool, gate: Gate
) -> None:
    """Promise D4: the hash of a client that has gone is never computed."""
    ran = []
    first = await begun(pool, gate)
    gone = asyncio.create_task(pool.run(lambda: ran.append("gone")))
    await asyncio.sleep(0)

    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    gate.open.set()

    assert "done" == await soon(first)
    assert await soon(pool.run(lambda: ran.append("next"))) is None
    assert ["next"] == ran


async def test_pool_lives_on_when_a_waiter_is_cancelled_in_the_middle(
    pool: HashPool, gate: Gate
) -> None:
    """A job that has begun ends by itself; its thread takes the next one."""
    gone = await begun(pool, gate)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    gate.open.set()
    assert 2 == await soon(pool.run(lambda: 1 + 1))


async def test_job_is_refused_over_the_expected_wait(gate: Gate) -> None:
    """Promise D4: past the bound the answer is BUSY, with whole seconds to wait."""
    pool = HashPool(1, max_wait_s=1.49)
    tasks = [await begun(pool, gate)]
    while pool.expected_wait_s() <= 1.49:
        tasks.append(asyncio.create_task(pool.run(lambda: "done")))
        await asyncio.sleep(0)

    with pytest.raises(Refused) as refused:
        await pool.run(lambda: pytest.fail("must not run"))

    assert (Refusal.BUSY, 2) == (refused.value.refusal, refused.value.retry_after_s)
    assert 50 == len(tasks)
    gate.open.set()
    assert {"done"} == set(await asyncio.gather(*tasks))
    pool.stop()


async def test_job_is_taken_at_the_bound_and_refused_past_it(gate: Gate) -> None:
    """With no patience at all a free thread still takes a job, and one second is the least."""
    pool = HashPool(1, max_wait_s=0)
    task = await begun(pool, gate)
    with pytest.raises(Refused) as refused:
        await pool.run(lambda: pytest.fail("must not run"))
    assert 1 == refused.value.retry_after_s
    gate.open.set()
    assert "done" == await task
    assert 2 == await soon(pool.run(lambda: 1 + 1))
    pool.stop()


async def test_threads_have_the_lowest_priority_and_the_loop_keeps_its_own(pool: HashPool) -> None:
    """Cheap requests go before hashes: on Linux the threads, and they alone, have nice 19."""

    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = niceness()
    expected = 19 if sys.platform == "linux" else before
    assert expected == await pool.run(niceness)
    assert before == niceness()


async def test_exception_reaches_the_waiter_and_the_thread_lives_on(pool: HashPool) -> None:
    """What a job raises is raised where it is awaited."""

    def fail() -> Never:
        raise ZeroDivisionError("by a job")

    with pytest.raises(ZeroDivisionError, match="by a job"):
        await pool.run(fail)
    assert 2 == await soon(pool.run(lambda: 1 + 1))


async def test_nothing_is_expected_to_wait_when_every_job_has_ended(
    pool: HashPool, gate: Gate
) -> None:
    """The count returns to zero however jobs ended: answered, failed or cancelled."""
    answered = await begun(pool, gate)
    failed = asyncio.create_task(pool.run(lambda: 1 // 0))
    cancelled = asyncio.create_task(pool.run(lambda: None))
    await asyncio.sleep(0)
    assert 0 < pool.expected_wait_s()

    cancelled.cancel()
    gate.open.set()
    await soon(asyncio.gather(answered, failed, cancelled, return_exceptions=True))

    assert 0 == pool.expected_wait_s()


def test_threads_end_when_the_pool_stops() -> None:
    """A stopped pool leaves no thread behind."""
    before = set(threading.enumerate())
    pool = HashPool(3, max_wait_s=1)
    made = set(threading.enumerate()) - before
    assert 3 == len(made)

    pool.stop()
    for thread in made:
        thread.join(PATIENCE_S)
    assert [] == [thread for thread in made if thread.is_alive()]
