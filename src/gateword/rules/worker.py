"""The process in which tenants' scripts run: no database, no keys, no network, JSON in and out.

Rule 1: each run has a room of its own, so nothing of one login is there for the next but plain data
in `global` (promise R5). Rule 2: the limits in here are the polite ones; whoever keeps a turn to
itself is killed from outside (promise R1). Runs share a process as long as they wait for something.

Frames in both directions: four bytes of length, then JSON. In: a run (its scripts only the first
time that set of them comes, or after all were to be forgotten), `{"answer": id, "text": …}` or
`{"drop": id}`. Out, when a script has had the processor: `{"rest": id, "result": …, "asks": …,
"more": …}`. Result and asks are null, or the script's own text inside a string: whatever it holds,
it can only spoil its own run. Whose turn it is stands in memory that the server sees.
"""

import json
import os
import resource
import select
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, Final

import quickjs  # type: ignore[import-untyped]  # it brings no types

from gateword.domain.script_limits import EXPIRED
from gateword.policy import script_modules
from gateword.rules import shelf
from gateword.rules.frames import ADDRESS_SPACE_BYTES, LENGTH
from gateword.rules.room import Room
from gateword.rules.run import CPU_S, NOTHING, Run, WantsModule, failed
from gateword.rules.turn import Turn

MOST_SPARE: Final = 4
"""Rooms made ready, each for other modules."""

QUIET_S: Final = 0.002
"""How long nobody must have wanted anything before the next room is made: who was just answered has
other work on the same processor."""

TURN_COST_S: Final = 0.0002
"""What a turn costs besides, here and at the server; counted, so that many short ones are few."""

MOST_REMEMBERED: Final = 256
"""Sets of scripts of which something is remembered."""

_BROKE: Final = "The script broke its engine"
_STDIN, _STDOUT = 0, 1
_Shape = tuple[str, tuple[str, ...]]
"""What a room is made for: a kind, and modules."""


class Worker:
    """Reads runs, lets them have the processor in turn, and says how they ended.

    Args:
        turn: Where the server sees whose turn it is.
    """

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._spare: OrderedDict[_Shape, Room | None] = OrderedDict({("rules", ()): None})
        self._runs: dict[int, Run] = {}
        self._asked: dict[int, dict[str, Any]] = {}
        self._scripts: dict[str, list[dict[str, str]]] = {}
        self._learned: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._kept: OrderedDict[str, str] = OrderedDict()
        self._read = b""

    def work(self) -> None:
        """Serve until the other end closes."""
        while True:
            due_s = min((run.due_s for run in self._runs.values()), default=float("inf"))
            wait_s = None if due_s == float("inf") else max(0.0, due_s - time.monotonic())
            if None in self._spare.values():
                wait_s = min(QUIET_S, QUIET_S if wait_s is None else wait_s)
            ready, _, _ = select.select([_STDIN], [], [], wait_s)
            if ready:
                read = os.read(_STDIN, 1 << 16)
                if not read:
                    return
                self._read += read
                for asked in self._frames():
                    self._take(asked)
            now_s = time.monotonic()
            for run in [one for one in self._runs.values() if one.due_s <= now_s]:
                self._go_on(run.id, run.turn)
            if not ready:
                self._make_ready()  # while nobody waits for it

    def _frames(self) -> Iterator[dict[str, Any]]:
        while len(self._read) >= LENGTH.size:
            (length,) = LENGTH.unpack_from(self._read)
            end = LENGTH.size + length
            if len(self._read) < end:
                return
            frame, self._read = self._read[LENGTH.size : end], self._read[end:]
            yield json.loads(frame.decode())

    def _take(self, asked: dict[str, Any]) -> None:
        if "drop" in asked:
            self._forget(asked["drop"])
        elif "answer" in asked:
            run = self._runs.get(asked["answer"])
            if run is not None:
                self._go_on(run.id, lambda: run.answered(asked["text"]))
        else:
            if asked["forgets"]:
                self._scripts.clear()
            if "scripts" in asked:
                self._scripts[asked["set"]] = asked["scripts"]
            asked["scripts"] = self._scripts[asked["set"]]
            self._go_on(asked["id"], lambda: self._begin(asked))

    def _begin(self, asked: dict[str, Any]) -> None:
        self._asked[asked["id"]] = asked
        if asked["set"] not in self._learned:
            sources = [script["source"] for script in asked["scripts"]]
            self._remembered(self._learned, asked["set"], script_modules.wanted(sources))
        modules = self._remembered(self._learned, asked["set"], ())
        room = self._taken((asked["kind"], modules))
        kept = NOTHING if asked["is_trial"] else self._kept.get(asked["set"], NOTHING)
        run = Run(room, asked, kept)
        self._runs[run.id] = run
        run.start()

    def _learn_for_later(self, set_: str, module: str) -> None:
        """Note what scripts wanted once something was done for them: the next login has it."""
        with suppress(WantsModule):
            self._learn(set_, module)

    def _learn(self, set_: str, module: str) -> None:
        """Note what scripts want besides what could be seen.

        Raises:
            WantsModule: It was there, and they want it all the same.
        """
        known = self._learned.get(set_, ())
        if module in known:
            raise WantsModule(module)
        self._learned[set_] = tuple(sorted({*known, module}))

    @staticmethod
    def _remembered(known: OrderedDict[str, Any], set_: str, fresh: Any) -> Any:
        """Return what is known of a set of scripts; the one not asked for longest is forgotten."""
        found = known.setdefault(set_, fresh)
        known.move_to_end(set_)
        while len(known) > MOST_REMEMBERED:
            known.popitem(last=False)
        return found

    def _taken(self, shape: _Shape) -> Room:
        """Return a room, and note that another one like it will be wanted."""
        room = self._spare.pop(shape, None)
        self._spare[shape] = None
        while len(self._spare) > MOST_SPARE:
            self._spare.popitem(last=False)
        return room or Room(*shape)

    def _make_ready(self) -> None:
        """Make one room; the rest is for the next time nobody waits."""
        for shape, room in reversed(self._spare.items()):
            if room is None:
                self._spare[shape] = Room(*shape)
                return

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
            self._learn_for_later(self._asked[id_]["set"], run.wanted)
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
                asked = self._asked[id_]
                self._learn(asked["set"], str(wants))
                work = partial(self._begin, asked)

    def _rest(self, id_: int, result: str | None, asks: str | None, *, more: bool) -> None:
        run = self._runs.get(id_)
        if result is not None and run is not None and not self._asked[id_]["is_trial"]:
            self._keep(self._asked[id_]["set"], run.kept)
        self._turn.end()
        _send({"rest": id_, "result": result, "asks": asks, "more": more})
        if not more:
            self._forget(id_)  # taking a large room down takes its time

    def _keep(self, set_: str, data: str) -> None:
        if data != NOTHING or set_ in self._kept:
            self._kept.pop(set_, None)
            self._remembered(self._kept, set_, data)

    def _forget(self, id_: int) -> None:
        self._runs.pop(id_, None)
        self._asked.pop(id_, None)


def _send(frame: dict[str, Any]) -> None:
    raw = json.dumps(frame).encode("utf-8", "replace")
    left = memoryview(LENGTH.pack(len(raw)) + raw)
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
