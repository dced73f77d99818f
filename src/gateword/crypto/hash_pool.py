"""Low-priority threads for password hashes, with a queue that is bounded, and fair to who asks.

Measured: with hashing threads at nice 19 the 99th percentile of cheap requests stays under 10 ms
while every core hashes; `asyncio.to_thread` lets it grow several times over.
"""

import asyncio
import contextlib
import math
import os
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar

from gateword.crypto.fair_queue import FairQueue, Waiting
from gateword.crypto.hash_times import HashTimes
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.policy.hash_kind import HashKind
from gateword.ports.crypto import ASKER, HashDropped, Lanes
from gateword.ports.meter import HASH_LOST, HASH_WAITED, HASH_WORK, Meter

T = TypeVar("T")

Pair = tuple[bytes, bytes]
"""A password of at most 72 bytes, and a bcrypt hash."""

_NICE: Final = 19
_ALONE: Final = ""
_ANY: Final = HashKind(algorithm="none")
"""Stands for a hash of which nobody has said yet what it is."""


class _Job(Generic[T]):
    """A hash that somebody waits for.

    Attributes:
        do: Computes it.
        kind: What it costs.
        pair: Of bcrypt that may be computed beside others.
        lanes: Compute those.
        answer: Where its waiter gets the result.
        is_pushed_out: It was taken back for somebody who had less waiting.
    """

    __slots__ = ("answer", "asked_s", "do", "is_pushed_out", "kind", "lanes", "loop", "pair")

    def __init__(self, do: Callable[[], T], kind: HashKind, now_s: float) -> None:
        self.do, self.kind, self.asked_s = do, kind, now_s
        self.is_pushed_out = False
        self.pair: Pair | None = None
        self.lanes: Lanes | None = None
        self.loop = asyncio.get_running_loop()
        self.answer: asyncio.Future[T] = self.loop.create_future()

    def queue(self) -> str:
        """Return a name that those share which may be computed beside each other."""
        return self.kind.name if self.pair else _ALONE

    def computed(self) -> "_Outcome":
        """Compute it."""
        try:
            return self.do(), None
        except Exception as error:  # noqa: BLE001  the waiter must get it, whatever it is
            return None, error
        except BaseException as error:  # noqa: BLE001  as a panic of Rust: the thread has to go on
            # Not what it says: that may tell what was hashed.
            return None, RuntimeError(f"hashing ended with {type(error).__name__}")


_Outcome = tuple[object, Exception | None]


class HashPool:
    """Runs hashes, one a thread; of bcrypt several, when they wait.

    A job whose waiter was cancelled before it began is dropped: the client has gone.
    """

    def __init__(self, threads: int, max_wait_s: float, meter: Meter | None = None) -> None:
        """Start the threads.

        Args:
            threads: How many hashes run at once; the number of cores.
            max_wait_s: Expected wait before a job begins, over which it is refused, or another one
                of somebody who has more waiting.
            meter: Counts and times.
        """
        self._threads = threads
        self._most_s = max_wait_s * threads
        self._meter = meter
        self._times = HashTimes()
        # What follows is touched under its lock alone.
        self._change = threading.Condition(threading.Lock())
        self._queue: FairQueue[_Job[Any]] = FairQueue()
        self._running = 0
        self._running_s = 0.0
        self._busy = 0
        self._is_stopped = False
        for number in range(threads):
            threading.Thread(target=self._work, name=f"hash-{number}", daemon=True).start()

    def depth(self) -> int:
        """Return how many jobs were put in and are not finished."""
        with self._change:
            return len(self._queue) + self._running

    def expected_wait_s(self) -> float:
        """Return the seconds until the last job of those that wait would have begun."""
        with self._change:
            return self._ahead_s() / self._threads

    def check(self) -> None:
        """Return when a job would be taken now.

        Raises:
            Refused: BUSY, with the seconds after which to come again.
        """
        with self._change:
            late_s = self._late_s()
        if late_s:
            raise self._busy_for(_ANY, late_s)

    async def run(self, job: Callable[[], T], kind: HashKind = _ANY) -> T:
        """Run a job in a thread and return its result.

        Raises:
            Refused: BUSY, with the seconds after which to come again.
            HashDropped: The waiter was cancelled before the job began.
        """
        return await self._done(_Job(job, kind, time.monotonic()))

    async def fits(self, lanes: Lanes, pair: Pair, kind: HashKind) -> bool:
        """Say whether a password fits a bcrypt hash; beside others of its cost, when they wait.

        Raises:
            Refused: BUSY, with the seconds after which to come again.
            HashDropped: The waiter was cancelled before the job began.
        """
        job = _Job(lambda: lanes.verify([pair])[0], kind, time.monotonic())
        job.pair, job.lanes = pair, lanes
        return await self._done(job)

    def stop(self) -> None:
        """Let each thread end when nothing waits any more."""
        with self._change:
            self._is_stopped = True
            self._change.notify_all()

    async def _done(self, job: _Job[T]) -> T:
        cost_s = self._times.of(job.kind)
        with self._change:
            late_s = self._late_s()
            if not late_s:
                self._make_room()
                waiting = self._queue.put(job, ASKER.get(), job.queue(), cost_s)
                self._change.notify()
        if late_s:
            raise self._busy_for(job.kind, late_s)
        try:
            return await job.answer
        except asyncio.CancelledError:
            with self._change:
                has_not_begun = job.is_pushed_out or self._queue.drop(waiting)
            if not has_not_begun:
                raise
            self._lost(job.kind, "dropped")
            raise HashDropped from None

    def _ahead_s(self) -> float:
        """Return the seconds of a thread that a job put in now would wait for."""
        if len(self._queue) + self._busy < self._threads:
            return 0.0
        return self._queue.waiting_s + self._running_s / self._threads

    def _late_s(self) -> float:
        return self._queue.late_s(ASKER.get(), self._ahead_s(), self._most_s)

    def _make_room(self) -> None:
        """Push out what is too much, for somebody who has less waiting than others."""
        while (over_s := self._ahead_s() - self._most_s) > 0:
            pushed = self._queue.push_out(ASKER.get(), over_s)
            if pushed is None:
                return
            job = pushed.what
            job.is_pushed_out = True
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits there
                job.loop.call_soon_threadsafe(self._tell_busy, job, self._ahead_s())

    def _tell_busy(self, job: _Job[Any], late_s: float) -> None:
        if not job.answer.done():  # else its waiter was cancelled
            job.answer.set_exception(self._busy_for(job.kind, late_s))

    def _busy_for(self, kind: HashKind, late_s: float) -> Refused:
        wait_s = late_s / self._threads
        self._lost(kind, "refused")
        return Refused(
            Refusal.BUSY,
            detail=f"{self.depth()} hashes wait, about {wait_s:.1f} s",
            retry_after_s=max(1, math.ceil(wait_s)),
        )

    def _lost(self, kind: HashKind, why: str) -> None:
        if self._meter is not None:
            self._meter.count(HASH_LOST, kind.algorithm, why)

    def _work(self) -> None:
        _be_nice()
        while batch := self._taken():
            began_s = time.monotonic()
            outcomes = _computed([waiting.what for waiting in batch])
            ended_s = time.monotonic()
            with self._change:
                self._busy -= 1
                self._running -= len(batch)
                self._running_s -= sum(waiting.cost_s for waiting in batch)
            for waiting, outcome in zip(batch, outcomes, strict=True):
                job, share_s = waiting.what, (ended_s - began_s) / len(batch)
                with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits there
                    job.loop.call_soon_threadsafe(
                        self._deliver, job, outcome, began_s, share_s, len(batch)
                    )

    def _taken(self) -> list[Waiting[_Job[Any]]]:
        """Wait for jobs and return one, or several to be computed together; none at the end."""
        with self._change:
            while (first := self._queue.take()) is None:
                if self._is_stopped:
                    return []
                self._change.wait()
            batch, lanes = [first], first.what.lanes
            while lanes is not None and len(batch) < lanes.width:
                rider = self._queue.take(first.kind)
                if rider is None:
                    break
                batch.append(rider)
            self._busy += 1
            self._running += len(batch)
            self._running_s += sum(waiting.cost_s for waiting in batch)
            return batch

    def _deliver(
        self, job: _Job[Any], outcome: _Outcome, began_s: float, share_s: float, width: int
    ) -> None:
        self._times.learn(job.kind, width, share_s)
        if self._meter is not None:
            self._meter.took(HASH_WAITED, began_s - job.asked_s, job.kind.algorithm)
            self._meter.took(HASH_WORK, share_s, job.kind.algorithm, str(width))
        result, error = outcome
        if job.answer.done():
            return  # its waiter was cancelled
        if error is not None:
            job.answer.set_exception(error)
        else:
            job.answer.set_result(result)


def _computed(batch: Sequence[_Job[Any]]) -> list[_Outcome]:
    """Return what comes of each; what one breaks is its own affair."""
    lanes, pairs = batch[0].lanes, [job.pair for job in batch if job.pair]
    if lanes is not None and len(batch) > 1:
        with contextlib.suppress(BaseException):  # then one by one
            return [(fits, None) for _, fits in zip(batch, lanes.verify(pairs), strict=True)]
    return [job.computed() for job in batch]


def _be_nice() -> None:
    """Lower the priority of the calling thread alone; elsewhere than on Linux it is per process."""
    if hasattr(os, "setpriority") and os.uname().sysname == "Linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
