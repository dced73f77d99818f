"""The process in which tenants' scripts run: no database, no keys, no network, JSON in and out.

Rule 1: each run has a context of its own, so nothing of one login is there for the next (promise
R5). Rule 2: the limits in here are the polite ones; whoever keeps a turn to itself is killed from
outside (promise R1). Runs share a process as long as they wait for something.

Frames in both directions: four bytes of length, then JSON. In: a run, or `{"drop": id}`. Out:
`{"turn": id}` before a script has the processor, `{"rest": id, "result": …}` after that. The result
is null while the run goes on, else the script's own text inside a string: whatever it holds, it can
only spoil its own run.
"""

import json
import os
import resource
import select
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import quickjs  # type: ignore[import-untyped]  # it brings no types

from gateword.rules.frames import EXPIRED, LENGTH, TURN_S

MEMORY_BYTES: Final = 64 << 20
STACK_BYTES: Final = 512 << 10
CPU_S: Final = 4.0
"""Processor time of one run, all its turns together."""

MOST_JOBS: Final = 100_000
ADDRESS_SPACE_BYTES: Final = 768 << 20
RESULT_CHARS: Final = 1 << 20
_BROKE: Final = "The script broke its engine"
_LONGEST_MS: Final = 20_000
_TOO_LARGE: Final = "The script returned too much"
_STDIN, _STDOUT = 0, 1


class Room:
    """A fresh engine with what scripts find around them, before any script is in it.

    Args:
        prelude: Source of what is there.
    """

    def __init__(self, prelude: str) -> None:
        context = quickjs.Context()
        context.set_memory_limit(MEMORY_BYTES)
        context.set_max_stack_size(STACK_BYTES)
        context.set_time_limit(TURN_S)
        self.context = context
        host = context.eval(prelude)(context.globalThis)
        member = context.eval("(host, name) => host[name]")
        self.configure, self.compile, self.begin, self.turn, self.at = (
            member(host, name) for name in ("configure", "compile", "begin", "turn", "at")
        )


class Run:
    """One login's scripts, in a room of their own.

    Args:
        room: Nobody has been in it.
        asked: `id`, `scripts` (each `id` and `script`), `configuration`, `user`, `context`.
    """

    def __init__(self, room: Room, asked: Mapping[str, Any]) -> None:
        self.id: int = asked["id"]
        self.due_s = float("inf")
        self.cpu_s = 0.0
        self._asked = asked
        self._room = room

    def start(self) -> str | None:
        """Compile the scripts and start the first; return as `turn` does."""
        room = self._room
        room.configure(json.dumps(self._asked["configuration"]))
        for script in self._asked["scripts"]:
            try:
                room.compile(script["id"], room.context.eval(f"({script['script']}\n)"))
            except quickjs.JSException as error:
                return _failed("compile", script["id"], _message(error))
        text = json.dumps({"user": self._asked["user"], "context": self._asked["context"]})
        try:
            room.begin(text)
        except quickjs.JSException as error:
            return self._broken(error)
        return self.turn()

    def turn(self) -> str | None:
        """Go on for as long as there is something to do; return how it ended, once it has."""
        try:
            self._jobs()
            came = self._room.turn()
            if not isinstance(came, str):
                self._jobs()
                came = self._room.turn()
        except quickjs.JSException as error:
            return self._broken(error)
        if isinstance(came, str):
            return came if len(came) <= RESULT_CHARS else _failed("limit", None, _TOO_LARGE)
        if not isinstance(came, int | float) or not came >= 0:  # nothing is left that could end it
            return _failed("limit", self._at(), EXPIRED)
        self.due_s = time.monotonic() + min(came, _LONGEST_MS) / 1000
        return None

    def _jobs(self) -> None:
        for _ in range(MOST_JOBS):
            if not self._room.context.execute_pending_job():
                return
        raise quickjs.JSException("InternalError: interrupted")

    def _broken(self, error: quickjs.JSException) -> str:
        """Return the result of a run that the engine itself has stopped."""
        message = _message(error)
        if "interrupted" in message:
            message = EXPIRED
        return _failed("limit", self._at(), message)

    def _at(self) -> str | None:
        """Return the id of the rule that is under way, as far as the room still says so."""
        with suppress(quickjs.JSException, ValueError):
            rule = self._room.at()
            return rule if isinstance(rule, str) else None
        return None


def _failed(kind: str, rule: str | None, message: str) -> str:
    return json.dumps({"error": {"kind": kind, "message": message}, "rule": rule, "log": []})


def _message(error: quickjs.JSException) -> str:
    """Return what an exception of the engine says, with its line where it has one."""
    first, *stack = str(error).splitlines() or [""]
    where = stack[0].strip().removeprefix("at ") if stack else ""
    return f"{first} ({where})" if where.startswith("<input>:") else first


class Worker:
    """Reads runs, lets them have the processor in turn, and says how they ended."""

    def __init__(self) -> None:
        self._prelude = Path(__file__).with_name("prelude.js").read_text(encoding="utf-8")
        self._spare: Room | None = None
        self._runs: dict[int, Run] = {}
        self._read = b""

    def work(self) -> None:
        """Serve until the other end closes."""
        while True:
            due_s = min((run.due_s for run in self._runs.values()), default=float("inf"))
            wait_s = None if due_s == float("inf") else max(0.0, due_s - time.monotonic())
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
            if self._spare is None:  # made while nobody waits for it
                self._spare = Room(self._prelude)

    def _frames(self) -> Iterator[dict[str, Any]]:
        while len(self._read) >= LENGTH.size:
            (length,) = LENGTH.unpack_from(self._read)
            end = LENGTH.size + length
            if len(self._read) < end:
                return
            frame, self._read = self._read[LENGTH.size : end], self._read[end:]
            yield json.loads(frame)

    def _take(self, asked: dict[str, Any]) -> None:
        if "drop" in asked:
            self._runs.pop(asked["drop"], None)
            return

        def begin() -> str | None:
            room, self._spare = self._spare or Room(self._prelude), None
            run = self._runs[asked["id"]] = Run(room, asked)
            return run.start()

        self._go_on(asked["id"], begin)

    def _go_on(self, id_: int, work: Callable[[], str | None]) -> None:
        _send(json.dumps({"turn": id_}))
        began_s = time.thread_time()
        try:
            came = work()
        except Exception:  # noqa: BLE001  # whatever a script does to its engine is its own affair
            came = _failed("limit", None, _BROKE)
        run = self._runs.get(id_)
        if run is not None and came is None:
            run.cpu_s += time.thread_time() - began_s
            if run.cpu_s > CPU_S:
                came = _failed("limit", None, EXPIRED)
        if came is not None:
            self._runs.pop(id_, None)
        _send(json.dumps({"rest": id_, "result": came}))


def _send(text: str) -> None:
    raw = text.encode("utf-8", "replace")
    left = memoryview(LENGTH.pack(len(raw)) + raw)
    while left:
        left = left[os.write(_STDOUT, left) :]


def main() -> None:
    """Work in a corner of the machine: no more memory than this, no files to open, no children."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    worker = Worker()
    quickjs.Context().eval("1")
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    worker.work()


if __name__ == "__main__":
    main()
