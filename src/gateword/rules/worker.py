"""The process in which tenants' scripts run: no database, no keys, no network, JSON in and out.

Rule 1: each run has a room of its own, so nothing of one login is there for the next but plain data
in `global` (promise R5). Rule 2: the limits in here are the polite ones; whoever keeps a turn to
itself is killed from outside (promise R1). Runs share a process as long as they wait for something.

Frames (`frames`) in: a set of scripts, once; a run of one; what the host did for it; that nobody
waits for it any more. Out, when a script has had the processor: its result and what it asks for, in
the script's own text, which can only spoil its own run. Whose turn it is stands in memory that the
server sees.
"""

import json
import os
import resource
import select
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final, NamedTuple

import quickjs  # type: ignore[import-untyped]  # it brings no types

from gateword.domain.script_limits import EXPIRED
from gateword.policy import script_modules
from gateword.rules import shelf
from gateword.rules.frames import (
    ADDRESS_SPACE_BYTES,
    ANSWER,
    ASKED,
    HEAD,
    IS_COMPILED_ONLY,
    IS_TRIAL,
    RUN,
    SCRIPTS,
    Rest,
    told,
)
from gateword.rules.rooms import Rooms
from gateword.rules.run import CPU_S, NOTHING, Ask, Run, WantsModule, failed
from gateword.rules.turn import Turn

QUIET_S: Final = 0.002
"""How long nobody must have wanted anything before the next room is made: who was just answered has
other work on the same processor."""

TURN_COST_S: Final = 0.0002
"""What a turn costs besides, here and at the server; counted, so that many short ones are few."""

MOST_REMEMBERED: Final = 256
"""Sets of scripts of which something is remembered."""

_BROKE: Final = "The script broke its engine"
_STDIN, _STDOUT = 0, 1


class _Set(NamedTuple):
    """Scripts that run together: each `id`, `source` and `form`."""

    kind: str
    scripts: Sequence[Mapping[str, str]]


class Worker:
    """Reads runs, lets them have the processor in turn, and says how they ended.

    Args:
        turn: Where the server sees whose turn it is.
    """

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._rooms = Rooms(turn)
        self._runs: dict[int, Run] = {}
        self._asks: dict[int, Ask] = {}
        self._sets: dict[bytes, _Set] = {}
        self._learned: OrderedDict[bytes, tuple[str, ...]] = OrderedDict()
        self._kept: OrderedDict[bytes, str] = OrderedDict()
        self._read = b""

    def work(self) -> None:
        """Serve until the other end closes."""
        while True:
            due_s = min((run.due_s for run in self._runs.values()), default=float("inf"))
            wait_s = None if due_s == float("inf") else max(0.0, due_s - time.monotonic())
            if self._rooms.are_wanted:
                wait_s = min(QUIET_S, QUIET_S if wait_s is None else wait_s)
            ready, _, _ = select.select([_STDIN], [], [], wait_s)
            if ready:
                read = os.read(_STDIN, 1 << 16)
                if not read:
                    return
                self._read += read
                for what, id_, body in self._frames():
                    self._take(what, id_, body)
            now_s = time.monotonic()
            for run in [one for one in self._runs.values() if one.due_s <= now_s]:
                self._go_on(run.id, run.turn)
            if not ready:
                self._rooms.make_one()  # while nobody waits for it

    def _frames(self) -> Iterator[tuple[int, int, bytes]]:
        while len(self._read) >= HEAD.size:
            length, what, id_ = HEAD.unpack_from(self._read)
            end = HEAD.size + length
            if len(self._read) < end:
                return
            body, self._read = self._read[HEAD.size : end], self._read[end:]
            yield what, id_, body

    def _take(self, what: int, id_: int, body: bytes) -> None:
        if what == RUN:
            ask = self._ask(id_, body)
            self._go_on(id_, lambda: self._begin(ask))
        elif what == ANSWER:
            run = self._runs.get(id_)
            if run is not None:
                self._go_on(id_, lambda: run.answered(body.decode()))
        elif what == SCRIPTS:
            self._learn_scripts(body)
        elif id_ in self._runs:
            self._forget(id_)
            _send(Rest(id_, None, None, more=False))

    def _learn_scripts(self, body: bytes) -> None:
        set_, *_ = ASKED.unpack_from(body)
        scripts = json.loads(body[ASKED.size :])
        if scripts["forgets"]:
            self._sets.clear()
        self._sets[set_] = _Set(scripts["kind"], scripts["scripts"])

    def _ask(self, id_: int, body: bytes) -> Ask:
        set_, what, of_configuration, of_own = ASKED.unpack_from(body)
        own = ASKED.size + of_configuration
        given = own + of_own
        return Ask(
            id_,
            set_,
            *self._sets[set_],
            configuration=body[ASKED.size : own].decode(),
            own=body[own:given].decode(),
            given=body[given:].decode(),
            is_trial=bool(what & IS_TRIAL),
            is_compiled_only=bool(what & IS_COMPILED_ONLY),
        )

    def _begin(self, ask: Ask) -> None:
        self._asks[ask.id] = ask
        if ask.set_ not in self._learned:
            sources = [script["source"] for script in ask.scripts]
            self._remembered(self._learned, ask.set_, script_modules.wanted(sources))
        shape = (ask.kind, self._remembered(self._learned, ask.set_, ()))
        kept = NOTHING if ask.is_trial else self._kept.get(ask.set_, NOTHING)
        run = Run(self._rooms.taken(ask.set_, shape), ask, kept)
        self._runs[run.id] = run
        run.start()

    def _learn_for_later(self, set_: bytes, module: str) -> None:
        """Note what scripts wanted once something was done for them: the next login has it."""
        with suppress(WantsModule):
            self._learn(set_, module)

    def _learn(self, set_: bytes, module: str) -> None:
        """Note what scripts want besides what could be seen.

        Raises:
            WantsModule: It was there, and they want it all the same.
        """
        known = self._learned.get(set_, ())
        if module in known:
            raise WantsModule(module)
        self._learned[set_] = tuple(sorted({*known, module}))
        self._rooms.forget(set_)

    @staticmethod
    def _remembered(known: OrderedDict[bytes, Any], set_: bytes, fresh: Any) -> Any:
        """Return what is known of a set of scripts; the one not asked for longest is forgotten."""
        found = known.setdefault(set_, fresh)
        known.move_to_end(set_)
        while len(known) > MOST_REMEMBERED:
            known.popitem(last=False)
        return found

    def _go_on(self, id_: int, work: Callable[[], None]) -> None:
        self._turn.begin(id_)
        began_s = time.thread_time() - TURN_COST_S
        try:
            self._worked(id_, work)
        except Exception:  # noqa: BLE001  # whatever a script does to its engine is its own affair
            self._rest(id_, failed("limit", None, _BROKE), None, more=False)
            return
        run = self._runs[id_]
        if run.wanted is not None and shelf.has(run.wanted):
            self._learn_for_later(self._asks[id_].set_, run.wanted)
        run.cpu_s += time.thread_time() - began_s
        if run.cpu_s > CPU_S:
            run.end(failed("limit", None, EXPIRED))
        self._rest(id_, run.result, run.asked, more=run.more)
        run.result = run.asked = None

    def _worked(self, id_: int, work: Callable[[], None]) -> None:
        """Let a run go on; one that wants a module begins again with it, as often as it takes."""
        while True:
            try:
                return work()
            except WantsModule as wants:
                ask = self._asks[id_]
                self._learn(ask.set_, str(wants))
                work = partial(self._begin, ask)

    def _rest(self, id_: int, result: str | None, asks: str | None, *, more: bool) -> None:
        run = self._runs.get(id_)
        if result is not None and run is not None and not self._asks[id_].is_trial:
            self._keep(self._asks[id_].set_, run.kept)
        self._turn.end()
        _send(Rest(id_, result, asks, more))
        if not more:
            if run is not None and run.are_alone:
                self._furnish_later(self._asks[id_])
            self._forget(id_)  # taking a large room down takes its time

    def _furnish_later(self, ask: Ask) -> None:
        if not (ask.is_compiled_only or ask.is_trial):
            shape = (ask.kind, self._remembered(self._learned, ask.set_, ()))
            self._rooms.ran(ask.set_, ask.id, ask.scripts, shape)

    def _keep(self, set_: bytes, data: str) -> None:
        if data != NOTHING or set_ in self._kept:
            self._kept.pop(set_, None)
            self._remembered(self._kept, set_, data)

    def _forget(self, id_: int) -> None:
        self._runs.pop(id_, None)
        self._asks.pop(id_, None)


def _send(rest: Rest) -> None:
    left = memoryview(told(rest))
    while left:
        left = left[os.write(_STDOUT, left) :]


def main() -> None:
    """Work in a corner of the machine: no more memory than this, no files to open, no children."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    shelf.fill()
    worker = Worker(Turn(int(sys.argv[1])))
    quickjs.Context().eval("1")
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    worker.work()


if __name__ == "__main__":
    main()
