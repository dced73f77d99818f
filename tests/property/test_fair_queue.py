"""The queue of hashes under any order of asking, taking and hanging up."""

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gateword.crypto.fair_queue import FairQueue, Waiting
from gateword.ports.crypto import Asker

COST_S = 0.1
WIDTH = 4
KINDS = ("", "bcrypt 10", "bcrypt 12")
askers = st.builds(
    Asker, st.sampled_from("st"), st.sampled_from("ab"), st.sampled_from(["1", "2", "3"])
)


class Queue(RuleBasedStateMachine):
    """What waits is what was put in, was not taken and was not dropped."""

    @initialize()
    def begin(self) -> None:
        """Begin with an empty queue."""
        self.queue: FairQueue[int] = FairQueue()
        self.waiting: dict[int, Waiting[int]] = {}
        self.gone: list[Waiting[int]] = []
        self.number = 0

    @rule(asker=askers, kind=st.sampled_from(KINDS), cost_s=st.sampled_from([COST_S, 1.0, 0.01]))
    def put(self, asker: Asker, kind: str, cost_s: float) -> None:
        """Somebody asks."""
        self.number += 1
        self.waiting[self.number] = self.queue.put(self.number, asker, kind, cost_s)

    @rule(kind=st.sampled_from([None, *KINDS]))
    def take(self, kind: str | None) -> None:
        """A thread takes the next job, or one of a kind: one that waits, the first of its asker."""
        taken = self.queue.take(kind)
        of_kind = [one for one in self.waiting.values() if kind in (None, one.kind)]
        if taken is None:
            assert [] == of_kind
            return
        assert self.waiting.pop(taken.what) is taken
        self.gone.append(taken)
        assert taken.what == min(one.what for one in of_kind if one.asker == taken.asker)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def drop(self, data: st.DataObject) -> None:
        """A client that waits hangs up."""
        number = data.draw(st.sampled_from(sorted(self.waiting)))
        dropped = self.waiting.pop(number)
        assert self.queue.drop(dropped)
        self.gone.append(dropped)

    @rule(asker=askers, over_s=st.sampled_from([0.001, COST_S, 1.0]))
    def push_out(self, asker: Asker, over_s: float) -> None:
        """Somebody has less waiting: another's newest job goes."""
        pushed = self.queue.push_out(asker, over_s)
        if pushed is not None:
            assert self.waiting.pop(pushed.what) is pushed
            self.gone.append(pushed)
            theirs = [one.what for one in self.waiting.values() if one.asker == pushed.asker]
            assert pushed.asker != asker
            assert pushed.what > max(theirs, default=0)

    @precondition(lambda self: self.gone)
    @rule(data=st.data())
    def drop_what_is_gone(self, data: st.DataObject) -> None:
        """Who hangs up when the job is taken changes nothing."""
        assert not self.queue.drop(data.draw(st.sampled_from(self.gone)))

    @invariant()
    def counts_what_waits(self) -> None:
        """Nothing is lost, and nothing is counted twice."""
        expected_s = sum(one.cost_s for one in self.waiting.values())
        assert len(self.waiting) == len(self.queue)
        assert abs(expected_s - self.queue.waiting_s) < 1e-6

    def teardown(self) -> None:
        """Everything that waits is taken in the end, once."""
        rest = iter(self.queue.take, None)
        assert sorted(self.waiting) == sorted(one.what for one in rest)


class EqualJobs(RuleBasedStateMachine):
    """Of askers that always have something waiting each has a turn before long."""

    @initialize(addresses=st.integers(2, 6))
    def begin(self, addresses: int) -> None:
        """Everybody has a job."""
        self.queue: FairQueue[str] = FairQueue()
        self.served: Counter[str] = Counter({str(n): 0 for n in range(addresses)})
        self.waiting: Counter[str] = Counter()
        self.passed: Counter[str] = Counter()
        for address in self.served:
            self._ask(address)

    def _ask(self, address: str) -> None:
        self.waiting[address] += 1
        self.queue.put(address, Asker("t", "app", address), "bcrypt 10", COST_S)

    @rule(data=st.data(), more=st.integers(1, 20))
    def flood(self, data: st.DataObject, more: int) -> None:
        """One of them asks for many more."""
        address = data.draw(st.sampled_from(sorted(self.served)))
        for _ in range(more):
            self._ask(address)

    @rule(width=st.integers(1, WIDTH))
    def take(self, width: int) -> None:
        """A thread takes a batch, and whoever was served asks again.

        The rest of a batch goes to those who have something waiting, which keeps nobody else from
        anything. Whoever asks again after it was taken is behind those who waited meanwhile.
        """
        first = self.queue.take()
        assert first is not None
        self.passed.update(self.served.keys())
        batch = [first, *(self.queue.take("bcrypt 10") for _ in range(width - 1))]
        for one in batch:
            if one is not None:
                self.served[one.what] += 1
                self.passed[one.what] = 0
                self.waiting[one.what] -= 1
                if not self.waiting[one.what]:
                    self._ask(one.what)
        assert max(self.passed.values()) <= 2 * len(self.served)


TestQueue = Queue.TestCase
TestQueue.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestEqualJobs = EqualJobs.TestCase
TestEqualJobs.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
