"""Hashes that wait, in an order that is fair to who asks for them.

Tenants take turns, in a tenant its clients, in a client its users' addresses. A turn is paid for in
estimated seconds: whoever asks for dear hashes gets fewer of them. Nobody saves up: who comes back
begins where the others are, and is next. It is start-time fair queueing (Goyal, Vin, Cheng:
"Start-time Fair Queueing", SIGCOMM 1996), once for each level, by the clock of weighted fair
queueing, so that askers who come but once do not keep the others from their turns.

When it is full, who has less waiting than others gets in, and the newest job of whoever has most
is pushed out: of the tenant with most, in it of the client with most, in that of the address. So
no tenant or client can fill it against another, from however many addresses.

Rule 1: no clock, no threads, no event loop: whoever calls it holds a lock. Rule 2: what it keeps is
bounded by what waits and by what it has served of late.
"""

from bisect import bisect_left, insort
from collections import Counter, OrderedDict
from collections.abc import Iterator
from itertools import count
from typing import Final, Generic, TypeVar

from gateword.ports.crypto import Asker
from gateword.values import dataclass, field

T = TypeVar("T")

_FEW_DEBTS: Final = 64
"""How many of those who have gone may be remembered without being looked over."""

_SAME_S: Final = 1e-6
"""By so much sums of seconds may differ that are equal."""


@dataclass(slots=True, eq=False)
class Waiting(Generic[T]):
    """A job that waits.

    Attributes:
        what: The job.
        kind: Jobs of one kind may be done together.
        cost_s: Estimated seconds of a thread.
    """

    what: T
    asker: Asker
    kind: str
    cost_s: float
    number: int = -1


@dataclass(slots=True, eq=False)
class _Group(Generic[T]):
    """Who shares one turn: all, a tenant, a client, or at last one asker and the jobs that wait.

    Attributes:
        due_s: When its next turn begins, by the clock of the group that it is in.
        is_served: It has had a turn since it came.
        clock_s: Seconds that a member with something waiting should have had by now.
        order: Members by their turns; of those due together who has had none goes first.
        debts: When members that have gone would have been due.
        jobs: Of one asker, by kind and number.
        kinds: How many jobs of each kind wait here.
    """

    name: str = ""
    due_s: float = 0.0
    number: int = 0
    is_served: bool = False
    clock_s: float = 0.0
    waiting_s: float = 0.0
    members: dict[str, "_Group[T]"] = field(default_factory=dict)
    order: list["_Place[T]"] = field(default_factory=list)
    debts: dict[str, float] = field(default_factory=dict)
    jobs: dict[str, OrderedDict[int, Waiting[T]]] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)

    def place(self) -> "_Place[T]":
        """Return what stands for it in the order of its group."""
        return self.due_s, self.is_served, self.number, self

    def entered(self, name: str, number: int) -> "_Group[T]":
        """Return a member; one that is new here begins where the others are."""
        member = self.members.get(name)
        if member is None:
            due_s = max(self.clock_s, self.debts.pop(name, 0.0))
            member = self.members[name] = _Group(name, due_s, number)
            insort(self.order, member.place())
        return member

    def paid(self, member: "_Group[T]", cost_s: float) -> None:
        """Let a member pay for a job; it leaves when it has no other."""
        self.clock_s += cost_s / len(self.order)
        del self.order[bisect_left(self.order, member.place())]
        member.due_s += cost_s
        member.is_served = member.is_served or cost_s > 0
        if member.kinds:
            insort(self.order, member.place())
            return
        del self.members[member.name]
        if member.due_s > self.clock_s:
            self.debts[member.name] = member.due_s
        if len(self.debts) > len(self.members) + _FEW_DEBTS:
            self.debts = {who: due for who, due in self.debts.items() if due > self.clock_s}

    def next_of(self, kind: str | None) -> "_Group[T]":
        """Return the member whose turn it is, of those with such a job."""
        if kind is None:
            member = self.order[0][-1]
            self.clock_s = max(self.clock_s, member.due_s)
            return member
        return next(member for *_, member in self.order if kind in member.kinds)

    def first(self, kind: str | None) -> Waiting[T]:
        """Return the job that has waited longest."""
        lines = self.jobs.values() if kind is None else (self.jobs[kind],)
        return min((next(iter(line.values())) for line in lines), key=lambda one: one.number)

    def newest_of_most(self) -> Waiting[T]:
        """Return the last job of the member with most waiting, and in it likewise."""
        group = self
        while group.members:
            group = max(group.members.values(), key=lambda one: (one.waiting_s, one.number))
        lines = group.jobs.values()
        return max((next(reversed(line.values())) for line in lines), key=lambda one: one.number)

    def richest(self, but: "_Group[T] | None") -> "_Group[T] | None":
        """Return the member with most waiting of those with more than one job, but for one."""
        if self.kinds.total() == len(self.members):  # a job each: a crowd is not looked through
            return None
        others = (one for one in self.members.values() if one is not but and one.kinds.total() > 1)
        return max(others, key=lambda one: one.waiting_s, default=None)


_Place = tuple[float, bool, int, _Group[T]]


class FairQueue(Generic[T]):
    """Jobs of many askers, taken in turns."""

    def __init__(self) -> None:
        """Begin with none."""
        self._all: _Group[T] = _Group()
        self._numbers = count()

    def __len__(self) -> int:
        return self._all.kinds.total()

    @property
    def waiting_s(self) -> float:
        """Estimated seconds of a thread that all the jobs will take."""
        return self._all.waiting_s

    def put(self, what: T, asker: Asker, kind: str, cost_s: float) -> Waiting[T]:
        """Put a job in.

        Args:
            what: The job.
            asker: Who shares a turn with whom.
            kind: Jobs of one kind may be done together.
            cost_s: Estimated seconds of a thread.
        """
        waiting = Waiting(what, asker, kind, cost_s, next(self._numbers))
        group = self._all
        for name in asker:
            _add(group, waiting)
            group = group.entered(name, waiting.number)
        _add(group, waiting)
        group.jobs.setdefault(kind, OrderedDict())[waiting.number] = waiting
        return waiting

    def take(self, kind: str | None = None) -> Waiting[T] | None:
        """Take the job whose turn it is out.

        Args:
            kind: Only one of this kind; None for any. Whoever is passed over loses nothing: who
                goes before them pays for it.
        """
        if not self._all.kinds or (kind is not None and kind not in self._all.kinds):
            return None
        group = self._all
        while group.members:
            group = group.next_of(kind)
        waiting = group.first(kind)
        self._leave(waiting, waiting.cost_s)
        return waiting

    def drop(self, waiting: Waiting[T]) -> bool:
        """Take a job out that nobody wants any more, for nothing; False when it is taken."""
        *_, asker = self._way(waiting.asker)
        if asker is None or waiting.number not in asker.jobs.get(waiting.kind, ()):
            return False
        self._leave(waiting, 0.0)
        return True

    def late_s(self, asker: Asker, ahead_s: float, most_s: float) -> float:
        """Return how much work must be done before one more job may be put in; 0.0 when it may.

        Up to `most_s` everybody may. Over it only who has less waiting than another, of whom enough
        can be pushed out first. At a level where somebody is alone nobody has less than others.

        Args:
            asker: Who would put it in.
            ahead_s: Seconds of a thread that wait or are counted as if they did.
            most_s: How many may.
        """
        if ahead_s <= most_s or self._spare(asker, ahead_s - most_s):
            return 0.0
        share = 1.0
        for group, member in self._levels(asker):
            rivals = len(group.members) - (member is not None)
            share /= rivals + 1
            if rivals and member and member.waiting_s >= most_s * share:
                return member.waiting_s / share
        return ahead_s

    def push_out(self, asker: Asker, over_s: float) -> Waiting[T] | None:
        """Take a job out to make room for somebody who has less waiting.

        Args:
            asker: Who has less.
            over_s: How much has to be taken out in all, this one included.

        Returns:
            None when nobody has so much more.
        """
        spare = self._spare(asker, over_s)
        if spare:
            self._leave(spare, 0.0)
        return spare

    def _spare(self, asker: Asker, over_s: float) -> Waiting[T] | None:
        """Return the next job to push out, where its group has more than the asker's even then."""
        for group, member in self._levels(asker):
            richest = group.richest(but=member)
            if richest is None:
                continue
            newest = richest.newest_of_most()
            left_s = richest.waiting_s - max(over_s, newest.cost_s)
            if left_s > (member.waiting_s if member else 0.0) + _SAME_S:
                return newest
        return None

    def _levels(self, asker: Asker) -> Iterator[tuple[_Group[T], _Group[T] | None]]:
        """Return the groups that somebody shares, the widest first, with his part of each."""
        group = self._all
        for name in asker:
            member = group.members.get(name)
            yield group, member
            if member is None:
                return
            group = member

    def _leave(self, waiting: Waiting[T], cost_s: float) -> None:
        *groups, asker = (group for group in self._way(waiting.asker) if group)
        line = asker.jobs[waiting.kind]
        del line[waiting.number]
        if not line:
            del asker.jobs[waiting.kind]
        _subtract(asker, waiting)
        for group in reversed(groups):
            _subtract(group, waiting)
            group.paid(asker, cost_s)
            asker = group
        if not self._all.kinds:  # everybody has had what they asked for: nobody owes anything
            self._all = _Group()

    def _way(self, asker: Asker) -> Iterator[_Group[T] | None]:
        """Return the groups that somebody is in, the widest first; None from where they are not."""
        group: _Group[T] | None = self._all
        yield group
        for name in asker:
            group = group.members.get(name) if group else None
            yield group


def _add(group: _Group[T], waiting: Waiting[T]) -> None:
    group.waiting_s += waiting.cost_s
    group.kinds[waiting.kind] += 1


def _subtract(group: _Group[T], waiting: Waiting[T]) -> None:
    group.waiting_s -= waiting.cost_s
    group.kinds[waiting.kind] -= 1
    if not group.kinds[waiting.kind]:
        del group.kinds[waiting.kind]
