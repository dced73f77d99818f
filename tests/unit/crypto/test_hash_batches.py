"""bcrypt hashes that wait are computed side by side, and everybody gets his own answer."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import bcrypt
import pytest

from gateword.crypto.hash_pool import HashPool
from gateword.crypto.passwords import PooledHasher
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.policy import hash_kind
from gateword.ports.crypto import ASKER, Asker, HashDropped
from gateword.telemetry.counters import Counters
from tests.unit.crypto.test_hash_pool import Gate, begun, soon

Pair = tuple[bytes, bytes]

TEN, EIGHT = hash_kind.of("$2b$10$"), hash_kind.of("$2y$08$")


class Panic(BaseException):
    """What comes of a panic in Rust, which is no `Exception`."""


class Lanes:
    """Lanes that take note of each batch: a password fits a hash that ends with it."""

    width = 4

    def __init__(self) -> None:
        self.batches: list[list[bytes]] = []

    def verify(self, jobs: Sequence[Pair]) -> list[bool]:
        """Note a batch and answer it; some passwords break a batch, and one breaks alone too."""
        self.batches.append([password for password, _ in jobs])
        words = {password for password, _ in jobs}
        if b"breaks" in words or (len(jobs) > 1 and b"breaks batches" in words):
            raise ZeroDivisionError("by a job")
        if b"panics" in words:
            raise Panic(f"at {words}")
        return [encoded.endswith(password) for password, encoded in jobs]


class Bench:
    """A pool of one thread, held by a gate while jobs are put in.

    Attributes:
        counters: What the pool counts and times.
    """

    def __init__(self) -> None:
        self.counters = Counters()
        self.pool = HashPool(1, 60, self.counters)
        self.lanes, self.gate = Lanes(), Gate()
        self.jobs: list[asyncio.Task[bool]] = []

    async def ask(
        self, *words: str, kind: hash_kind.HashKind = TEN, asker: Asker | None = None
    ) -> None:
        """Let jobs wait; each fits unless its word is `wrong`."""
        ASKER.set(asker or Asker())
        for word in map(str.encode, words):
            pair = (word, b"right" if word == b"wrong" else word)
            self.jobs.append(asyncio.create_task(self.pool.fits(self.lanes, pair, kind)))
        await asyncio.sleep(0)

    async def answers(self) -> list[object]:
        """Open the gate and return what each job came to."""
        self.gate.open.set()
        return await soon(asyncio.gather(*self.jobs, return_exceptions=True))

    def counted(self) -> dict[tuple[str, ...], int]:
        """Return the pool's counts and numbers of observations."""
        shot = self.counters.snapshot()
        times = {tuple(series): sum(buckets) for series, buckets, _ in shot.times}
        return times | {tuple(series): sum_ for series, sum_ in shot.counts}


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """A bench whose thread is held."""
    made = Bench()
    held = await begun(made.pool, made.gate)
    yield made
    made.gate.open.set()
    await soon(held)
    made.pool.stop()


async def test_job_alone_runs_at_once_and_alone(bench: Bench) -> None:
    """Lanes form only when work waits."""
    await bench.ask("a")
    assert [True] == await bench.answers()
    await bench.ask("b")
    assert [True, True] == await bench.answers()
    assert [[b"a"], [b"b"]] == bench.lanes.batches


async def test_jobs_that_wait_are_computed_together_up_to_the_width(bench: Bench) -> None:
    """Each gets his own answer."""
    await bench.ask("a", "wrong", "c", "d", "e")
    assert [True, False, True, True, True] == await bench.answers()
    assert [[b"a", b"wrong", b"c", b"d"], [b"e"]] == bench.lanes.batches


async def test_jobs_of_another_cost_wait_for_their_own_turn(bench: Bench) -> None:
    """Lanes of one batch have equal cost; the letter of the prefix is none."""
    await bench.ask("a")
    await bench.ask("b", kind=EIGHT)
    await bench.ask("c", kind=hash_kind.of("$2a$10$"))
    assert [True] * 3 == await bench.answers()
    assert [[b"a", b"c"], [b"b"]] == bench.lanes.batches


async def test_batch_is_of_all_who_ask(bench: Bench) -> None:
    """D4: one who floods takes no lanes from others."""
    await bench.ask("a1", "a2", "a3", "a4", "a5", asker=Asker("t", "app", "192.0.2.1"))
    await bench.ask("b", asker=Asker("t", "app", "192.0.2.2"))
    await bench.ask("c", asker=Asker("t", "other", "192.0.2.1"))
    await bench.answers()
    assert {b"a1", b"b", b"c"} <= set(bench.lanes.batches[0])


async def test_fault_in_a_batch_reaches_its_own_waiter_alone(bench: Bench) -> None:
    """When a batch breaks, its jobs are computed one by one."""
    await bench.ask("a", "breaks", "breaks batches", "wrong")
    first, broken, *others = await bench.answers()
    assert isinstance(broken, ZeroDivisionError)
    assert [True, True, False] == [first, *others]


async def test_panic_in_a_batch_reaches_its_own_waiter_and_the_thread_goes_on(
    bench: Bench,
) -> None:
    """D4: no password ends a thread; what the panic says of it is not passed on."""
    await bench.ask("a", "panics", "c")
    first, broken, third = await bench.answers()
    assert isinstance(broken, RuntimeError)
    assert ("hashing ended with Panic", None) == (str(broken), broken.__cause__)
    assert [True, True] == [first, third]
    await bench.ask("d")
    assert True is (await bench.answers())[-1]


async def test_who_hangs_up_leaves_his_lane_to_another(bench: Bench) -> None:
    """A waiter that is cancelled is dropped at once, and was not looked at."""
    await bench.ask("a", "b", "c", "d", "e")
    bench.jobs[1].cancel()
    await asyncio.sleep(0)
    assert 5 == bench.pool.depth()  # and the one that holds the thread

    answers = await bench.answers()

    assert isinstance(answers[1], asyncio.CancelledError)
    assert [[b"a", b"c", b"d", b"e"]] == bench.lanes.batches


async def test_hashes_are_measured_by_algorithm(bench: Bench) -> None:
    """Waits, work, how many side by side, and what was dropped."""
    await bench.ask("a", "b", "c")
    bench.jobs[2].cancel()
    await asyncio.sleep(0)  # so that it is heard before the thread goes on
    await bench.answers()
    assert {
        ("gateword_hash_wait_seconds", "bcrypt"): 2,
        ("gateword_hash_work_seconds", "bcrypt", "2"): 2,
        ("gateword_hashes_not_computed", "bcrypt", "dropped"): 1,
    } == {series: sum_ for series, sum_ in bench.counted().items() if series[1] == "bcrypt"}


async def test_flood_is_refused_and_others_get_in() -> None:
    """D4: over the bound who filled the queue is answered BUSY, and a newcomer waits his turn."""
    counters, gate = Counters(), Gate()
    pool = HashPool(1, 1.0, counters)
    held = await begun(pool, gate)
    ASKER.set(Asker("t", "flood", "192.0.2.1"))
    flood = [asyncio.create_task(pool.run(lambda: None)) for _ in range(50)]
    await asyncio.sleep(0)
    with pytest.raises(Refused) as refused:
        pool.check()
    ASKER.set(Asker("t", "app", "192.0.2.9"))
    pool.check()
    order: list[str] = []
    other = asyncio.create_task(pool.run(lambda: order.append("other")))
    await asyncio.sleep(0)
    gate.open.set()
    await soon(asyncio.gather(held, other, *flood, return_exceptions=True))
    pool.stop()

    assert (Refusal.BUSY, 2) == (refused.value.refusal, refused.value.retry_after_s)
    assert ["other"] == order
    lost = dict(counters.snapshot().counts)[("gateword_hashes_not_computed", "none", "refused")]
    assert 50 - 1.0 / 0.03 < lost < 20


async def test_who_is_pushed_out_is_answered_busy_and_was_not_looked_at() -> None:
    """D4: the newest jobs of who fills the queue make room, also of those who hang up just then."""
    gate, pool = Gate(), HashPool(1, 0.1)
    held, looked_at = await begun(pool, gate), list[int]()

    async def ask(number: int) -> str:
        try:
            await pool.run(lambda: looked_at.append(number))
        except Refused as refused:
            return refused.refusal.name
        except HashDropped:
            return "dropped"
        return "done"

    ASKER.set(Asker("t", "flood", "192.0.2.1"))
    jobs = [asyncio.create_task(ask(number)) for number in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Refused):
        pool.check()
    ASKER.set(Asker("t", "app", "192.0.2.1"))
    jobs.append(asyncio.create_task(ask(10)))
    await asyncio.sleep(0)
    ASKER.set(Asker("t", "another app", "192.0.2.1"))
    jobs.append(asyncio.create_task(ask(11)))
    asyncio.get_running_loop().call_soon(jobs[1].cancel)
    await asyncio.sleep(0)
    gate.open.set()
    outcomes = await soon(asyncio.gather(held, *jobs, return_exceptions=True))
    pool.stop()

    assert ["done", "done", "dropped", "BUSY", "done", "done"] == outcomes
    assert {0, 10, 11} == set(looked_at)


@pytest.mark.parametrize("threads", [1, 3])
async def test_no_more_hashes_run_than_there_are_threads(threads: int) -> None:
    """D4: memory is bounded by the threads, however many wait."""
    pool, gates = HashPool(threads, 60), [Gate() for _ in range(threads + 2)]
    jobs = [asyncio.create_task(pool.run(gate)) for gate in gates]
    for gate in gates[:threads]:
        await gate.is_entered()
    assert [True] * threads + [False] * 2 == [gate.entered.is_set() for gate in gates]
    for gate in gates:
        gate.open.set()
    await soon(asyncio.gather(*jobs))
    pool.stop()


@pytest.mark.parametrize("cost", [4, 8])
async def test_decoy_rides_as_a_real_hash_does(cost: int) -> None:
    """T2: unknown names, wrong and right passwords of one cost share a batch, or none does.

    Cheap hashes are padded, and so computed alone.
    """
    bench, lanes = Bench(), _Refereed()
    hasher = PooledHasher(bench.pool, b"pepper", memory_kib=8, passes=1, lanes=lanes)
    encoded = Secret(bcrypt.hashpw(b"right", bcrypt.gensalt(cost)).decode())
    decoy = hasher.decoy("con:nobody", {f"$2b${cost:02}$": 1})
    held = await begun(bench.pool, bench.gate)
    tried = [(encoded, "right"), (encoded, "wrong"), (decoy, "right"), (encoded, "x" * 1025)]
    jobs = [asyncio.create_task(hasher.verify(Secret(typed), one)) for one, typed in tried]
    await asyncio.sleep(0)
    bench.gate.open.set()

    assert [True, False, False, False] == await soon(asyncio.gather(*jobs))
    assert ([4] if cost == 8 else []) == [len(batch) for batch in lanes.batches]
    await soon(held)
    bench.pool.stop()


class _Refereed(Lanes):
    """Lanes that judge as bcrypt does."""

    def verify(self, jobs: Sequence[Pair]) -> list[bool]:
        """Note a batch and judge it."""
        self.batches.append([password for password, _ in jobs])
        return [bcrypt.checkpw(password, encoded) for password, encoded in jobs]
